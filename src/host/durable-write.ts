import {
	closeSync,
	constants,
	fchmodSync,
	fchownSync,
	fsyncSync,
	openSync,
	renameSync,
	rmSync,
	writeSync,
} from 'node:fs';
import path from 'node:path';

export interface DurableWriteOptions {
	/** Permission bits, set exactly, whatever the umask. */
	readonly mode: number;
	readonly owner?: { readonly uid: number; readonly gid: number };
}

/** Name of a temporary file beside `file`; `isTemporaryName` recognises what a killed writer left. */
export function temporaryNameFor(file: string): string {
	const random = Buffer.from(crypto.getRandomValues(new Uint8Array(6))).toString('hex');
	return path.join(path.dirname(file), `.${path.basename(file)}.${random}.tmp`);
}

/** True for a name that `temporaryNameFor(file)` could have given. */
export function isTemporaryName(name: string, file: string): boolean {
	const start = `.${path.basename(file)}.`;
	return name.startsWith(start) && /^[0-9a-f]{12}\.tmp$/.test(name.slice(start.length));
}

/**
 * Replaces `file` whole: after a crash or a power cut it holds the old bytes or the new ones. Never follows a symbolic
 * link in the last component, and leaves the old file alone when the new one cannot be written to its end.
 * Throws the errors of the system calls; the caller knows the words for them.
 */
export function writeDurably(file: string, data: string | Uint8Array, options: DurableWriteOptions): void {
	const temporary = temporaryNameFor(file);
	const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
	const fd = openSync(temporary, flags, 0o600);
	try {
		try {
			writeAll(fd, typeof data === 'string' ? Buffer.from(data, 'utf8') : data);
			if (options.owner !== undefined) fchownSync(fd, options.owner.uid, options.owner.gid);
			fchmodSync(fd, options.mode);
			fsyncSync(fd);
		} finally {
			closeSync(fd);
		}
		renameSync(temporary, file);
	} catch (error) {
		// `force` is for the name only: what could not be written is worth more than what could not be removed.
		rmSync(temporary, { force: true });
		throw error;
	}
	syncDirectory(path.dirname(file));
}

/** Writes every byte: write(2) may take a part, which is how a full disk shows first. */
export function writeAll(fd: number, data: Uint8Array): void {
	let offset = 0;
	while (offset < data.length) offset += writeSync(fd, data, offset);
}

/** Makes a created, renamed or removed name survive a power cut: that is kept in the folder, not in the file. */
export function syncDirectory(directory: string): void {
	const fd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
	try {
		fsyncSync(fd);
	} finally {
		closeSync(fd);
	}
}
