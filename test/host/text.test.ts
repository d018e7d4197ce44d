import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteForDisplay, stripControls } from '../../src/host/text.js';

/** What a POSIX shell makes of a line, argument by argument. */
function readByShell(line: string): string[] {
	const script = `set -- ${line}\nfor each in "$@"; do printf '%s\\0' "$each"; done`;
	const output = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8', env: { LC_ALL: 'C.UTF-8' } });
	return output.split('\0').slice(0, -1);
}

describe('text of others on our terminal', () => {
	it.each([
		['colour', '\x1b[31mred\x1b[0m', 'red'],
		['a title', '\x1b]0;owned\x07tank', 'tank'],
		['a title ended by ST', '\x1b]0;owned\x1b\\tank', 'tank'],
		['a clipboard write', '\x1b]52;c;cm0gLXJm\x07', ''],
		['a device query', '\x1bP$q q\x1b\\done', 'done'],
		['eight-bit CSI', '\x9b2Jgone', 'gone'],
		['a cursor key mode', '\x1b=\x1b>ok', 'ok'],
		['a character set', '\x1b(0lqk\x1b(B', 'lqk'],
		['a bell and a backspace', 'a\x07b\x08c', 'abc'],
		['a carriage return', 'one\r\ntwo', 'one\ntwo'],
		['bidirectional overrides', 'pool\u202elooɔ\u2066x\u2069', 'poollooɔx'],
		['DEL and C1', 'a\x7fb\x85c', 'abc'],
	])('loses %s', (_, text, expected) => {
		expect(stripControls(text)).toBe(expected);
	});

	it('keeps newlines, tabs and every other language', () => {
		const text = 'NAME\tSTATE\nпул\tздоров\n池\t正常 👩‍💻';
		expect(stripControls(text)).toBe(text);
	});

	it('shows what follows the line of an unterminated title', () => {
		expect(stripControls('\x1b]0;never closed\nstate: DEGRADED')).toBe('\nstate: DEGRADED');
	});

	it('never carries a control character, whatever comes', () => {
		const hostile = fc.string({ unit: fc.constantFrom(...'\x1b\x9b\x9d\x90\x07\x9c[]\\;0AZaz\n\t\u202e') });
		fc.assert(
			fc.property(fc.oneof(hostile, fc.string({ unit: 'binary' })), (text) => {
				const stripped = stripControls(text);
				expect(stripped).not.toMatch(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/u);
				expect(stripControls(stripped)).toBe(stripped);
			}),
		);
	});

	it('takes time in proportion to the text, not to its square', () => {
		expect(stripControls('\x1b]'.repeat(500_000))).toBe('');
	});
});

describe('a command on display', () => {
	it.each([
		[['zfs', 'snapshot', '-r', 'tank@before'], 'zfs snapshot -r tank@before'],
		[['zfs', 'get', 'a b'], "zfs get 'a b'"],
		[['echo', "it's"], "echo 'it'\\''s'"],
		[['A=b', 'A=b'], "'A=b' A=b"],
		[['if', 'if'], "'if' if"],
		[['printf', ''], "printf ''"],
		[['x', '\x1b[2J'], `x "$(printf '\\033')"'[2J'`],
	])('%j reads %s', (argv, line) => {
		expect(quoteForDisplay(argv)).toBe(line);
	});

	it('is read back by a shell as exactly the arguments that will run', () => {
		const argument = fc
			.oneof(
				fc.string({ unit: 'binary' }),
				fc.string({
					unit: fc.constantFrom("'", '"', '$', '`', '\\', '\n', ' ', '*', '~', '!', '#', '\x1b', '\r', 'a'),
				}),
			)
			.filter((text) => !text.includes('\0'));
		fc.assert(
			fc.property(fc.array(argument, { minLength: 1, maxLength: 8 }), (argv) => {
				expect(readByShell(quoteForDisplay(argv))).toEqual(argv);
			}),
			{ numRuns: 60 },
		);
	});

	it('carries no control character to the terminal', () => {
		fc.assert(
			fc.property(fc.array(fc.string({ unit: 'binary' })), (argv) => {
				expect(quoteForDisplay(argv)).not.toMatch(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/u);
			}),
		);
	});
});
