import {
	chmodSync,
	lchownSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { runCommand } from '../../src/host/foreground.js';
import { createLocalFiles } from '../../src/host/local-files.js';
import { makeScratch, mountTmpfs } from './scratch.js';

const isRoot = process.geteuid?.() === 0;
const files = createLocalFiles('/');

function mode(file: string): number {
	return statSync(file).mode & 0o7777;
}

/** A folder that nothing fits into; the test is skipped where nothing may be mounted. */
async function makeFullDisk(context: TestContext): Promise<string> {
	const folder = makeScratch();
	if (!(await mountTmpfs(folder, 'size=16k'))) context.skip();
	writeFileSync(path.join(folder, 'kept'), 'kept');
	writeFileSync(path.join(folder, 'filler'), Buffer.alloc(8192));
	return folder;
}

describe('reading a file', () => {
	it('gives its text', async () => {
		const file = path.join(makeScratch(), 'file');
		writeFileSync(file, 'text\n');
		expect(await files.read(file)).toBe('text\n');
	});

	it('that is not there gives nothing', async () => {
		const folder = makeScratch();
		writeFileSync(path.join(folder, 'file'), '');
		for (const name of ['absent', 'absent/deeper', 'file/below']) {
			const file = path.join(folder, name);
			expect(await files.read(file)).toBeUndefined();
			expect(await files.stat(file)).toBeUndefined();
			expect(await files.list(file)).toBeUndefined();
			expect(await files.readLink(file)).toBeUndefined();
			expect(await files.checksum(file)).toBeUndefined();
		}
	});

	it('of the kernel reads to the end, whatever size it claims', async () => {
		expect(await files.read('/proc/sys/kernel/random/boot_id')).toMatch(/^[0-9a-f-]{36}\n$/);
	});

	it('that is a pipe or a device is refused instead of waited for', async () => {
		const fifo = path.join(makeScratch(), 'fifo');
		await runCommand({ argv: ['mkfifo', fifo] });
		for (const file of [fifo, '/dev/zero', '/tmp']) {
			await expect(files.read(file)).rejects.toMatchObject({ name: 'HostError', kind: 'not-a-file' });
			await expect(files.checksum(file)).rejects.toMatchObject({ kind: 'not-a-file' });
		}
	});

	it('tells what a folder holds in order', async () => {
		const folder = makeScratch();
		for (const name of ['b', 'a', 'c']) writeFileSync(path.join(folder, name), '');
		expect(await files.list(folder)).toEqual(['a', 'b', 'c']);
	});

	it('tells a link from what it points at', async () => {
		const folder = makeScratch();
		writeFileSync(path.join(folder, 'file'), '123');
		symlinkSync('file', path.join(folder, 'link'));
		expect(await files.stat(path.join(folder, 'link'))).toMatchObject({ type: 'symlink' });
		expect(await files.readLink(path.join(folder, 'link'))).toBe('file');
		expect(await files.readLink(path.join(folder, 'file'))).toBeUndefined();
		expect(await files.stat(path.join(folder, 'file'))).toMatchObject({
			type: 'file',
			size: 3,
			uid: process.geteuid?.(),
		});
		expect(await files.stat(folder)).toMatchObject({ type: 'directory' });
	});

	it('computes the SHA-256 that sha256sum computes', async () => {
		const file = path.join(makeScratch(), 'file');
		writeFileSync(file, Buffer.alloc(300_000, 7));
		const { stdout } = await runCommand({ argv: ['sha256sum', file] });
		expect(await files.checksum(file)).toBe(stdout.split(' ')[0]);
	});
});

describe('writing a file', () => {
	it('replaces it whole and keeps its mode and owner', async () => {
		const file = path.join(makeScratch(), 'file');
		writeFileSync(file, 'old');
		chmodSync(file, 0o640);
		if (isRoot) lchownSync(file, 1, 2);
		await files.write(file, 'new');
		expect(readFileSync(file, 'utf8')).toBe('new');
		expect(mode(file)).toBe(0o640);
		if (isRoot) expect(statSync(file)).toMatchObject({ uid: 1, gid: 2 });
	});

	it('makes a new one private unless told otherwise', async () => {
		const folder = makeScratch();
		await files.write(path.join(folder, 'private'), '');
		await files.write(path.join(folder, 'public'), '', { mode: 0o644 });
		expect([mode(path.join(folder, 'private')), mode(path.join(folder, 'public'))]).toEqual([0o600, 0o644]);
		expect(readdirSync(folder)).toHaveLength(2);
	});

	it('refuses to follow a symbolic link', async () => {
		const folder = makeScratch();
		writeFileSync(path.join(folder, 'precious'), 'precious');
		symlinkSync('precious', path.join(folder, 'link'));
		await expect(files.write(path.join(folder, 'link'), 'x')).rejects.toMatchObject({ kind: 'symlink' });
		await expect(files.copy('/etc/hostname', path.join(folder, 'link'))).rejects.toMatchObject({ kind: 'symlink' });
		expect(readFileSync(path.join(folder, 'precious'), 'utf8')).toBe('precious');
	});

	it.runIf(isRoot)('refuses a path through a link that another user planted', async () => {
		const folder = makeScratch();
		mkdirSync(path.join(folder, 'target'));
		symlinkSync('target', path.join(folder, 'planted'));
		lchownSync(path.join(folder, 'planted'), 65534, 65534);
		await expect(files.write(path.join(folder, 'planted/file'), 'x')).rejects.toMatchObject({ kind: 'symlink' });
		expect(readdirSync(path.join(folder, 'target'))).toEqual([]);
	});

	it('into a folder that is not there says so', async () => {
		const file = path.join(makeScratch(), 'absent/file');
		await expect(files.write(file, 'x')).rejects.toMatchObject({ kind: 'missing', path: file });
	});

	it('on a full disk leaves the old text and says what to do', async (context) => {
		const folder = await makeFullDisk(context);
		const write = files.write(path.join(folder, 'kept'), 'x'.repeat(100_000));
		await expect(write).rejects.toMatchObject({
			kind: 'no-space',
			message: expect.stringContaining('full'),
			remediation: [expect.stringContaining('df ')],
		});
		expect(readFileSync(path.join(folder, 'kept'), 'utf8')).toBe('kept');
		expect(readdirSync(folder).sort()).toEqual(['filler', 'kept']);
	});

	it('on a read-only file system says so', async (context) => {
		const folder = makeScratch();
		if (!(await mountTmpfs(folder, 'size=64k'))) context.skip();
		await runCommand({ argv: ['mount', '-o', 'remount,ro', folder] });
		for (const change of [
			() => files.write(path.join(folder, 'file'), 'x'),
			() => files.makeDirectory(path.join(folder, 'new')),
			() => files.copy('/etc/hostname', path.join(folder, 'copy')),
		]) {
			await expect(change()).rejects.toMatchObject({ kind: 'read-only' });
		}
		expect(await files.fileSystem(path.join(folder, 'not/yet'))).toMatchObject({ readOnly: true, type: 0x01021994 });
	});
});

describe('other changes', () => {
	it('copy bytes, mode and time of any file', async () => {
		const folder = makeScratch();
		const from = path.join(folder, 'zpool.cache');
		writeFileSync(from, Uint8Array.of(0, 255, 128, 10));
		chmodSync(from, 0o640);
		await files.copy(from, path.join(folder, 'copy'));
		expect(readFileSync(path.join(folder, 'copy'))).toEqual(readFileSync(from));
		expect(statSync(path.join(folder, 'copy')).mtimeMs).toBeCloseTo(statSync(from).mtimeMs, -1);
		expect(mode(path.join(folder, 'copy'))).toBe(0o640);
		await expect(files.copy(path.join(folder, 'absent'), from)).rejects.toMatchObject({ kind: 'missing' });
		await expect(files.copy(folder, path.join(folder, 'x'))).rejects.toMatchObject({ kind: 'not-a-file' });
		expect(readdirSync(folder).sort()).toEqual(['copy', 'zpool.cache']);
	});

	it('make folders with the mode that was asked for and leave existing ones alone', async () => {
		const folder = makeScratch();
		await files.makeDirectory(path.join(folder, 'a/b'), { mode: 0o777 });
		await files.makeDirectory(path.join(folder, 'a/b'), { mode: 0o700 });
		expect(mode(path.join(folder, 'a/b'))).toBe(0o777);
		writeFileSync(path.join(folder, 'file'), '');
		await expect(files.makeDirectory(path.join(folder, 'file'))).rejects.toMatchObject({ kind: 'exists' });
	});

	it('remove files, links and empty folders, never a tree', async () => {
		const folder = makeScratch();
		mkdirSync(path.join(folder, 'tree/deep'), { recursive: true });
		symlinkSync('tree', path.join(folder, 'link'));
		await expect(files.remove(path.join(folder, 'tree'))).rejects.toMatchObject({ kind: 'not-empty' });
		await files.remove(path.join(folder, 'link'));
		await files.remove(path.join(folder, 'tree/deep'));
		await files.remove(path.join(folder, 'tree'));
		await files.remove(path.join(folder, 'tree'));
		expect(readdirSync(folder)).toEqual([]);
	});
});

describe('a mounted root', () => {
	function makeRoot() {
		const scratch = makeScratch();
		const root = path.join(scratch, 'root');
		mkdirSync(path.join(root, 'etc/zfs'), { recursive: true });
		mkdirSync(path.join(scratch, 'etc'));
		writeFileSync(path.join(scratch, 'etc/secret'), 'of the live system');
		return { scratch, root, mounted: createLocalFiles(root) };
	}

	it('is where its files are read and written', async () => {
		const { root, mounted } = makeRoot();
		await mounted.write('/etc/zfs/zpool.cache', 'cache');
		expect(readFileSync(path.join(root, 'etc/zfs/zpool.cache'), 'utf8')).toBe('cache');
		expect(await mounted.read('/etc/zfs/zpool.cache')).toBe('cache');
		expect(await mounted.list('/etc')).toEqual(['zfs']);
	});

	it('is not left by a link, absolute or relative, nor by ..', async () => {
		const { scratch, root, mounted } = makeRoot();
		symlinkSync(path.join(scratch, 'etc/secret'), path.join(root, 'etc/absolute'));
		symlinkSync('../../../../../../etc/secret', path.join(root, 'etc/relative'));
		symlinkSync('/', path.join(root, 'etc/top'));
		symlinkSync('../..', path.join(root, 'up'));
		for (const file of [
			'/etc/absolute',
			'/etc/relative',
			'/../etc/secret',
			'/up/etc/secret',
			'/etc/top/../etc/secret',
		]) {
			expect(await mounted.read(file)).toBeUndefined();
		}
		await mounted.write('/up/etc/planted', 'x');
		expect(readdirSync(path.join(scratch, 'etc'))).toEqual(['secret']);
		expect(readFileSync(path.join(root, 'etc/planted'), 'utf8')).toBe('x');
	});

	it('reads its own links as it would when booted', async () => {
		const { root, mounted } = makeRoot();
		mkdirSync(path.join(root, 'usr/lib'), { recursive: true });
		symlinkSync('usr/lib', path.join(root, 'lib'));
		symlinkSync('/usr/lib/real', path.join(root, 'etc/os-release'));
		writeFileSync(path.join(root, 'usr/lib/real'), 'ID=debian');
		expect(await mounted.read('/etc/os-release')).toBe('ID=debian');
		expect(await mounted.read('/lib/real')).toBe('ID=debian');
		expect(await mounted.readLink('/etc/os-release')).toBe('/usr/lib/real');
	});

	it('with links in a circle gives up', async () => {
		const { root, mounted } = makeRoot();
		symlinkSync('b', path.join(root, 'a'));
		symlinkSync('a', path.join(root, 'b'));
		await expect(mounted.read('/a')).rejects.toMatchObject({ kind: 'symlink' });
	});
});
