import { cleanText } from './clean.js';
import { cellWidth } from './width.js';
import { wrap } from './wrap.js';

/** What a piece of text means; each renderer decides how that looks. Never the only carrier of the meaning. */
export type Tone = 'plain' | 'strong' | 'faint' | 'good' | 'notice' | 'warning' | 'bad';

export interface Span {
	readonly text: string;
	readonly tone: Tone;
}

/** One row of a screen or of a report. */
export type Line = readonly Span[];

export const emptyLine: Line = [];

export function span(text: string, tone: Tone = 'plain'): Span {
	return { text, tone };
}

export function line(text: string, tone: Tone = 'plain'): Line {
	return [span(text, tone)];
}

export function lineWidth(spans: Line): number {
	return spans.reduce((sum, { text }) => sum + cellWidth(text), 0);
}

/** A paragraph behind a label: further lines stand under the first word, not under the label. */
export function hang(label: Span, text: string, width: number, tone: Tone = 'plain'): readonly Line[] {
	const indent = cellWidth(label.text);
	return wrap(text, Math.max(8, width - indent)).map((row, index) =>
		index === 0 ? [label, span(row, tone)] : [span(' '.repeat(indent)), span(row, tone)],
	);
}

/** A paragraph, indented by `indent` cells. */
export function paragraph(text: string, width: number, tone: Tone = 'plain', indent = 0): readonly Line[] {
	const rows = wrap(text, Math.max(8, width - indent));
	return rows.map((row) => (indent === 0 ? [span(row, tone)] : [span(' '.repeat(indent)), span(row, tone)]));
}

const codes: Readonly<Record<Exclude<Tone, 'plain'>, string>> = {
	strong: '1',
	faint: '2',
	good: '32',
	notice: '36',
	warning: '33',
	bad: '1;31',
};

/** Lines as text for a terminal, a pipe or a file, each ended by a newline. */
export function printLines(lines: readonly Line[], colour: boolean): string {
	return lines.map((spans) => `${printLine(spans, colour)}\n`).join('');
}

function printLine(spans: Line, colour: boolean): string {
	return spans
		.map(({ text, tone }) => paint(cleanText(text), colour ? tone : 'plain'))
		.join('')
		.trimEnd();
}

function paint(text: string, tone: Tone): string {
	return tone === 'plain' || text.trim() === '' ? text : `\u001b[${codes[tone]}m${text}\u001b[0m`;
}
