import { describe, expect, it } from 'vitest';
import { adviceLines } from '../../../src/ui/text/advice.js';
import { commandRows } from '../../../src/ui/text/command.js';
import { printLines, span } from '../../../src/ui/text/line.js';

const shown = (text: string, width: number) => printLines(adviceLines(text, width, span('  - ')), false);

describe('what to do', () => {
	it('is one row where it fits', () => {
		expect(shown('Go on with: zfs-lockstep', 80)).toBe('  - Go on with: zfs-lockstep\n');
	});

	it('gives a command that does not fit rows of its own, which a shell reads as one', () => {
		expect(shown("Go on afterwards with: zfs-lockstep demo --state-dir '/srv/a demo/of/zfs-lockstep'", 60)).toBe(
			[
				'  - Go on afterwards with:',
				'      zfs-lockstep demo --state-dir \\',
				"        '/srv/a demo/of/zfs-lockstep'",
				'',
			].join('\n'),
		);
	});

	it('wraps what is no command', () => {
		expect(shown('Mend the cause that is named above before anything else is done.', 40)).toBe(
			['  - Mend the cause that is named above', '    before anything else is done.', ''].join('\n'),
		);
	});
});

describe('a command with an argument as long as the row', () => {
	it('keeps the mark that joins it to the next argument', () => {
		const long = `/${'x'.repeat(73)}`;
		expect(commandRows(['mv', '--', long, '/etc/short'], 78)).toEqual(['mv -- \\', `  ${long} \\`, '    /etc/short']);
	});

	it.each([72, 73, 74, 75, 76])('never ends a row of %i cells without the mark while arguments follow', (length) => {
		const rows = commandRows(['mv', `/${'x'.repeat(length - 1)}`, 'y'], 78);
		expect(rows.at(-2)?.endsWith(' \\')).toBe(true);
		expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(78);
	});
});
