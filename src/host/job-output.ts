import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { OutputLine } from './host.js';
import { isMissing } from './host-error.js';
import { BoundedText, LineSplitter, outputLimit } from './output.js';

const chunkBytes = 64 * 1024;

/** Follows a file that a job appends to, from the beginning. */
export class OutputTail {
	readonly #file: string;
	readonly #stream: OutputLine['stream'];
	readonly #splitter = new LineSplitter();
	#offset = 0;

	constructor(file: string, stream: OutputLine['stream']) {
		this.#file = file;
		this.#stream = stream;
	}

	/** The lines that were completed since the last call. */
	*readNew(): Generator<OutputLine, void, undefined> {
		for (const chunk of readChunks(this.#file, this.#offset)) {
			this.#offset += chunk.length;
			yield* this.#describe(this.#splitter.push(chunk));
		}
	}

	/** The last line, when it did not end in a newline. */
	*end(): Generator<OutputLine, void, undefined> {
		yield* this.#describe(this.#splitter.end());
	}

	*#describe(lines: readonly string[]): Generator<OutputLine, void, undefined> {
		for (const line of lines) yield { stream: this.#stream, line };
	}
}

/** The beginning of what a job wrote, up to the limit for results. */
export function readOutput(file: string): { readonly text: string; readonly isTruncated: boolean } {
	const text = new BoundedText();
	let bytes = 0;
	for (const chunk of readChunks(file, 0)) {
		text.push(chunk);
		bytes += chunk.length;
		if (bytes > outputLimit) break;
	}
	return { text: text.toString(), isTruncated: text.isTruncated };
}

/** Nothing for a file that is not there (yet). Ends at the size that the file had at first: it may grow for ever. */
function* readChunks(file: string, from: number): Generator<Uint8Array, void, undefined> {
	let fd: number;
	try {
		fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
	} catch (error) {
		if (isMissing(error)) return;
		throw error;
	}
	try {
		const end = fstatSync(fd).size;
		let offset = from;
		while (offset < end) {
			const buffer = new Uint8Array(Math.min(chunkBytes, end - offset));
			const bytes = readSync(fd, buffer, 0, buffer.length, offset);
			if (bytes === 0) return;
			offset += bytes;
			yield buffer.subarray(0, bytes);
		}
	} finally {
		closeSync(fd);
	}
}
