/** What is kept of one stream of a command. */
export const outputLimit = 16 * 1024 * 1024;

/** What is kept of one line that is handed over while the command runs. */
export const lineLimit = 64 * 1024;

/** Keeps the first `outputLimit` bytes of a stream and forgets the rest, so that endless output costs no memory. */
export class BoundedText {
	#chunks: Uint8Array[] = [];
	#bytes = 0;
	#truncated = false;
	readonly #limit: number;

	constructor(limit = outputLimit) {
		this.#limit = limit;
	}

	push(chunk: Uint8Array): void {
		const room = this.#limit - this.#bytes;
		if (chunk.length > room) this.#truncated = true;
		if (room <= 0) return;
		const kept = chunk.subarray(0, room);
		this.#chunks.push(kept);
		this.#bytes += kept.length;
	}

	get isTruncated(): boolean {
		return this.#truncated;
	}

	/** What is not UTF-8 becomes U+FFFD; a character that the limit cut in two is left out. */
	toString(): string {
		const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
		return decoder.decode(Buffer.concat(this.#chunks), { stream: this.#truncated });
	}
}

/**
 * Cuts a stream into lines. A carriage return ends a line too: progress bars print one line over the other. Of a line
 * that is longer than `lineLimit` characters the rest is dropped and an ellipsis put in its place.
 */
export class LineSplitter {
	readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
	#partial = '';
	#isCut = false;
	#endedWithReturn = false;

	/** The lines that this chunk completed. */
	push(chunk: Uint8Array): string[] {
		return this.#split(this.#decoder.decode(chunk, { stream: true }));
	}

	/** The last line, when it did not end in a newline. */
	end(): string[] {
		const lines = this.#split(this.#decoder.decode());
		if (this.#partial !== '') lines.push(this.#take());
		return lines;
	}

	#split(text: string): string[] {
		const lines: string[] = [];
		let start = 0;
		for (const match of text.matchAll(/[\r\n]/g)) {
			const isSecondHalf = match[0] === '\n' && match.index === start && this.#endedWithReturn;
			if (!isSecondHalf) {
				this.#append(text.slice(start, match.index));
				lines.push(this.#take());
			}
			this.#endedWithReturn = match[0] === '\r';
			start = match.index + 1;
		}
		if (start < text.length) {
			this.#endedWithReturn = false;
			this.#append(text.slice(start));
		}
		return lines;
	}

	#append(text: string): void {
		const room = lineLimit - this.#partial.length;
		if (text.length > room) this.#isCut = true;
		this.#partial += text.slice(0, Math.max(room, 0));
	}

	#take(): string {
		const line = this.#isCut ? `${this.#partial}…` : this.#partial;
		this.#partial = '';
		this.#isCut = false;
		return line;
	}
}
