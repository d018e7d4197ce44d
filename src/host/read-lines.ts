import type { FileHandle } from 'node:fs/promises';

/** Characters. No line of a file that the program reads line by line comes near. */
const longestLine = 1024 * 1024;

/** The lines of a file as they are read; only a newline ends one. What is not UTF-8 becomes U+FFFD. */
export async function* readLines(handle: FileHandle): AsyncGenerator<string, void, undefined> {
	const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
	let rest = '';
	for await (const chunk of handle.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
		const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
		rest = lines.pop() ?? '';
		yield* lines;
		if (rest.length > longestLine) throw new Error('a line is longer than a million characters');
	}
	rest += decoder.decode();
	if (rest !== '') yield rest;
}
