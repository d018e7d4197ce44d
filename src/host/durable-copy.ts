import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { syncDirectory, temporaryNameFor } from './durable-write.js';
import { HostError } from './host-error.js';
import { quoteForDisplay } from './text.js';

/**
 * Copies a regular file of any size with its mode, owner and modification time; `to` is replaced whole or not at all.
 * Throws the errors of the system calls, and `HostError` (`not-a-file`).
 */
export async function copyDurably(from: string, to: string): Promise<void> {
	const source = await open(from, constants.O_RDONLY | constants.O_NONBLOCK);
	const temporary = temporaryNameFor(to);
	try {
		const stat = await source.stat();
		if (!stat.isFile()) {
			const shown = quoteForDisplay([from]);
			throw new HostError('not-a-file', from, `Cannot copy ${shown}: it is not a regular file.`, [`ls -ld ${shown}`]);
		}
		const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
		const target = await open(temporary, flags, 0o600);
		try {
			await target.writeFile(source.createReadStream({ autoClose: false }));
			if (process.geteuid?.() === 0) await target.chown(stat.uid, stat.gid);
			await target.chmod(stat.mode & 0o7777);
			await target.utimes(stat.atime, stat.mtime);
			await target.sync();
		} finally {
			await target.close();
		}
		await rename(temporary, to);
	} catch (error) {
		await rm(temporary, { force: true });
		throw error;
	} finally {
		await source.close();
	}
	syncDirectory(path.dirname(to));
}
