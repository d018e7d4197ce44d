import { closeSync, constants, fstatSync, fsyncSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { syncDirectory, writeAll } from '../host/durable-write.js';
import { makePrivateDirectory } from '../host/private-directory.js';
import { toJournalError } from './journal-error.js';

/** One line of the log. `at` is ISO 8601 in UTC. */
export interface LogEntry {
	readonly at: string;
	readonly [name: string]: unknown;
}

export interface EventLog {
	/** Adds `at`. With `durable` it is on the disk when this returns. Throws `JournalError`. */
	append(entry: Readonly<Record<string, unknown>>, options?: { readonly durable?: boolean }): void;
	close(): void;
}

export interface EventLogOptions {
	/** Made 0700 where it is missing. */
	readonly directory: string;
	/** The file becomes `events.jsonl.1` before it would grow beyond this. Default 16 MiB. */
	readonly maximumBytes?: number;
}

const newline = '\n'.charCodeAt(0);

/** Where the log of that folder is. */
export function logFile(directory: string): string {
	return path.join(directory, 'events.jsonl');
}

/** Opens the log for one writer: whoever holds the lock. Throws `JournalError`. */
export function openEventLog({ directory, maximumBytes = 16 * 1024 * 1024 }: EventLogOptions): EventLog {
	const file = logFile(directory);
	let { fd, bytes, isTorn } = typed(file, () => {
		makePrivateDirectory(directory);
		return openForAppending(file);
	});
	const rotate = () => {
		// logrotate(8) may have put our file away meanwhile: then the name is free, or another file's.
		const isOurs = statSync(file, { bigint: true, throwIfNoEntry: false })?.ino === fstatSync(fd, { bigint: true }).ino;
		if (isOurs) renameSync(file, `${file}.1`);
		const full = fd;
		({ fd, bytes, isTorn } = openForAppending(file));
		closeSync(full);
		syncDirectory(directory);
	};
	return {
		append: (entry, options) =>
			typed(file, () => {
				const line = Buffer.from(`${JSON.stringify({ at: new Date().toISOString(), ...entry })}\n`);
				if (bytes > 0 && bytes + line.length > maximumBytes) rotate();
				// Half a line of a killed writer, or of a full disk: this entry must not become its other half.
				const text = isTorn ? Buffer.concat([Buffer.from('\n'), line]) : line;
				isTorn = true;
				writeAll(fd, text);
				isTorn = false;
				bytes += text.length;
				if (options?.durable) fsyncSync(fd);
			}),
		close: () => closeSync(fd),
	};
}

function openForAppending(file: string): { fd: number; bytes: number; isTorn: boolean } {
	const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
	const fd = openSync(file, flags, 0o600);
	const bytes = fstatSync(fd).size;
	const last = Buffer.alloc(1);
	if (bytes > 0) readSync(fd, last, 0, 1, bytes - 1);
	return { fd, bytes, isTorn: bytes > 0 && last[0] !== newline };
}

function typed<T>(file: string, action: () => T): T {
	try {
		return action();
	} catch (error) {
		throw toJournalError(error, 'write the log', file);
	}
}
