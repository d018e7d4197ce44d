import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Command, JobSpec, OutputLine } from '../../src/host/host.js';
import type { Supervisor } from '../../src/host/job-folder.js';
import { describeUnit } from '../../src/host/job-launch.js';
import { Jobs } from '../../src/host/jobs.js';
import { identifyProcess } from '../../src/host/process-identity.js';
import { bundleProgram } from './bundle.js';
import { makeScratch, waitUntil } from './scratch.js';

const program = bundleProgram(`
	import { superviseJob } from './src/host/job-supervisor.js';
	import { Jobs } from './src/host/jobs.js';
	const [mode, argument, spec] = process.argv.slice(2);
	if (mode === '__job') await superviseJob(argument);
	else {
		const selfCommand = [process.execPath, process.argv[1]];
		for await (const { line } of new Jobs({ directory: argument, root: '/', selfCommand }).follow(JSON.parse(spec))) {
			console.log(line);
		}
	}
`);

/** Jobs in a folder of the test's own, and every process of theirs ended with the test. */
async function setUp() {
	const scratch = makeScratch();
	const directory = path.join(scratch, 'jobs');
	const selfCommand = [process.execPath, await program];
	const jobs = new Jobs({ directory, root: '/', selfCommand });
	const supervisorOf = (id: string): Supervisor =>
		JSON.parse(readFileSync(path.join(directory, id, 'supervisor.json'), 'utf8'));
	return { scratch, directory, jobs, selfCommand, supervisorOf };
}

function job(script: string, more: Partial<JobSpec> = {}): JobSpec {
	return { id: 'work', description: 'Test work', work: { commands: [shell(script)] }, ...more };
}

/** Shell words that wait for a file, or for the end of the test: its folder is gone then. */
function waitFor(gate: string): string {
	return `while [ -d ${path.dirname(gate)} ] && [ ! -e ${gate} ]; do sleep 0.02; done`;
}

function shell(script: string): Command {
	return { argv: ['sh', '-c', script] };
}

async function followToEnd(jobs: Jobs, spec: JobSpec) {
	const lines: OutputLine[] = [];
	const output = jobs.follow(spec);
	for (;;) {
		const next = await output.next();
		if (next.done === true) return { lines: lines.map(({ line }) => line), output: lines, result: next.value };
		lines.push(next.value);
	}
}

/** Starts the job and leaves it running. */
async function startAndLeave(jobs: Jobs, spec: JobSpec): Promise<string> {
	const output = jobs.follow(spec);
	const first = await output.next();
	await output.return(undefined as never);
	return (first.value as OutputLine).line;
}

function isGone(pid: number): boolean {
	return identifyProcess(pid) === undefined;
}

describe('a job', () => {
	it('hands over its output and how it ended', async () => {
		const { jobs, directory } = await setUp();
		const { output, result } = await followToEnd(jobs, job('echo out; echo err >&2; exit 7'));
		expect(output).toEqual([
			{ stream: 'stdout', line: 'out' },
			{ stream: 'stderr', line: 'err' },
		]);
		expect(result.results).toMatchObject([{ outcome: { kind: 'exited', code: 7 }, stdout: 'out\n', stderr: 'err\n' }]);
		expect(await jobs.status('work')).toEqual({ state: 'ended', result });
		for (const name of ['', 'work']) expect(statSync(path.join(directory, name)).mode & 0o777).toBe(0o700);
		for (const name of ['spec.json', 'result.json', 'supervisor.json', '0.stdout']) {
			expect(statSync(path.join(directory, 'work', name)).mode & 0o777).toBe(0o600);
		}
	});

	it('that nobody started is absent', async () => {
		const { jobs } = await setUp();
		expect(await jobs.status('work')).toEqual({ state: 'absent' });
	});

	it('goes on when the reader leaves, and is not started again by the next one', async () => {
		const { jobs, scratch } = await setUp();
		const gate = path.join(scratch, 'gate');
		const counter = path.join(scratch, 'counter');
		const spec = job(`echo x >>${counter}; echo started; ${waitFor(gate)}; echo done`);
		expect(await startAndLeave(jobs, spec)).toBe('started');
		expect(await jobs.status('work')).toMatchObject({ state: 'running', startedAt: expect.stringMatching(/^20/) });
		writeFileSync(gate, '');
		const { lines, result } = await followToEnd(jobs, spec);
		expect(lines).toEqual(['started', 'done']);
		expect(result.results[0]?.outcome).toEqual({ kind: 'exited', code: 0 });
		expect(readFileSync(counter, 'utf8')).toBe('x\n');
	});

	it('is left running when the signal aborts', async () => {
		const { jobs, scratch } = await setUp();
		const gate = path.join(scratch, 'gate');
		const spec = job(`echo started; ${waitFor(gate)}`);
		const controller = new AbortController();
		const output = jobs.follow(spec, { signal: controller.signal });
		await output.next();
		controller.abort();
		await expect(output.next()).rejects.toMatchObject({ name: 'JobLeftError', jobId: 'work' });
		expect(await jobs.status('work')).toMatchObject({ state: 'running' });
		writeFileSync(gate, '');
		await followToEnd(jobs, spec);
	});

	it('is not started at all once the signal has aborted', async () => {
		const { jobs } = await setUp();
		const output = jobs.follow(job('true'), { signal: AbortSignal.abort() });
		await expect(output.next()).rejects.toMatchObject({ name: 'JobLeftError' });
		expect(await jobs.status('work')).toEqual({ state: 'absent' });
	});

	it('does not take the result of other work for its own', async () => {
		const { jobs } = await setUp();
		await followToEnd(jobs, job('true'));
		await expect(followToEnd(jobs, job('false'))).rejects.toMatchObject({ kind: 'job-conflict' });
	});

	it('runs once when two start it at the same time', async () => {
		const { jobs, scratch } = await setUp();
		const counter = path.join(scratch, 'counter');
		const spec = job(`echo x >>${counter}`);
		await Promise.all(Array.from({ length: 4 }, () => followToEnd(jobs, spec)));
		expect(readFileSync(counter, 'utf8')).toBe('x\n');
	});

	it('joins commands by pipes and keeps what each said apart', async () => {
		const { jobs, scratch } = await setUp();
		const outputFile = path.join(scratch, 'stream');
		const commands = [shell('echo 1; echo first >&2; exit 3'), shell('cat; echo second >&2')] as const;
		const { result } = await followToEnd(jobs, job('', { work: { commands: [...commands], outputFile } }));
		expect(result.results).toMatchObject([
			{ outcome: { kind: 'exited', code: 3 }, stderr: 'first\n' },
			{ outcome: { kind: 'exited', code: 0 }, stderr: 'second\n' },
		]);
		expect(readFileSync(outputFile, 'utf8')).toBe('1\n');
	});

	it('reads the text it is given', async () => {
		const { jobs } = await setUp();
		const { lines } = await followToEnd(jobs, job('', { work: { commands: [{ argv: ['cat'], input: 'a\nb\n' }] } }));
		expect(lines).toEqual(['a', 'b']);
	});

	it('whose program does not exist says so', async () => {
		const { jobs } = await setUp();
		const { result } = await followToEnd(jobs, job('', { work: { commands: [{ argv: ['no-such-apt'] }] } }));
		expect(result.results[0]?.outcome).toEqual({ kind: 'not-found' });
	});

	it('whose output file exists already does not start, and says why', async () => {
		const { jobs, scratch } = await setUp();
		const outputFile = path.join(scratch, 'precious');
		writeFileSync(outputFile, 'precious');
		const spec = job('', { work: { commands: [shell('echo overwritten')], outputFile } });
		await expect(followToEnd(jobs, spec)).rejects.toMatchObject({ kind: 'exists', path: outputFile });
		expect(readFileSync(outputFile, 'utf8')).toBe('precious');
	});

	it('that cannot be started says what the attempt said', async () => {
		const { directory } = await setUp();
		const jobs = new Jobs({ directory, root: '/', selfCommand: ['sh', '-c', 'echo no node here >&2; exit 1', 'sh'] });
		await expect(followToEnd(jobs, job('true'))).rejects.toMatchObject({
			kind: 'cannot-start',
			message: expect.stringContaining('no node here'),
		});
		expect(await jobs.status('work')).toEqual({ state: 'absent' });
	});

	it('does not put its folder where somebody else could change it', async () => {
		const { jobs, directory, scratch } = await setUp();
		mkdirSync(path.join(scratch, 'elsewhere'));
		symlinkSync(path.join(scratch, 'elsewhere'), directory);
		await expect(followToEnd(jobs, job('true'))).rejects.toMatchObject({ kind: 'unsafe' });
	});

	it.each(['../escape', '', 'a/b', '.hidden', 'a\nb'])('has no id like %j', async (id) => {
		const { jobs } = await setUp();
		await expect(jobs.status(id)).rejects.toThrow('Not an id of a job');
	});
});

describe('a job outlives', () => {
	const signals = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;

	it('kill -9 of the program that started it', async () => {
		const { jobs, scratch, directory, selfCommand } = await setUp();
		const gate = path.join(scratch, 'gate');
		const spec = job(`echo started; ${waitFor(gate)}; echo finished`);
		const [node = '', file = ''] = selfCommand;
		const parent = spawn(node, [file, 'follow', directory, JSON.stringify(spec)], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		await new Promise((resolve) => parent.stdout.once('data', resolve));
		parent.kill('SIGKILL');
		await new Promise((resolve) => parent.once('exit', resolve));
		writeFileSync(gate, '');
		const { lines, result } = await followToEnd(jobs, spec);
		expect(lines).toEqual(['started', 'finished']);
		expect(result.results[0]?.outcome).toEqual({ kind: 'exited', code: 0 });
	});

	it('a hang-up of the whole process group of the program that started it', async () => {
		const { jobs, scratch, directory, selfCommand } = await setUp();
		const gate = path.join(scratch, 'gate');
		const spec = job(`echo started; ${waitFor(gate)}; echo finished`);
		const [node = '', file = ''] = selfCommand;
		const parent = spawn(node, [file, 'follow', directory, JSON.stringify(spec)], {
			stdio: ['ignore', 'pipe', 'inherit'],
			detached: true,
		});
		await new Promise((resolve) => parent.stdout.once('data', resolve));
		process.kill(-(parent.pid ?? 0), 'SIGHUP');
		await new Promise((resolve) => parent.once('exit', resolve));
		writeFileSync(gate, '');
		expect((await followToEnd(jobs, spec)).lines).toEqual(['started', 'finished']);
	});

	it.each(signals)('%s to its supervisor and to the group of it', async (signal) => {
		const { jobs, scratch, supervisorOf } = await setUp();
		const gate = path.join(scratch, 'gate');
		const spec = job(`echo started; ${waitFor(gate)}; echo finished`);
		await startAndLeave(jobs, spec);
		const { pid } = supervisorOf('work').process;
		process.kill(pid, signal);
		process.kill(-pid, signal);
		writeFileSync(gate, '');
		const { lines, result } = await followToEnd(jobs, spec);
		expect(lines).toEqual(['started', 'finished']);
		expect(result.results[0]?.outcome).toEqual({ kind: 'exited', code: 0 });
	});

	it('kill -9 of its supervisor, is running as long as anything of it runs, and is lost then', async () => {
		const { jobs, scratch, supervisorOf } = await setUp();
		const gate = path.join(scratch, 'gate');
		// In a session of its own, as apt runs dpkg.
		const orphan = `${waitFor(gate)}; echo orphan`;
		const spec = job(`setsid sh -c '${orphan}' & echo $$; wait`);
		const shellPid = await startAndLeave(jobs, spec);
		for (const pid of [supervisorOf('work').process.pid, Number(shellPid)]) {
			process.kill(pid, 'SIGKILL');
			await waitUntil(() => isGone(pid));
		}
		expect(await jobs.status('work')).toMatchObject({ state: 'running' });
		writeFileSync(gate, '');
		const { lines, result } = await followToEnd(jobs, spec);
		expect(lines).toEqual([shellPid, 'orphan']);
		expect(result.results[0]).toMatchObject({ outcome: { kind: 'lost' }, stdout: `${shellPid}\norphan\n` });
		expect(await jobs.status('work')).toEqual({ state: 'lost' });
	});

	it('its supervisor without being kept for ever by a daemon that it started', async () => {
		const { jobs, supervisorOf, scratch } = await setUp();
		const pidFile = path.join(scratch, 'pid');
		const daemon = `setsid sleep 1000 </dev/null >/dev/null 2>&1 & echo $! >${pidFile}`;
		await startAndLeave(jobs, job(`${daemon}; echo started; sleep 1000`));
		const children = readFileSync(
			`/proc/${supervisorOf('work').process.pid}/task/${supervisorOf('work').process.pid}/children`,
			'utf8',
		);
		onTestFinished(() => process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL') && undefined);
		process.kill(supervisorOf('work').process.pid, 'SIGKILL');
		process.kill(-Number(children.trim().split(' ')[0]), 'SIGKILL');
		await waitUntil(async () => (await jobs.status('work')).state === 'lost');
	});
});

describe('the processes of a job', () => {
	it('are not confused with one that got their pid later', async () => {
		const { jobs, supervisorOf, directory } = await setUp();
		await followToEnd(jobs, job('true'));
		const folder = path.join(directory, 'work');
		rmSync(path.join(folder, 'result.json'));
		const recorded = supervisorOf('work');
		const asIf = (process: Partial<Supervisor['process']>) =>
			writeFileSync(
				path.join(folder, 'supervisor.json'),
				JSON.stringify({ ...recorded, process: { ...recorded.process, ...process } }),
			);
		const self = identifyProcess(process.pid);
		asIf({ ...self });
		expect(await jobs.status('work')).toMatchObject({ state: 'running' });
		asIf({ ...self, startTime: '1' });
		expect(await jobs.status('work')).toEqual({ state: 'lost' });
		asIf({ ...self, bootId: 'another boot' });
		expect(await jobs.status('work')).toEqual({ state: 'lost' });
	});

	it('leave no unread state: a damaged record is an error, not a job that never was', async () => {
		const { jobs, directory } = await setUp();
		await followToEnd(jobs, job('true'));
		writeFileSync(path.join(directory, 'work/supervisor.json'), '{"process":');
		await expect(jobs.status('work')).rejects.toMatchObject({ kind: 'io' });
		expect(existsSync(path.join(directory, 'work/result.json'))).toBe(true);
	});
});

describe('the unit of a job', () => {
	it('is out of the login session and not stopped with it', () => {
		const spec = job('true', { id: 'module.dkms+6.1', description: 'Build \x1b[31mzfs\n%n' });
		expect(describeUnit(spec, ['/usr/bin/node', '/opt/cli.js', '__job', '/var/lib/x'])).toEqual([
			'systemd-run',
			'--unit=zfs-lockstep-module.dkms_6.1',
			'--description=zfs-lockstep: Build zfs %n',
			'--property=KillMode=process',
			'--property=TimeoutStopSec=900',
			'--collect',
			'--quiet',
			'--',
			'/usr/bin/node',
			'/opt/cli.js',
			'__job',
			'/var/lib/x',
		]);
	});
});
