import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OutputLine } from './host.js';
import { BoundedText, LineSplitter } from './output.js';

/** How long output is awaited after the process ended: a daemon that it started may hold the pipe open for ever. */
const silenceMilliseconds = 500;
const chatterMilliseconds = 2000;

/** Reads one stream of a command into memory and, where somebody listens, into lines. */
export class StreamSink {
	readonly text = new BoundedText();
	readonly #name: OutputLine['stream'];
	readonly #stream: Readable | undefined;
	readonly #onLine: ((line: OutputLine) => void) | undefined;
	readonly #splitter = new LineSplitter();
	readonly #closed: Promise<void>;
	#lastChunkAt = performance.now();
	#resumedAt = this.#lastChunkAt;

	constructor(name: OutputLine['stream'], stream: Readable | undefined, onLine?: (line: OutputLine) => void) {
		this.#name = name;
		this.#stream = stream;
		this.#onLine = onLine;
		this.#closed = new Promise((resolve) => {
			if (stream === undefined) {
				resolve();
				return;
			}
			stream.on('data', (chunk: Uint8Array) => this.#take(chunk));
			stream.once('end', resolve);
			stream.once('close', resolve);
			// An error of the pipe is its end.
			stream.once('error', () => resolve());
		});
	}

	pause(): void {
		this.#stream?.pause();
	}

	resume(): void {
		if (!this.#stream?.isPaused()) return;
		this.#resumedAt = performance.now();
		this.#stream.resume();
	}

	/** After the process ended: the rest of its output, but not for ever. */
	async waitForRest(): Promise<void> {
		const since = performance.now();
		let isClosed = false;
		const closed = this.#closed.then(() => {
			isClosed = true;
		});
		while (!isClosed) {
			await Promise.race([closed, sleep(silenceMilliseconds / 5, undefined, { ref: false })]);
			// While a slow reader holds the stream back, time says nothing.
			if (this.#stream?.isPaused()) continue;
			const readingSince = Math.max(since, this.#resumedAt);
			if (performance.now() - Math.max(readingSince, this.#lastChunkAt) > silenceMilliseconds) return;
			if (performance.now() - readingSince > chatterMilliseconds) return;
		}
	}

	/** Hands over the last line where it had no newline. */
	flush(): void {
		for (const line of this.#splitter.end()) this.#onLine?.({ stream: this.#name, line });
	}

	#take(chunk: Uint8Array): void {
		this.#lastChunkAt = performance.now();
		this.text.push(chunk);
		if (this.#onLine === undefined) return;
		for (const line of this.#splitter.push(chunk)) this.#onLine({ stream: this.#name, line });
	}
}
