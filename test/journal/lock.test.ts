import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, lchownSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acquireLock, isLockHeld, LockBusyError } from '../../src/journal/lock.js';
import { bundleProgram } from '../host/bundle.js';
import { makeScratch } from '../host/scratch.js';

const isRoot = process.geteuid?.() === 0;
const command = ['zfs-lockstep', 'run'];

/** Takes the lock, says so, and holds it until it is killed; says `busy` and ends otherwise. */
const holder = bundleProgram(`
	import { spawn } from 'node:child_process';
	import { acquireLock, isLockHeld, LockBusyError } from './src/journal/lock.js';
	try {
		await acquireLock({ path: process.argv[2], command: ['holder'] });
		// A detached child, like a job: it must not keep the lock when we are gone.
		if (process.argv[3] === 'with-job') console.log(spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' }).pid);
		else console.log('taken');
		setInterval(() => {}, 1000);
	} catch (error) {
		if (!(error instanceof LockBusyError)) throw error;
		console.log('busy');
	}
`);

/** Takes and releases the lock over and over; while it holds it, nobody else may be inside. */
const racer = bundleProgram(`
	import { mkdirSync, rmdirSync } from 'node:fs';
	import { acquireLock, isLockHeld, LockBusyError } from './src/journal/lock.js';
	const [, , file, inside, rounds] = process.argv;
	let taken = 0;
	while (taken < Number(rounds)) {
		try {
			const lock = await acquireLock({ path: file, command: ['racer'] });
			mkdirSync(inside);
			await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
			rmdirSync(inside);
			taken += 1;
			// The last round ends without releasing: the kernel has to.
			if (taken < Number(rounds)) lock.release();
		} catch (error) {
			if (!(error instanceof LockBusyError)) throw error;
		}
	}
`);

async function start(file: string, ...args: string[]) {
	const child = spawn(process.execPath, [await holder, file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
	onTestFinished(() => {
		child.kill('SIGKILL');
	});
	const [text] = await once(child.stdout, 'data');
	return { child, said: String(text).trim() };
}

describe('the lock', () => {
	it('lets one in, and names it to the next', async () => {
		const file = path.join(makeScratch(), 'lock');
		const lock = await acquireLock({ path: file, command });
		const error = await acquireLock({ path: file, command: ['other'] }).catch((thrown: unknown) => thrown);
		expect(error).toBeInstanceOf(LockBusyError);
		expect(error).toMatchObject({
			path: file,
			holder: { pid: process.pid, command, since: expect.stringMatching(/^20/) },
			message: expect.stringContaining(`zfs-lockstep run (process ${process.pid}, since 20`),
		});
		lock.release();
		(await acquireLock({ path: file, command })).release();
	});

	it('is for nobody else to read, in a folder that is made where it is missing', async () => {
		const file = path.join(makeScratch(), 'run/lock/zfs-lockstep.lock');
		const lock = await acquireLock({ path: file, command });
		expect(statSync(file).mode & 0o777).toBe(0o600);
		lock.release();
	});

	it('can be looked at without being taken: held while its holder lives', async () => {
		const file = path.join(makeScratch(), 'lock');
		expect(isLockHeld(file)).toBe(false);
		const lock = await acquireLock({ path: file, command });
		expect(isLockHeld(file)).toBe(true);
		lock.release();
		const { child } = await start(file);
		expect(isLockHeld(file)).toBe(true);
		child.kill('SIGKILL');
		await once(child, 'exit');
		expect(isLockHeld(file)).toBe(false);
	});

	it('is free again after kill -9 of its holder', async () => {
		const file = path.join(makeScratch(), 'lock');
		const { child } = await start(file);
		await expect(acquireLock({ path: file, command })).rejects.toMatchObject({ holder: { pid: child.pid } });
		child.kill('SIGKILL');
		await once(child, 'exit');
		(await acquireLock({ path: file, command })).release();
	});

	it('is not kept by a detached child of a dead holder', async () => {
		const file = path.join(makeScratch(), 'lock');
		const { child, said } = await start(file, 'with-job');
		child.kill('SIGKILL');
		await once(child, 'exit');
		(await acquireLock({ path: file, command })).release();
		process.kill(Number(said), 'SIGKILL');
	});

	it('never lets two in, however often they try', async () => {
		const scratch = makeScratch();
		const args = [await racer, path.join(scratch, 'lock'), path.join(scratch, 'inside'), '15'];
		const racers = Array.from({ length: 4 }, () =>
			spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] }),
		);
		onTestFinished(() => {
			for (const child of racers) child.kill('SIGKILL');
		});
		const codes = await Promise.all(racers.map(async (child) => (await once(child, 'exit'))[0]));
		expect(codes).toEqual([0, 0, 0, 0]);
	}, 30_000);

	it.each([
		['empty', ''],
		['torn', '{"pid": 1'],
		[
			'of a process that is gone',
			JSON.stringify({ pid: 1, since: '2020', command: ['old'], process: { pid: 1, startTime: '1', bootId: 'x' } }),
		],
	])('is taken whatever an earlier holder left in the file: %s', async (_, text) => {
		const file = path.join(makeScratch(), 'lock');
		writeFileSync(file, text);
		const lock = await acquireLock({ path: file, command });
		expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid, command });
		lock.release();
	});

	it('that is held without a name is busy all the same', async () => {
		const file = path.join(makeScratch(), 'lock');
		await start(file);
		writeFileSync(file, '');
		await expect(acquireLock({ path: file, command })).rejects.toMatchObject({
			name: 'LockBusyError',
			holder: undefined,
		});
	});

	it('is not taken on a file that was removed while it was waited for', async () => {
		const file = path.join(makeScratch(), 'lock');
		for (let round = 0; round < 5; round += 1) {
			const attempt = acquireLock({ path: file, command });
			rmSync(file, { force: true });
			const lock = await attempt;
			await expect(acquireLock({ path: file, command })).rejects.toBeInstanceOf(LockBusyError);
			lock.release();
		}
	});

	it('is refused where somebody planted something in its place', async () => {
		const scratch = makeScratch();
		chmodSync(scratch, 0o1777);
		const file = path.join(scratch, 'lock');
		writeFileSync(path.join(scratch, 'precious'), 'precious');
		symlinkSync('precious', file);
		await expect(acquireLock({ path: file, command })).rejects.toMatchObject({ name: 'JournalError', kind: 'unsafe' });
		expect(readFileSync(path.join(scratch, 'precious'), 'utf8')).toBe('precious');
		rmSync(file);
		mkdirSync(file);
		await expect(acquireLock({ path: file, command })).rejects.toMatchObject({ name: 'JournalError' });
		rmSync(file, { recursive: true });
		if (!isRoot) return;
		writeFileSync(file, '');
		lchownSync(file, 65534, 65534);
		await expect(acquireLock({ path: file, command })).rejects.toMatchObject({ name: 'JournalError' });
	});
});
