import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../../src/host/foreground.js';
import { createAlternateRootHost, createLocalHost } from '../../src/host/local-host.js';
import { bundleProgram } from './bundle.js';
import { makeScratch } from './scratch.js';

const program = bundleProgram(`
	import { superviseJob } from './src/host/job-supervisor.js';
	await superviseJob(process.argv[3]);
`);

/** A root with sh and cat and the libraries that they need. */
async function makeRoot(): Promise<string> {
	const root = path.join(makeScratch(), 'root');
	mkdirSync(path.join(root, 'tmp'), { recursive: true });
	for (const binary of ['/bin/sh', '/bin/cat']) {
		const { stdout } = await runCommand({ argv: ['ldd', binary] });
		const libraries = stdout.match(/\/\S+/g) ?? [];
		for (const file of [binary, ...libraries]) {
			const target = path.join(root, file);
			if (existsSync(target)) continue;
			mkdirSync(path.dirname(target), { recursive: true });
			copyFileSync(file, target);
		}
	}
	writeFileSync(path.join(root, 'only-here'), 'inside\n');
	return root;
}

async function makeHost() {
	const jobsDirectory = path.join(makeScratch(), 'jobs');
	return createAlternateRootHost({
		root: await makeRoot(),
		jobsDirectory,
		selfCommand: [process.execPath, await program],
	});
}

const isRoot = process.geteuid?.() === 0;

describe('this machine', () => {
	it('runs commands, files and time of its own', async () => {
		const host = createLocalHost({ jobsDirectory: path.join(makeScratch(), 'jobs'), selfCommand: ['false'] });
		expect([host.kind, host.root, host.userId()]).toEqual(['local', '/', process.geteuid?.()]);
		expect((await host.run({ argv: ['echo', 'x'] })).stdout).toBe('x\n');
		const before = host.now();
		await host.sleep(0.01);
		expect(host.now()).toBeGreaterThan(before);
	});
});

describe.runIf(isRoot)('a mounted root', () => {
	it('is entered by every way of running a command', async () => {
		const host = await makeHost();
		const command = { argv: ['cat', '/only-here'] } as const;
		expect((await host.run(command)).stdout).toBe('inside\n');
		expect((await host.stream(command).next()).value).toEqual({ stream: 'stdout', line: 'inside' });
		const piped = await host.pipe({ commands: [command, { argv: ['cat'] }], outputFile: '/tmp/out' });
		expect(piped.results.map(({ outcome }) => outcome)).toEqual([0, 0].map((code) => ({ kind: 'exited', code })));
		expect(await host.files.read('/tmp/out')).toBe('inside\n');
		const job = host.job({ id: 'look', description: 'Look', work: { commands: [command] } });
		expect((await job.next()).value).toEqual({ stream: 'stdout', line: 'inside' });
		expect(await job.next()).toMatchObject({ value: { results: [{ command, outcome: { kind: 'exited', code: 0 } }] } });
	});

	it('is left only by a command that says so', async () => {
		const host = await makeHost();
		const command = { argv: ['test', '-e', path.join(host.root, 'only-here')] } as const;
		expect((await host.run(command)).outcome).toEqual({ kind: 'not-found' });
		expect((await host.run({ ...command, outsideRoot: true })).outcome).toEqual({ kind: 'exited', code: 0 });
	});

	it('without the program is told apart from a program that fails', async () => {
		const host = await makeHost();
		expect((await host.run({ argv: ['zpool'] })).outcome).toEqual({ kind: 'not-found' });
		expect((await host.run({ argv: ['sh', '-c', 'exit 127'] })).outcome).toEqual({ kind: 'exited', code: 127 });
	});

	it('that is not there is an error of its own', async () => {
		const host = createAlternateRootHost({
			root: '/no/such/root',
			jobsDirectory: '/tmp/unused',
			selfCommand: ['false'],
		});
		await expect(host.run({ argv: ['zpool'] })).rejects.toMatchObject({ name: 'HostError', kind: 'cannot-start' });
	});
});
