import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMissing } from '../host/host-error.js';
import { type LogEntry, logFile } from './event-log.js';
import { toJournalError } from './journal-error.js';

/** What stands in the log: an entry, or a line that a crash left torn. */
export type LogLine =
	| { readonly kind: 'entry'; readonly entry: LogEntry }
	| { readonly kind: 'torn'; readonly text: string };

const chunkBytes = 64 * 1024;
const pollMilliseconds = 250;

/** Everything in the log, oldest first; nothing where there is no log. Throws `JournalError`. */
export function* readEventLog(directory: string): Generator<LogLine, void, undefined> {
	for (const file of [`${logFile(directory)}.1`, logFile(directory)]) {
		const reader = LogReader.open(file);
		if (reader === undefined) continue;
		try {
			yield* reader.readNew();
			yield* reader.end();
		} finally {
			reader.close();
		}
	}
}

/**
 * Everything in the log, then what is added, until `signal` aborts. Goes on in the new file when the log is rotated.
 * Throws `JournalError`.
 */
export async function* followEventLog(
	directory: string,
	signal: AbortSignal,
): AsyncGenerator<LogLine, void, undefined> {
	const file = logFile(directory);
	const old = LogReader.open(`${file}.1`);
	let reader = LogReader.open(file);
	try {
		if (old !== undefined && old.inode !== reader?.inode) {
			yield* old.readNew();
			yield* old.end();
		}
		while (!signal.aborted) {
			// Looked at before the rest is read: the file that was renamed away grows no more.
			const isRotated = reader !== undefined && reader.inode !== readInode(file);
			if (reader !== undefined) yield* reader.readNew();
			if (reader === undefined || isRotated) {
				if (reader !== undefined) yield* reader.end();
				reader?.close();
				reader = LogReader.open(file);
				if (reader !== undefined) continue;
			}
			await sleep(pollMilliseconds, undefined, { signal }).catch(() => undefined);
		}
	} finally {
		old?.close();
		reader?.close();
	}
}

/** Reads one file of the log from its beginning, line by line. */
class LogReader {
	readonly inode: bigint;
	readonly #fd: number;
	#offset = 0;
	#partial = Buffer.alloc(0);

	private constructor(fd: number) {
		this.#fd = fd;
		this.inode = fstatSync(fd, { bigint: true }).ino;
	}

	/** Undefined where there is no such file. */
	static open(file: string): LogReader | undefined {
		try {
			return new LogReader(openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW));
		} catch (error) {
			if (isMissing(error)) return undefined;
			throw toJournalError(error, 'read the log', file);
		}
	}

	/** The lines that are whole by now. */
	*readNew(): Generator<LogLine, void, undefined> {
		const chunk = Buffer.alloc(chunkBytes);
		for (;;) {
			const bytes = readSync(this.#fd, chunk, 0, chunk.length, this.#offset);
			if (bytes === 0) return;
			this.#offset += bytes;
			// Cut at newlines before decoding: the end of the chunk may be inside a character.
			const text = Buffer.concat([this.#partial, chunk.subarray(0, bytes)]);
			const end = text.lastIndexOf('\n') + 1;
			this.#partial = text.subarray(end);
			const lines = text.subarray(0, end).toString('utf8').split('\n');
			yield* lines.filter((line) => line !== '').map(parseLine);
		}
	}

	/** What stands after the last newline: never a whole entry. */
	*end(): Generator<LogLine, void, undefined> {
		if (this.#partial.length > 0) yield { kind: 'torn', text: this.#partial.toString('utf8') };
		this.#partial = Buffer.alloc(0);
	}

	close(): void {
		closeSync(this.#fd);
	}
}

function parseLine(text: string): LogLine {
	try {
		const entry: unknown = JSON.parse(text);
		const isEntry = typeof entry === 'object' && entry !== null && 'at' in entry && typeof entry.at === 'string';
		return isEntry ? { kind: 'entry', entry: entry as LogEntry } : { kind: 'torn', text };
	} catch {
		return { kind: 'torn', text };
	}
}

function readInode(file: string): bigint | undefined {
	return statSync(file, { bigint: true, throwIfNoEntry: false })?.ino;
}
