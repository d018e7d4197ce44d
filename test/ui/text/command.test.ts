import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../../src/host/host.js';
import { shellWords } from '../../../src/plan/shell-text.js';
import { commandLines, commandRows } from '../../../src/ui/text/command.js';
import { cellWidth } from '../../../src/ui/text/width.js';
import { commands } from '../example-run.js';

const textOf = (lines: ReturnType<typeof commandLines>): string[] =>
	lines.map((spans) => spans.map(({ text }) => text).join(''));

describe('a command on the screen', () => {
	it('says why and shows the exact words behind a dollar sign', () => {
		expect(textOf(commandLines(commands.hold, 78))).toEqual([
			'Hold them, so that no pruning job removes them:',
			'  $ zfs hold -r zfs-lockstep tank@zfs-lockstep-20261122-213000',
		]);
	});

	it('says the whole why, however narrow the screen', () => {
		const shown = textOf(commandLines(commands.hold, 30));
		expect(shown.slice(0, 2)).toEqual(['Hold them, so that no pruning', 'job removes them:']);
	});

	it('quotes names with spaces and shows its environment', () => {
		expect(shellWords(commands.send.work).at(-1)).toBe("'data pool@zfs-lockstep-20261122-213000'");
		expect(shellWords(commands.upgrade.work).slice(0, 2)).toEqual(['env', 'DEBIAN_FRONTEND=noninteractive']);
	});

	it('shows pipes and redirections', () => {
		const words = shellWords({
			commands: [{ argv: ['zfs', 'send', 'a@b'] }, { argv: ['zfs', 'receive', '-u', 'c/d e'] }],
			inputFile: '/tmp/in put',
			outputFile: '/tmp/out',
		});
		expect(words.join(' ')).toBe("zfs send a@b < '/tmp/in put' | zfs receive -u 'c/d e' > /tmp/out");
	});

	it('fits the width', () => {
		for (const width of [20, 40, 58, 78]) {
			expect(
				commandRows(shellWords(commands.upgrade.work), width, { prefix: '  $ ' }).every(
					(row) => cellWidth(row) <= width,
				),
			).toBe(true);
		}
	});

	it('can be copied: a shell reads back exactly the arguments, however many rows it takes', { timeout: 60_000 }, () => {
		const argument = fc
			.string({ unit: 'binary', minLength: 0, maxLength: 60 })
			.filter((text) => !text.includes('\0') && text.isWellFormed());
		const lists = fc.sample(fc.array(argument, { minLength: 1, maxLength: 8 }), 200);
		const script = lists
			.map((rest) => {
				const command: Command = { argv: ['printf', '%s\\0', ...rest] };
				return commandRows(shellWords({ commands: [command] }), 40, { long: 'keep' }).join('\n');
			})
			.join('\nprintf "\\n--\\0"\n');
		const said = execFileSync('sh', ['-s'], { input: script, encoding: 'utf8' });
		// $(...) drops trailing newlines of a quoted control character; none of the samples may differ otherwise.
		expect(said.split('\n--\0').map((part) => part.split('\0').slice(0, -1))).toEqual(lists);
	});
});
