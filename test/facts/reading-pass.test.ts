import { describe, expect, it } from 'vitest';
import { createReadingPass } from '../../src/facts/reading-pass.js';
import type { CommandResult } from '../../src/host/host.js';
import { createTableHost } from '../support/table-host.js';

describe('a pass of reading', () => {
	it('runs at most four commands at a time, and all of them', async () => {
		const table = createTableHost({ commands: [['sleep *', '']] });
		let running = 0;
		let most = 0;
		const ends: (() => void)[] = [];
		const host = createReadingPass({
			...table,
			run: async (command): Promise<CommandResult> => {
				running += 1;
				most = Math.max(most, running);
				await new Promise<void>((resolve) => ends.push(resolve));
				running -= 1;
				return table.run(command);
			},
		});
		const all = Promise.all(Array.from({ length: 10 }, (_, index) => host.run({ argv: ['sleep', String(index)] })));
		while (table.calls.length < 10) {
			ends.shift()?.();
			await new Promise((resolve) => setImmediate(resolve));
		}
		await all;
		expect(most).toBe(4);
	});

	it('asks once what several readers ask', async () => {
		const table = createTableHost({ commands: [['uname *', 'x86_64\n']] });
		const host = createReadingPass(table);
		const results = await Promise.all([host.run({ argv: ['uname', '-m'] }), host.run({ argv: ['uname', '-m'] })]);
		expect(results[0]).toBe(results[1]);
		expect(table.calls).toHaveLength(1);
	});

	it('tells commands apart by their environment and input', async () => {
		const table = createTableHost({ commands: [['cat', 'x']] });
		const host = createReadingPass(table);
		await host.run({ argv: ['cat'], input: 'a' });
		await host.run({ argv: ['cat'], input: 'b' });
		await host.run({ argv: ['cat'], env: { A: '1' } });
		expect(table.calls).toHaveLength(3);
	});

	it('gives the place of a failed command to the next one', async () => {
		const table = createTableHost({ commands: [['ok *', '']] });
		const host = createReadingPass(table);
		const failing = Array.from({ length: 8 }, (_, index) =>
			host.run({ argv: ['missing', String(index)] }).catch(() => 'failed'),
		);
		expect(await Promise.all(failing)).toEqual(Array.from({ length: 8 }, () => 'failed'));
		expect(await host.run({ argv: ['ok', '1'] })).toMatchObject({ outcome: { code: 0 } });
	});
});
