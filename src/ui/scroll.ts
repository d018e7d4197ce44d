import type { Keypress } from './keypress.js';
import { type Line, line } from './text/line.js';

/** Where not all rows fit, the last one says where we are. */
function rowsForText(total: number, rows: number): number {
	return total <= rows ? rows : Math.max(1, rows - 1);
}

/** Last value of `top` that makes sense. */
function lastTop(total: number, rows: number): number {
	return Math.max(0, total - rowsForText(total, rows));
}

/** First visible row after a key; keys that do not scroll leave it. */
export function scroll(top: number, total: number, rows: number, key: Keypress): number {
	const bottom = lastTop(total, rows);
	const page = Math.max(1, rowsForText(total, rows) - 1);
	const wanted = (): number => {
		switch (key.name === 'text' ? key.text : key.name) {
			case 'up':
			case 'k':
				return top - 1;
			case 'down':
			case 'j':
				return top + 1;
			case 'page-up':
			case 'b':
				return top - page;
			case 'page-down':
			case ' ':
				return top + page;
			case 'home':
				return 0;
			case 'end':
				return bottom;
			default:
				return top;
		}
	};
	return Math.min(Math.max(0, wanted()), bottom);
}

/** The visible part of `lines`: at most `rows`, with a last row that says how to see the rest. */
export function visiblePart(lines: readonly Line[], top: number, rows: number): readonly Line[] {
	if (lines.length <= rows) {
		return lines;
	}
	const shown = rowsForText(lines.length, rows);
	// The window may have grown since `top` was chosen.
	const first = Math.min(top, lastTop(lines.length, rows));
	const keys = [...(first > 0 ? ['PageUp'] : []), ...(first + shown < lines.length ? ['PageDown'] : [])].join(', ');
	const where = `-- ${first + 1} to ${first + shown} of ${lines.length}: ${keys} --`;
	return [...lines.slice(first, first + shown), line(where, 'faint')].slice(0, rows);
}
