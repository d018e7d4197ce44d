import type { Key } from 'ink';
import type { Keypress } from './keypress.js';

/** One of Ink's key events as a key press; undefined for keys that mean nothing here. */
export function pressedKey(input: string, key: Key): Keypress | undefined {
	const name = nameOf(key);
	if (name !== undefined) {
		return { name, text: '', ctrl: false };
	}
	// Two quick Ctrl-C arrive as one text; whatever else came with them, leaving is what was meant.
	if (input.includes('\u0003')) {
		return { name: 'text', text: 'c', ctrl: true };
	}
	return input === '' || key.meta ? undefined : { name: 'text', text: input, ctrl: key.ctrl };
}

function nameOf(key: Key): Exclude<Keypress['name'], 'text'> | undefined {
	if (key.return) return 'enter';
	if (key.escape) return 'escape';
	if (key.upArrow) return 'up';
	if (key.downArrow) return 'down';
	if (key.leftArrow) return 'left';
	if (key.rightArrow) return 'right';
	if (key.pageUp) return 'page-up';
	if (key.pageDown) return 'page-down';
	if (key.home) return 'home';
	if (key.end) return 'end';
	if (key.backspace) return 'backspace';
	if (key.delete) return 'delete';
	if (key.tab) return 'tab';
	return undefined;
}
