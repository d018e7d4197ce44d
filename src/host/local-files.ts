import { constants } from 'node:fs';
import { lstat, open, readdir, readlink, realpath, rmdir, statfs, unlink } from 'node:fs/promises';
import path from 'node:path';
import { copyDurably } from './durable-copy.js';
import { syncDirectory, writeDurably } from './durable-write.js';
import type { FileStat, FileSystemStat, HostFiles } from './host.js';
import { errorCode, HostError, isMissing, toHostError } from './host-error.js';
import { makeFolders } from './make-folders.js';
import { isOnReadOnlyMount } from './mount-info.js';
import { readLines } from './read-lines.js';
import { resolvePath } from './resolve-path.js';
import { quoteForDisplay } from './text.js';

/** Largest text file that is read whole. Nothing the program reads comes near; a wrong path could. */
const readLimit = 64 * 1024 * 1024;

/** Bytes of the first read, which is the only one of most files, and of those after it. */
const readFirst = 16 * 1024;
const readFurther = 256 * 1024;

/**
 * Files of this machine, or of the one whose root is mounted at `root`.
 * Throws `HostError` for everything but a missing file.
 */
export function createLocalFiles(root: string): HostFiles {
	/** The kernel reads the links of our own root, among them the magic ones in /proc. */
	const toRead = (file: string) =>
		root === '/' ? file : resolvePath(root, file, { followLast: true, trustedLinksOnly: false });
	const toReadLink = (file: string) =>
		root === '/' ? file : resolvePath(root, file, { followLast: false, trustedLinksOnly: false });
	const toChange = (file: string) => resolvePath(root, file, { followLast: false, trustedLinksOnly: true });

	return {
		read: (file) => answering('read', file, () => readText(toRead(file), file)),
		lines: (file) => linesOf(() => toRead(file), file),
		list: (file) => answering('list', file, async () => (await readdir(toRead(file))).sort()),
		stat: (file) => answering('look at', file, () => describeFile(toReadLink(file))),
		readLink: (file) => answering('read the link', file, () => readLinkIfOne(toReadLink(file))),
		checksum: (file) => answering('read', file, () => computeChecksum(toRead(file), file)),
		fileSystem: (file) => answering('look at the file system of', file, () => describeFileSystem(toRead(file))),
		write: (file, text, options) =>
			changing('write', file, async () => {
				const target = toChange(file);
				const old = await statToReplace(target);
				writeDurably(target, text, { mode: options?.mode ?? old?.mode ?? 0o600, ...(old && { owner: old.owner }) });
			}),
		copy: (from, to) =>
			changing(`copy ${quoteForDisplay([from])} to`, to, async () => {
				const target = toChange(to);
				await statToReplace(target);
				await copyDurably(toRead(from), target);
			}),
		remove: (file) => changing('remove', file, () => removeIfThere(toChange(file))),
		makeDirectory: (file, options) =>
			changing('make the folder', file, async () => makeFolders(toChange(file), options?.mode ?? 0o755)),
	};
}

/** For reading: nothing there is `undefined`, everything else that fails is typed. */
async function answering<T>(action: string, file: string, read: () => Promise<T>): Promise<T | undefined> {
	try {
		return await read();
	} catch (error) {
		if (isMissing(error)) return undefined;
		throw toHostError(error, action, file);
	}
}

async function changing(action: string, file: string, change: () => Promise<void>): Promise<void> {
	try {
		await change();
	} catch (error) {
		throw toHostError(error, action, file);
	}
}

/** Opens a regular file; a FIFO or a device would block or never end. */
async function openRegular(file: string, shownAs: string) {
	const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
	const stat = await handle.stat();
	if (stat.isFile()) return handle;
	await handle.close();
	const shown = quoteForDisplay([shownAs]);
	throw new HostError('not-a-file', shownAs, `Cannot read ${shown}: it is not a regular file.`, [
		`Look at it: ls -ld ${shown}`,
	]);
}

async function readText(file: string, shownAs: string): Promise<string> {
	const handle = await openRegular(file, shownAs);
	try {
		const chunks: Uint8Array[] = [];
		let bytes = 0;
		// Files of /proc and /sys say that they are empty: only reading to the end tells. Not through a stream: to load
		// those costs as much as all else that `status` loads.
		for (;;) {
			const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(bytes === 0 ? readFirst : readFurther));
			if (bytesRead === 0) return Buffer.concat(chunks).toString('utf8');
			bytes += bytesRead;
			if (bytes > readLimit) {
				const shown = quoteForDisplay([shownAs]);
				throw new HostError('too-large', shownAs, `Cannot read ${shown}: it is larger than 64 MiB.`, [
					`Look at it: ls -l ${shown}`,
				]);
			}
			chunks.push(buffer.subarray(0, bytesRead));
		}
	} finally {
		await handle.close();
	}
}

async function* linesOf(resolve: () => string, shownAs: string): AsyncGenerator<string, void, undefined> {
	try {
		const handle = await openRegular(resolve(), shownAs);
		try {
			yield* readLines(handle);
		} finally {
			await handle.close();
		}
	} catch (error) {
		throw toHostError(error, 'read', shownAs);
	}
}

async function computeChecksum(file: string, shownAs: string): Promise<string> {
	const handle = await openRegular(file, shownAs);
	try {
		const { createHash } = await import('node:crypto');
		const hash = createHash('sha256');
		for await (const chunk of handle.createReadStream({ autoClose: false })) hash.update(chunk);
		return hash.digest('hex');
	} finally {
		await handle.close();
	}
}

async function describeFile(file: string): Promise<FileStat> {
	const stat = await lstat(file);
	const type = stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'symlink' : 'other';
	return {
		type,
		size: stat.size,
		mode: stat.mode & 0o7777,
		uid: stat.uid,
		mtime: Math.floor(stat.mtimeMs / 1000),
	};
}

async function readLinkIfOne(file: string): Promise<string | undefined> {
	try {
		return await readlink(file);
	} catch (error) {
		// EINVAL: it is there, but not a symbolic link (readlink(2)).
		if (errorCode(error) === 'EINVAL') return undefined;
		throw error;
	}
}

async function describeFileSystem(file: string): Promise<FileSystemStat> {
	let nearest = file;
	for (;;) {
		try {
			const stat = await statfs(nearest, { bigint: true });
			return {
				type: Number(stat.type),
				freeBytes: stat.bavail * stat.bsize,
				totalBytes: stat.blocks * stat.bsize,
				readOnly: isOnReadOnlyMount(await realpath(nearest)),
			};
		} catch (error) {
			if (!isMissing(error) || nearest === '/') throw error;
			nearest = path.dirname(nearest);
		}
	}
}

/** Mode and owner of the file that will be replaced, so that it keeps them. Refuses anything but a regular file. */
async function statToReplace(file: string) {
	const stat = await lstat(file).catch((error: unknown) => {
		if (isMissing(error)) return undefined;
		throw error;
	});
	if (stat === undefined) return undefined;
	if (!stat.isFile()) {
		const shown = quoteForDisplay([file]);
		const what = stat.isSymbolicLink() ? 'a symbolic link' : 'not a regular file';
		throw new HostError(
			stat.isSymbolicLink() ? 'symlink' : 'not-a-file',
			file,
			`Refused to replace ${shown}: it is ${what}.`,
			[`Look who made it, and move it away: namei -l ${shown}`],
		);
	}
	return { mode: stat.mode & 0o7777, owner: { uid: stat.uid, gid: stat.gid } };
}

async function removeIfThere(file: string): Promise<void> {
	try {
		const isDirectory = (await lstat(file)).isDirectory();
		await (isDirectory ? rmdir(file) : unlink(file));
	} catch (error) {
		if (isMissing(error)) return;
		throw error;
	}
	syncDirectory(path.dirname(file));
}
