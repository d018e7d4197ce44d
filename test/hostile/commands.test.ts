import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommand, streamCommand } from '../../src/host/foreground.js';
import { bundleProgram } from '../host/bundle.js';

const mebibyte = 1024 * 1024;

describe('a line of a hundred megabytes', () => {
	let program: string;
	beforeAll(async () => {
		program = await bundleProgram(`
			import { streamCommand } from './src/host/foreground.js';
			import { stripControls } from './src/host/text.js';
			const argv = ['sh', '-c', "head -c ${100 * mebibyte} /dev/zero | tr '\\\\0' a; echo; echo end"];
			const lines = [];
			const stream = streamCommand({ argv });
			for (let next = await stream.next(); !next.done; next = await stream.next()) lines.push(stripControls(next.value.line).length);
			console.log(JSON.stringify({ lines, megabytes: Math.round(process.resourceUsage().maxRSS / 1024) }));
		`);
	});

	it('costs bounded memory, is shown cut, and hides nothing that follows it', () => {
		const { stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8' });
		expect(stderr).toBe('');
		const { lines, megabytes } = JSON.parse(stdout) as { lines: number[]; megabytes: number };
		expect(lines).toEqual([65_537, 3]);
		// Node itself takes 60; what is kept of the output is 16.
		expect(megabytes).toBeLessThan(250);
	});
});

describe('a command that closes its output early', () => {
	const silent = { argv: ['sh', '-c', 'echo first; exec >&- 2>&-; sleep 0.3; exit 3'] } as const;

	it('is waited for, and its end is its own', async () => {
		const result = await runCommand(silent);
		expect(result).toMatchObject({ outcome: { kind: 'exited', code: 3 }, stdout: 'first\n', stderr: '' });
	});

	it('is waited for where its lines are read as well', async () => {
		const stream = streamCommand(silent);
		expect((await stream.next()).value).toEqual({ stream: 'stdout', line: 'first' });
		expect((await stream.next()).value).toMatchObject({ outcome: { kind: 'exited', code: 3 } });
	});
});
