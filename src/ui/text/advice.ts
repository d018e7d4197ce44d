import { type Line, paragraph, type Span, span } from './line.js';
import { cellWidth } from './width.js';
import { wrap } from './wrap.js';

/** A sentence that ends in a command of ours. */
const advice = /^(.*:) ((?:sudo )?zfs-lockstep\b.*)$/;

/**
 * What to do, as it is read; a command of ours that does not fit into the row stands in rows of its own, broken so that
 * a shell reads them as one command when they are copied.
 * @param label stands before the first row; further rows stand under the first word
 */
export function adviceLines(text: string, width: number, label: Span): readonly Line[] {
	const indent = cellWidth(label.text);
	const room = Math.max(8, width - indent);
	const [, words = '', command = ''] = cellWidth(text) > room ? (advice.exec(text) ?? []) : [];
	const plain = command === '' ? text : words;
	const rows = command === '' ? [] : wrap(command, room, { first: '  ', rest: '    ', continued: ' \\' });
	const margin = ' '.repeat(indent);
	return [
		...paragraph(plain, room).map((row, index): Line => [index === 0 ? label : span(margin), ...row]),
		...rows.map((row): Line => [span(margin), span(row, 'strong')]),
	];
}
