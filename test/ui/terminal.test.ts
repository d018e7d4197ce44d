import { describe, expect, it } from 'vitest';
import { describeTerminal } from '../../src/ui/terminal.js';

const screen = { isTTY: true, columns: 100 };
const describeWith = (env: Record<string, string>, streams = {}): ReturnType<typeof describeTerminal> =>
	describeTerminal({
		stdin: screen,
		stdout: screen,
		env: { TERM: 'xterm', LANG: 'en_GB.UTF-8', ...env },
		noColour: false,
		...streams,
	});

describe('the terminal', () => {
	it('is used with keys, colours and symbols where it has them', () => {
		expect(describeWith({})).toEqual({
			interactive: true,
			colour: true,
			unicode: true,
			screenReader: false,
			width: 100,
		});
	});

	it('is not drawn on when either end is no terminal, or a dumb one', () => {
		expect(describeWith({}, { stdin: {} }).interactive).toBe(false);
		expect(describeWith({}, { stdout: {} })).toMatchObject({ interactive: false, colour: false, width: 80 });
		expect(describeWith({ TERM: 'dumb' })).toMatchObject({ interactive: false, colour: false });
		expect(describeWith({ TERM: '' }).interactive).toBe(false);
	});

	it('under CI is still a terminal', () => {
		expect(describeWith({ CI: '1' }).interactive).toBe(true);
	});

	it('gets no colours when none are wanted', () => {
		expect(describeWith({ NO_COLOR: '1' }).colour).toBe(false);
		expect(describeWith({ NO_COLOR: '' }).colour).toBe(true);
		expect(describeWith({}, { noColour: true }).colour).toBe(false);
	});

	it('gets ASCII where the locale is not UTF-8, and on the Linux console', () => {
		expect(describeWith({ LANG: 'C' }).unicode).toBe(false);
		expect(describeWith({ LC_ALL: 'C' }).unicode).toBe(false);
		expect(describeWith({ LC_ALL: '', LC_CTYPE: 'C.utf8', LANG: 'C' }).unicode).toBe(true);
		expect(describeWith({ TERM: 'linux' }).unicode).toBe(false);
	});

	it('may be read aloud', () => {
		expect(describeWith({ INK_SCREEN_READER: 'true' }).screenReader).toBe(true);
	});

	it('has a width that text can be read at', () => {
		expect(describeWith({}, { stdout: { isTTY: true, columns: 500 } }).width).toBe(110);
		expect(describeWith({}, { stdout: { isTTY: true, columns: 3 } }).width).toBe(40);
	});
});
