import type { Failure } from '../../../steps/step.js';
import { adviceLines } from './advice.js';
import { emptyLine, hang, type Line, line, paragraph, span } from './line.js';
import { cellWidth } from './width.js';

/** As it stands where it fits: what a compiler points at is told by columns. */
function logLines(text: string, width: number): readonly Line[] {
	const mark = span('  | ', 'faint');
	return cellWidth(mark.text) + cellWidth(text) <= width ? [[mark, span(text)]] : hang(mark, text, width);
}

/** What happened, why it matters, what to do; then the lines of the log that decided it. */
export function failureLines(failure: Failure, width: number, bullet = '-'): readonly Line[] {
	return [
		...paragraph(failure.what, width, 'bad'),
		...paragraph(failure.why, width),
		...(failure.todo.length === 0 ? [] : [emptyLine, line('What to do:', 'strong')]),
		...failure.todo.flatMap((todo) => adviceLines(todo, width, span(`  ${bullet} `))),
		...(failure.lines === undefined || failure.lines.length === 0 ? [] : [emptyLine, line('From the log:', 'strong')]),
		...(failure.lines ?? []).flatMap((text) => logLines(text, width)),
	];
}
