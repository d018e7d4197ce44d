import { cellWidth, takeCells } from './width.js';

/** A word, or a quoted name with the spaces inside it: `'tank/my data'@snap` must not fall apart. */
const word = /[([{]*(?:'[^']*'|"[^"]{0,40}")(?:\\'|'[^']*'|[^\s'"])*|\S+/g;

export interface WrapOptions {
	/** Put before the first line; counts towards the width. */
	readonly first?: string;
	/** Put before each further line. */
	readonly rest?: string;
	/** Put after each line that goes on: ` \` for a command. */
	readonly continued?: string;
	/** A word longer than a line: `keep` lets it stand out (text to copy), `break` cuts it (screens have no more room). */
	readonly long?: 'keep' | 'break';
}

/** Breaks `text` between words into lines of at most `width` cells. Never empty: no text is one empty line. */
export function wrap(text: string, width: number, options: WrapOptions = {}): string[] {
	return wrapWords(text.match(word) ?? [], width, options);
}

/** The same for words that are known: the arguments of a command. */
export function wrapWords(words: readonly string[], width: number, options: WrapOptions = {}): string[] {
	const { first = '', rest = '', continued = '', long = 'break' } = options;
	const room = width - cellWidth(continued);
	const lines: string[] = [];
	let prefix = first;
	let line = '';
	const finish = (mark: string): void => {
		lines.push(`${prefix}${line}${mark}`);
		prefix = rest;
		line = '';
	};
	for (const whole of words) {
		const joined = line === '' ? whole : `${line} ${whole}`;
		if (cellWidth(prefix) + cellWidth(joined) <= room) {
			line = joined;
			continue;
		}
		if (line !== '') {
			finish(continued);
		}
		line = whole;
		// A long argument of a command stands further left rather than being cut: what is shown can be copied.
		const spare = room - cellWidth(line);
		if (continued !== '' && prefix.trim() === '' && spare >= 0 && spare < cellWidth(prefix)) prefix = ' '.repeat(spare);
		while (long === 'break' && cellWidth(prefix) + cellWidth(line) > room) {
			// What fits without the mark only is cut all the same, for the mark must follow it.
			const isLast = cellWidth(prefix) + cellWidth(line) <= width;
			const piece = takeCells(line, Math.max(2, (isLast ? room : width) - cellWidth(prefix)));
			const remaining = line.slice(piece.length);
			line = piece;
			// No mark: the word itself goes on.
			finish('');
			line = remaining;
		}
	}
	if (line !== '' || lines.length === 0) {
		finish('');
	}
	return lines.map((text) => text.trimEnd());
}
