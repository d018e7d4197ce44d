import { describe, expect, it } from 'vitest';
import { type Asking, openQuestion, pasteText, pressKey } from '../../src/ui/asking.js';
import type { Keypress } from '../../src/ui/keypress.js';
import type { Answer, Question } from '../../steps/step.js';

const named = (name: Exclude<Keypress['name'], 'text'>): Keypress => ({ name, text: '', ctrl: false });
const typed = (text: string): Keypress => ({ name: 'text', text, ctrl: false });

/** Presses keys until one answers. */
function press(
	question: Question,
	...keys: readonly Keypress[]
): { asking: Asking; value: Answer['value'] | undefined } {
	let asking = openQuestion(question, 0);
	for (const key of keys) {
		const pressed = pressKey(asking, key);
		if (pressed?.kind === 'answered') {
			return { asking, value: pressed.answer.value };
		}
		asking = pressed?.asking ?? asking;
	}
	return { asking, value: undefined };
}

const base = { id: 'a.b', title: 'Title', body: [] };
const confirm: Question = { ...base, kind: 'confirm', commands: [] };
const dangerous: Question = { ...base, kind: 'confirm', commands: [], typeWord: 'reboot' };
const choices = [
	{ value: 'one', label: 'One', hint: '' },
	{ value: 'two', label: 'Two', hint: '' },
	{ value: 'three', label: 'Three', hint: '' },
] as const;
const choose: Question = { ...base, kind: 'choose', choices, suggested: 'two' };
const many: Question = { ...base, kind: 'choose-many', choices, suggested: ['one'] };
const text: Question = {
	...base,
	kind: 'text',
	suggested: 'tank/a',
	problem: (value) => (value === '' ? 'Say something.' : undefined),
};

describe('yes or no', () => {
	it('is answered by y and n alone', () => {
		expect(press(confirm, typed('y')).value).toBe(true);
		expect(press(confirm, typed('N')).value).toBe(false);
	});

	it('is not agreed to by Enter, by a paste or by any other key', () => {
		expect(press(confirm, named('enter'), typed('yes'), typed('yy'), typed(' '), named('tab')).value).toBeUndefined();
		expect(press(confirm, { name: 'text', text: 'y', ctrl: true }).value).toBeUndefined();
	});

	it('says which keys answer when Enter is pressed', () => {
		expect(press(confirm, named('enter')).asking.problem).toContain('Press y');
	});
});

describe('a word to type', () => {
	const word = (value: string): Keypress[] => [...value].map(typed);

	it('agrees only to the whole word', () => {
		expect(press(dangerous, ...word('reboot'), named('enter')).value).toBe(true);
		expect(press(dangerous, ...word('reboo'), named('enter')).value).toBeUndefined();
		expect(press(dangerous, ...word('Reboot'), named('enter')).value).toBeUndefined();
		expect(press(dangerous, named('enter'), typed('y')).value).toBeUndefined();
	});

	it('is declined by the word no', () => {
		expect(press(dangerous, ...word('no'), named('enter')).value).toBe(false);
	});

	it('takes nothing that came at once, and begins anew after it', () => {
		const { asking, value } = press(dangerous, ...word('reb'), typed('oot'), named('enter'));
		expect(value).toBeUndefined();
		expect(asking.draft).toMatchObject({ text: '' });
		expect(pasteText(openQuestion(dangerous, 0), 'reboot').draft).toMatchObject({ text: '' });
	});

	it('can be corrected', () => {
		expect(press(dangerous, ...word('rebb'), named('backspace'), ...word('oot'), named('enter')).value).toBe(true);
	});
});

describe('a choice', () => {
	it('begins at what is suggested and moves by arrows, letters and digits', () => {
		expect(press(choose, named('enter')).value).toBe('two');
		expect(press(choose, named('up'), named('up'), named('enter')).value).toBe('one');
		expect(press(choose, named('end'), named('down'), named('enter')).value).toBe('three');
		expect(press(choose, typed('j'), named('enter')).value).toBe('three');
		expect(press(choose, typed('1'), named('enter')).value).toBe('one');
		expect(press(choose, typed('9'), named('enter')).value).toBe('two');
	});

	it('of several marks with Space and keeps the order of the list', () => {
		expect(press(many, named('enter')).value).toEqual(['one']);
		expect(press(many, named('end'), typed(' '), named('up'), typed(' '), named('enter')).value).toEqual([
			'one',
			'two',
			'three',
		]);
		expect(press(many, typed(' '), named('enter')).value).toEqual([]);
		expect(press(many, typed('a'), named('enter')).value).toEqual(['one', 'two', 'three']);
		expect(press(many, typed('a'), typed('a'), named('enter')).value).toEqual([]);
	});
});

describe('a text', () => {
	it('is edited like a command line', () => {
		expect(press(text, named('enter')).value).toBe('tank/a');
		expect(press(text, typed('b c'), named('enter')).value).toBe('tank/ab c');
		expect(press(text, named('home'), named('delete'), typed('b'), named('enter')).value).toBe('bank/a');
		expect(press(text, named('left'), named('backspace'), named('enter')).value).toBe('tanka');
		expect(press(text, { name: 'text', text: 'u', ctrl: true }, typed('x'), named('enter')).value).toBe('x');
	});

	it('that will not do is not taken, and says why', () => {
		const { asking, value } = press(text, { name: 'text', text: 'u', ctrl: true }, named('enter'));
		expect(value).toBeUndefined();
		expect(asking.problem).toBe('Say something.');
	});

	it('takes a paste without its line breaks and control characters, and does not send it off', () => {
		const asking = pasteText(openQuestion(text, 0), '/b\u001b[31m\nrm -rf');
		expect(asking.draft).toMatchObject({ text: 'tank/a/b' });
		expect(press(text, typed('x\ry')).value).toBeUndefined();
	});
});
