import { spawn } from 'node:child_process';
import {
	chmodSync,
	lchownSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, type TestContext, vi } from 'vitest';
import { runCommand } from '../../src/host/foreground.js';
import { JournalError } from '../../src/journal/journal-error.js';
import { type Journal, type JournalOptions, openJournal } from '../../src/journal/state.js';
import { bundleProgram } from '../host/bundle.js';
import { makeScratch, mountTmpfs } from '../host/scratch.js';

interface State {
	readonly step: number;
	readonly note: string;
}

const isRoot = process.geteuid?.() === 0;
const schemaVersion = 2;

function validate(raw: unknown): State {
	const { step, note } = raw as State;
	if (typeof step !== 'number' || typeof note !== 'string') throw new Error('step or note is missing');
	return { step, note };
}

function open(directory: string, more: Partial<JournalOptions<State>> = {}): Journal<State> {
	return openJournal({ directory, schemaVersion, validate, access: 'write', minimumFreeBytes: 0n, ...more });
}

function makeDirectory(): string {
	return path.join(makeScratch(), 'state');
}

function errorOf(action: () => unknown): JournalError {
	try {
		action();
	} catch (error) {
		if (error instanceof JournalError) return error;
		throw error;
	}
	throw new Error('Nothing was thrown.');
}

async function makeDisk(context: TestContext, size: string): Promise<string> {
	const folder = makeScratch();
	if (!(await mountTmpfs(folder, `size=${size},mode=0700`))) context.skip();
	return folder;
}

describe('the state of a run', () => {
	it('is what was written, also for the next program', async () => {
		const directory = makeDirectory();
		const journal = open(directory);
		expect(journal.read()).toBeUndefined();
		await journal.write({ step: 1, note: 'ä池\n' });
		await journal.write({ step: 2, note: '' });
		expect(journal.read()).toEqual({ step: 2, note: '' });
		expect(open(directory, { access: 'read' }).read()).toEqual({ step: 2, note: '' });
	});

	it('is for nobody else to read', async () => {
		const directory = makeDirectory();
		await open(directory).write({ step: 1, note: '' });
		await open(directory).write({ step: 2, note: '' });
		expect(statSync(directory).mode & 0o777).toBe(0o700);
		for (const name of readdirSync(directory)) {
			expect([name, statSync(path.join(directory, name)).mode & 0o777]).toEqual([name, 0o600]);
		}
	});

	it('is not written in place where SNAP is set', async () => {
		const journal = open(makeDirectory());
		await journal.write({ step: 1, note: '' });
		const inode = statSync(journal.file).ino;
		vi.stubEnv('SNAP', '/snap/x');
		await journal.write({ step: 2, note: '' });
		vi.unstubAllEnvs();
		expect(statSync(journal.file).ino).not.toBe(inode);
	});

	it('is absent, and nothing is made, where a reader finds no folder', () => {
		const directory = makeDirectory();
		expect(open(directory, { access: 'read' }).read()).toBeUndefined();
		expect(() => statSync(directory)).toThrow('ENOENT');
	});

	it('is forgotten when the run is over', async () => {
		const journal = open(makeDirectory());
		await journal.write({ step: 1, note: '' });
		await journal.write({ step: 2, note: '' });
		journal.discard();
		expect(journal.read()).toBeUndefined();
	});

	it('of a killed writer leaves no temporary files for ever, but a reader touches none', async () => {
		const directory = makeDirectory();
		await open(directory).write({ step: 1, note: '' });
		const leftovers = ['state.json.tmp-1234567890abcdef', '.state.previous.json.0123456789ab.tmp'];
		for (const name of [...leftovers, 'kept.txt']) writeFileSync(path.join(directory, name), 'x');
		open(directory, { access: 'read' }).read();
		expect(readdirSync(directory)).toEqual(expect.arrayContaining(leftovers));
		open(directory);
		expect(readdirSync(directory).sort()).toEqual(['kept.txt', 'state.json']);
	});
});

describe('a state that cannot be read as ours is refused with the way to repair it', () => {
	async function writeTwo() {
		const journal = open(makeDirectory());
		await journal.write({ step: 1, note: 'before' });
		await journal.write({ step: 2, note: 'after' });
		return journal;
	}

	it.each([
		['empty', ''],
		['empty', '\n'],
		['torn', '\0'.repeat(500)],
		['torn', '{"tool": "zfs-lockstep", "schemaVersion": 2'],
		['foreign', 'null'],
		['foreign', '[]'],
		['foreign', '{}'],
		['foreign', '{"theme": "dark"}'],
		['torn', '{"tool": "zfs-lockstep", "schemaVersion": 2, "state": {"step": 1, "note": ""}}'],
		['newer-schema', '{"tool": "zfs-lockstep", "schemaVersion": 3, "anything": true}'],
	])('%s: %j', async (kind, text) => {
		const journal = await writeTwo();
		writeFileSync(journal.file, text);
		const error = errorOf(() => journal.read());
		expect(error).toMatchObject({ kind, path: journal.file });
		expect(error.remediation.join('\n')).toContain('zfs-lockstep');
		await expect(journal.write({ step: 3, note: '' })).rejects.toMatchObject({ kind });
		expect(readFileSync(journal.file, 'utf8')).toBe(text);
	});

	it('invalid: whole, but not a state', async () => {
		const directory = makeDirectory();
		await openJournal({ directory, schemaVersion, validate: (raw) => raw, access: 'write' }).write({ other: 1 });
		expect(errorOf(() => open(directory).read())).toMatchObject({ kind: 'invalid' });
	});

	it('missing: gone, while the generation before it is there', async () => {
		const journal = await writeTwo();
		rmSync(journal.file);
		expect(errorOf(() => journal.read())).toMatchObject({ kind: 'missing' });
		expect(journal.restorePrevious()).toEqual({ step: 1, note: 'before' });
		expect(journal.read()).toEqual({ step: 1, note: 'before' });
	});

	it('wherever a crash cut it off', async () => {
		const journal = await writeTwo();
		const size = statSync(journal.file).size;
		for (let length = size - 2; length >= 0; length -= 1) {
			truncateSync(journal.file, length);
			expect(errorOf(() => journal.read()).kind).toMatch(/^(torn|empty)$/);
		}
	});

	it('whichever letter a disk changed', async () => {
		const journal = await writeTwo();
		const text = readFileSync(journal.file);
		fc.assert(
			fc.property(fc.nat(text.length - 1), fc.integer({ min: 1, max: 255 }), (place, bits) => {
				const damaged = Buffer.from(text);
				damaged[place] = (damaged[place] ?? 0) ^ bits;
				writeFileSync(journal.file, damaged);
				try {
					// White space between the members means nothing.
					expect(journal.read()).toEqual({ step: 2, note: 'after' });
				} catch (error) {
					if (!(error instanceof JournalError)) throw error;
					expect(error.kind).toMatch(/^(torn|foreign|newer-schema)$/);
				}
			}),
			{ numRuns: 400 },
		);
	});

	it('and is put back on demand, with the damaged file kept', async () => {
		const journal = await writeTwo();
		writeFileSync(journal.file, 'damaged');
		expect(journal.restorePrevious()).toEqual({ step: 1, note: 'before' });
		expect(journal.read()).toEqual({ step: 1, note: 'before' });
		const kept = readdirSync(path.dirname(journal.file)).filter((name) => name.includes('broken'));
		expect(kept.map((name) => readFileSync(path.join(path.dirname(journal.file), name), 'utf8'))).toEqual(['damaged']);
	});

	it('and is set aside on demand when the previous generation is damaged too', async () => {
		const journal = await writeTwo();
		writeFileSync(journal.file, 'damaged');
		writeFileSync(path.join(path.dirname(journal.file), 'state.previous.json'), 'damaged too');
		expect(errorOf(() => journal.restorePrevious()).kind).toBe('torn');
		expect(readFileSync(journal.file, 'utf8')).toBe('damaged');
		const kept = journal.setAside();
		expect(kept.map((file) => readFileSync(file, 'utf8'))).toEqual(['damaged', 'damaged too']);
		expect(kept.map((file) => path.basename(file))).toEqual([
			expect.stringMatching(/^state\.set-aside-.*\.json$/),
			expect.stringMatching(/^state\.previous\.set-aside-.*\.json$/),
		]);
		expect(journal.read()).toBeUndefined();
	});
});

describe('a place that cannot be trusted is refused', () => {
	it('a folder that is a link, or that others may write to', () => {
		const scratch = makeScratch();
		mkdirSync(path.join(scratch, 'real'));
		symlinkSync('real', path.join(scratch, 'link'));
		mkdirSync(path.join(scratch, 'open'));
		chmodSync(path.join(scratch, 'open'), 0o777);
		for (const access of ['read', 'write'] as const) {
			for (const name of ['link', 'open']) {
				expect(errorOf(() => open(path.join(scratch, name), { access }).read()).kind).toBe('unsafe');
			}
		}
	});

	it('a state file that is a link or a folder', () => {
		const directory = makeDirectory();
		const journal = open(directory);
		writeFileSync(path.join(directory, 'elsewhere'), '{}');
		symlinkSync('elsewhere', journal.file);
		expect(errorOf(() => journal.read()).kind).toBe('unsafe');
		rmSync(journal.file);
		mkdirSync(journal.file);
		expect(errorOf(() => journal.read()).kind).toBe('unsafe');
	});

	it.runIf(isRoot)('a folder or a file of another user', async () => {
		const directory = makeDirectory();
		const journal = open(directory);
		await journal.write({ step: 1, note: '' });
		lchownSync(journal.file, 65534, 65534);
		expect(errorOf(() => journal.read()).kind).toBe('unsafe');
		lchownSync(directory, 65534, 65534);
		expect(errorOf(() => open(directory)).kind).toBe('unsafe');
	});

	it('a folder in memory is used, with a warning that it does not survive the reboot', async (context) => {
		const directory = await makeDisk(context, '1m');
		expect(open(directory).warnings).toEqual([expect.stringContaining('will not survive the reboot')]);
		expect(open(directory, { allowVolatile: true }).warnings).toEqual([]);
		expect(open(makeDirectory()).warnings).toEqual([]);
	});
});

describe('a disk that does not take the state', () => {
	it('full: refuses before it writes, and the old state is still there', async (context) => {
		const journal = open(await makeDisk(context, '64k'));
		await journal.write({ step: 1, note: 'kept' });
		const next = open(path.dirname(journal.file), { minimumFreeBytes: 1024n * 1024n });
		await expect(next.write({ step: 2, note: '' })).rejects.toMatchObject({
			kind: 'no-space',
			remediation: [expect.stringContaining('df -h'), expect.any(String)],
		});
		expect(journal.read()).toEqual({ step: 1, note: 'kept' });
	});

	it.each([0, 4, 8, 12, 16, 20, 24])(
		'filling up while it writes (%i KiB left): the old state is put back',
		async (kibibytes) => {
			const folder = makeScratch();
			if (!(await mountTmpfs(folder, 'size=128k,mode=0700'))) return;
			const journal = open(folder);
			await journal.write({ step: 1, note: 'kept' });
			// Says that there is room, as when somebody else fills the disk in between.
			const spacious = open(folder, { minimumFreeBytes: -(2n ** 40n) });
			const { bfree } = await import('node:fs').then(({ statfsSync }) => statfsSync(folder));
			writeFileSync(path.join(folder, 'filler'), Buffer.alloc(Math.max(0, (bfree - kibibytes / 4) * 4096)));
			await expect(spacious.write({ step: 2, note: 'x'.repeat(28_000) })).rejects.toMatchObject({
				name: 'JournalError',
			});
			expect(journal.read()).toEqual({ step: 1, note: 'kept' });
			rmSync(path.join(folder, 'filler'));
			await journal.write({ step: 2, note: 'room again' });
			expect(journal.read()).toEqual({ step: 2, note: 'room again' });
		},
	);

	it('full at the very first write: no half state is left', async (context) => {
		const folder = await makeDisk(context, '16k');
		const journal = open(folder, { minimumFreeBytes: -(2n ** 40n) });
		await expect(journal.write({ step: 1, note: 'x'.repeat(28_000) })).rejects.toMatchObject({ name: 'JournalError' });
		expect(journal.read()).toBeUndefined();
	});

	it('read-only: says so, and the old state can be read', async (context) => {
		const folder = await makeDisk(context, '64k');
		const journal = open(folder);
		await journal.write({ step: 1, note: 'kept' });
		await runCommand({ argv: ['mount', '-o', 'remount,ro', folder] });
		await expect(journal.write({ step: 2, note: '' })).rejects.toMatchObject({ kind: 'read-only' });
		expect(journal.read()).toEqual({ step: 1, note: 'kept' });
	});
});

describe('kill -9 of a writer', () => {
	const writer = bundleProgram(`
		import { openJournal } from './src/journal/state.js';
		const journal = openJournal({
			directory: process.argv[2], schemaVersion: 2, validate: (raw) => raw, access: 'write', minimumFreeBytes: 0n,
		});
		for (let step = journal.read()?.step ?? 0; ; step += 1) {
			await journal.write({ step, note: 'x'.repeat(step % 5000) });
			if (step % 10 === 9) console.log(step);
		}
	`);

	it('at any moment leaves a whole state, no older than the last one that was reported', async () => {
		const directory = makeDirectory();
		for (let round = 0; round < 6; round += 1) {
			const child = spawn(process.execPath, [await writer, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
			let reported = -1;
			child.stdout.on('data', (text) => {
				reported = Number(String(text).trim().split('\n').at(-1));
			});
			await new Promise((resolve) => child.stdout.once('data', resolve));
			await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
			child.kill('SIGKILL');
			await new Promise((resolve) => child.once('close', resolve));
			const state = open(directory).read();
			expect(state?.step).toBeGreaterThanOrEqual(reported);
			expect(state?.note).toBe('x'.repeat((state?.step ?? 0) % 5000));
		}
	});
});
