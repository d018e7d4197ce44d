import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { runCommand, streamCommand } from '../../src/host/foreground.js';
import { type Command, type OutputLine, succeeded } from '../../src/host/host.js';
import { identifyProcess } from '../../src/host/process-identity.js';
import { runPipeline } from '../../src/host/run-pipeline.js';
import { bundleProgram } from './bundle.js';
import { makeScratch, waitUntil } from './scratch.js';

/** Prints the pid of a command that sleeps in the foreground. */
const sleeper = bundleProgram(`
	import { streamCommand } from './src/host/foreground.js';
	const stream = streamCommand({ argv: ['sh', '-c', 'echo $$; sleep 1000'] });
	process.stdout.write(String((await stream.next()).value.line));
	await stream.next();
`);

const mebibyte = 1024 * 1024;

async function collect(command: Command) {
	const lines: OutputLine[] = [];
	const stream = streamCommand(command);
	for (;;) {
		const next = await stream.next();
		if (next.done === true) return { lines, result: next.value };
		lines.push(next.value);
	}
}

function shell(script: string, ...args: string[]): Command {
	return { argv: ['sh', '-c', script, 'sh', ...args] };
}

function isGone(pid: number): boolean {
	return identifyProcess(pid) === undefined;
}

describe('a command', () => {
	it('reports its code and both outputs as they were', async () => {
		const result = await runCommand(shell('printf out; printf err >&2; exit 3'));
		expect(result).toMatchObject({
			outcome: { kind: 'exited', code: 3 },
			stdout: 'out',
			stderr: 'err',
			truncated: false,
		});
		expect(succeeded(result)).toBe(false);
	});

	it('sees nothing of the caller environment', async () => {
		vi.stubEnv('LANG', 'de_DE.UTF-8');
		vi.stubEnv('LD_PRELOAD', '/tmp/evil.so');
		vi.stubEnv('PATH', `/tmp/evil:${process.env.PATH}`);
		const { stdout } = await runCommand({ argv: ['env'], env: { EXTRA: '1' } });
		vi.unstubAllEnvs();
		expect(stdout.trim().split('\n').sort()).toEqual([
			'EXTRA=1',
			'HOME=/root',
			'LC_ALL=C',
			'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
			'SYSTEMD_BUS_TIMEOUT=300',
			'TERM=dumb',
		]);
	});

	it('that does not exist is told apart from one that fails', async () => {
		expect((await runCommand({ argv: ['no-such-zpool'] })).outcome).toEqual({ kind: 'not-found' });
		expect((await runCommand(shell('exit 127'))).outcome).toEqual({ kind: 'exited', code: 127 });
	});

	it('that may not be executed is not taken for one that does not exist', async () => {
		expect((await runCommand({ argv: ['/etc/passwd'] })).outcome).toEqual({ kind: 'exited', code: 126 });
	});

	it('runs also where the caller folder is gone', async () => {
		const folder = makeScratch();
		const before = process.cwd;
		const gone = path.join(folder, 'gone');
		vi.spyOn(process, 'cwd').mockReturnValue(gone);
		const result = await runCommand({ argv: ['pwd'] });
		process.cwd = before;
		expect(result.stdout).toBe('/\n');
	});

	it('reads the text it is given, and nothing otherwise', async () => {
		expect((await runCommand({ argv: ['cat'], input: 'secret\n' })).stdout).toBe('secret\n');
		expect((await runCommand({ argv: ['cat'] })).stdout).toBe('');
	});

	it('may close its input before it has read all of it', async () => {
		const result = await runCommand({ argv: ['true'], input: 'x'.repeat(4 * mebibyte) });
		expect(result.outcome).toEqual({ kind: 'exited', code: 0 });
	});

	it('that dies of a signal says which', async () => {
		expect((await runCommand(shell('kill -SEGV $$'))).outcome).toEqual({ kind: 'signalled', signal: 'SIGSEGV' });
	});

	it('that never ends is killed with all its descendants, and what it said is kept', async () => {
		const result = await runCommand({ ...shell('echo $$; sleep 1000 & echo $!; wait'), timeoutSeconds: 0.3 });
		expect(result.outcome).toEqual({ kind: 'timed-out', seconds: 0.3 });
		const pids = result.stdout.trim().split('\n').map(Number);
		expect(pids).toHaveLength(2);
		await waitUntil(() => pids.every(isGone));
	});

	it('that does not listen to SIGTERM is killed none the less', async () => {
		const result = await runCommand({
			...shell('trap "" TERM; echo $$; while :; do sleep 0.1; done'),
			timeoutSeconds: 0.3,
		});
		expect(result.outcome.kind).toBe('timed-out');
		await waitUntil(() => isGone(Number(result.stdout)));
	});

	it('dies with us when we are told to end', async () => {
		const parent = spawn(process.execPath, [await sleeper], { stdio: ['ignore', 'pipe', 'inherit'] });
		const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (text) => resolve(Number(text))));
		parent.kill('SIGTERM');
		await waitUntil(() => isGone(pid));
	});

	it('that ends well is not kept waiting by a daemon that holds its output open', async () => {
		const result = await runCommand(shell('setsid sleep 30 & echo $!'));
		expect(result.outcome).toEqual({ kind: 'exited', code: 0 });
		process.kill(Number(result.stdout), 'SIGKILL');
	});

	it('that prints for ever costs bounded memory and is not killed for it', async () => {
		const result = await runCommand({ argv: ['head', '-c', String(40 * mebibyte), '/dev/zero'] });
		expect(result.outcome).toEqual({ kind: 'exited', code: 0 });
		expect(result.stdout).toHaveLength(16 * mebibyte);
		expect(result.truncated).toBe(true);
	});

	it('is in a session of its own, out of reach of our terminal', async () => {
		const { stdout } = await runCommand({ argv: ['cut', '-d', ' ', '-f', '1,5,6', '/proc/self/stat'] });
		const [pid, group, session] = stdout.trim().split(' ');
		expect([group, session]).toEqual([pid, pid]);
	});
});

describe('a streamed command', () => {
	it('hands over its lines and returns the whole', async () => {
		const { lines, result } = await collect(shell('echo one; echo two; printf last'));
		expect(lines).toEqual(['one', 'two', 'last'].map((line) => ({ stream: 'stdout', line })));
		expect(result).toMatchObject({ outcome: { kind: 'exited', code: 0 }, stdout: 'one\ntwo\nlast' });
	});

	it('hands over a line while the command still runs', async () => {
		const stream = streamCommand(shell('echo first; sleep 1000'));
		expect(await stream.next()).toEqual({ done: false, value: { stream: 'stdout', line: 'first' } });
		await stream.return(undefined as never);
	});

	it('is ended when the reader leaves', async () => {
		const stream = streamCommand(shell('echo $$; while :; do echo y; done'));
		const first = await stream.next();
		await stream.return(undefined as never);
		const pid = Number((first.value as OutputLine).line);
		await waitUntil(() => isGone(pid));
	});

	it('loses no line to a slow reader', async () => {
		const stream = streamCommand({ argv: ['seq', '200000'] });
		let last = '';
		let count = 0;
		for (let next = await stream.next(); next.done !== true; next = await stream.next()) {
			if (count === 1500) await new Promise((resolve) => setTimeout(resolve, 800));
			last = next.value.line;
			count += 1;
		}
		expect([count, last]).toEqual([200_000, '200000']);
	});

	it('that does not exist ends with that', async () => {
		const { lines, result } = await collect({ argv: ['no-such-zpool'] });
		expect([lines, result.outcome]).toEqual([[], { kind: 'not-found' }]);
	});
});

describe('commands joined by pipes', () => {
	it('give one result each', async () => {
		const { results } = await runPipeline({
			commands: [shell('echo a; echo b; echo said >&2; exit 4'), { argv: ['grep', 'b'] }, shell('cat; exit 5')],
		});
		expect(results.map(({ outcome, stdout, stderr }) => ({ outcome, stdout, stderr }))).toEqual([
			{ outcome: { kind: 'exited', code: 4 }, stdout: '', stderr: 'said\n' },
			{ outcome: { kind: 'exited', code: 0 }, stdout: '', stderr: '' },
			{ outcome: { kind: 'exited', code: 5 }, stdout: 'b\n', stderr: '' },
		]);
	});

	it('see a pipe of the kernel that this program has no part in', async () => {
		const { results } = await runPipeline({
			commands: [1, 0].map((fd) => shell(`x=$(readlink /proc/$$/fd/${fd}); echo "$x" >&2`)) as [Command, Command],
		});
		const [writer = '', reader = ''] = results.map(({ stderr }) => stderr);
		expect(writer).toMatch(/fifo \(deleted\)\n$/);
		expect(reader).toBe(writer);
	});

	it('carry more than a pipe holds', async () => {
		const { results } = await runPipeline({
			commands: [{ argv: ['head', '-c', '50000000', '/dev/zero'] }, { argv: ['wc', '-c'] }],
		});
		expect(results[1]?.stdout.trim()).toBe('50000000');
	});

	it('end when a reader leaves early', async () => {
		const { results } = await runPipeline({ commands: [{ argv: ['yes'] }, { argv: ['head', '-n', '1'] }] });
		expect(results.map(({ outcome }) => outcome)).toEqual([
			{ kind: 'signalled', signal: 'SIGPIPE' },
			{ kind: 'exited', code: 0 },
		]);
	});

	it('end when one of them does not exist', async () => {
		const { results } = await runPipeline({
			commands: [{ argv: ['yes'] }, { argv: ['no-such-zfs'] }, { argv: ['cat'] }],
		});
		expect(results.map(({ outcome }) => outcome.kind)).toEqual(['signalled', 'not-found', 'exited']);
	});

	it('take their input from a file and put their output into a new private one', async () => {
		const folder = makeScratch();
		const outputFile = path.join(folder, 'stream');
		const pipeline = { commands: [{ argv: ['tac'] }], inputFile: '/etc/hostname', outputFile } as const;
		const { results } = await runPipeline(pipeline);
		expect(results[0]?.outcome).toEqual({ kind: 'exited', code: 0 });
		expect(readFileSync(outputFile, 'utf8')).toBe(readFileSync('/etc/hostname', 'utf8'));
		expect((await runCommand({ argv: ['stat', '-c', '%a', outputFile] })).stdout).toBe('600\n');
		await expect(runPipeline(pipeline)).rejects.toMatchObject({ name: 'HostError', kind: 'exists' });
	});

	it('leave no descriptor open', async () => {
		const before = readdirSync('/proc/self/fd').length;
		for (let round = 0; round < 5; round += 1) {
			await runPipeline({ commands: [{ argv: ['echo', 'x'] }, { argv: ['cat'] }, { argv: ['cat'] }] });
		}
		await waitUntil(() => readdirSync('/proc/self/fd').length <= before);
	});

	it('are killed one by one where they have a time limit', async () => {
		const { results } = await runPipeline({
			commands: [{ argv: ['sleep', '1000'], timeoutSeconds: 0.2 }, { argv: ['cat'] }],
		});
		expect(results.map(({ outcome }) => outcome.kind)).toEqual(['timed-out', 'exited']);
	});
});
