import type { Choice } from '../../steps/step.js';
import type { Asking, Draft } from './asking.js';
import { marksOf, questionLines } from './content.js';
import type { Layout } from './layout.js';
import { hang, type Line, line, lineWidth, paragraph, span } from './text/line.js';
import type { Marks } from './text/marks.js';
import { cellWidth, padEnd, takeCells } from './text/width.js';
import type { View } from './view.js';

type Screen = Extract<Layout, { kind: 'screen' }>;

/** A question as it fills the body: its title, what scrolls, and the part that takes the keys. */
export interface QuestionText {
	readonly title: readonly Line[];
	readonly content: readonly Line[];
	/** Rows for `content`. */
	readonly contentRows: number;
	readonly prompt: readonly Line[];
}

/** The question cut to the body of the screen. The prompt is always in sight. */
export function questionText(view: View, asking: Asking, layout: Screen): QuestionText {
	const { width, bodyRows } = layout;
	const title = paragraph(asking.question.title, width, 'strong');
	const content = questionLines(view, width);
	const reserved = title.length + 1 + (content.length === 0 ? 0 : Math.min(content.length, 3) + 1);
	const prompt = promptLines(asking, width, Math.max(2, bodyRows - reserved), marksOf(view));
	const contentRows = Math.max(1, bodyRows - title.length - prompt.length - 1);
	return { title, content, contentRows, prompt };
}

/** Rows that the question takes where nothing has to be scrolled. */
export function questionHeight(view: View, asking: Asking, width: number): number {
	const content = questionLines(view, width);
	const prompt = promptLines(asking, width, Number.POSITIVE_INFINITY, marksOf(view));
	return paragraph(asking.question.title, width).length + content.length + 1 + prompt.length;
}

/** Rows for the explanation of the open question. */
export function questionRows(view: View, layout: Screen): number {
	return view.asking === undefined ? 1 : questionText(view, view.asking, layout).contentRows;
}

/** The part that takes the keys, at most `rows` high. */
export function promptLines(asking: Asking, width: number, rows: number, marks: Marks): readonly Line[] {
	const problem = asking.problem === undefined ? [] : paragraph(asking.problem, width, 'warning');
	return [...draftLines(asking, width, Math.max(1, rows - problem.length), marks), ...problem];
}

function draftLines(asking: Asking, width: number, rows: number, marks: Marks): readonly Line[] {
	const { draft, question } = asking;
	switch (draft.kind) {
		case 'confirm':
			return [[span('Press '), span('y', 'strong'), span(' for yes, '), span('n', 'strong'), span(' for no.')]];
		case 'word':
			return wordLines(draft, width, marks);
		case 'choose':
			return question.kind === 'choose'
				? choiceLines(question.choices, draft.index, undefined, width, rows, marks)
				: [];
		case 'choose-many':
			return question.kind === 'choose-many'
				? choiceLines(question.choices, draft.index, draft.chosen, width, rows, marks)
				: [];
		case 'text':
			return [fieldLine(draft, width, marks)];
	}
}

function wordLines(draft: Extract<Draft, { kind: 'word' }>, width: number, marks: Marks): readonly Line[] {
	const label = span(`Type ${draft.word} and press Enter, or no to decline: `);
	const field = [span(draft.text, 'strong'), span(marks.cursor, 'faint')];
	return cellWidth(label.text) + draft.word.length + 8 <= width
		? [[label, ...field]]
		: [[label], [span('  '), ...field]];
}

/** The text with its cursor; of a long one the part around the cursor. */
function fieldLine(draft: Extract<Draft, { kind: 'text' }>, width: number, marks: Marks): Line {
	const characters = [...draft.text];
	const room = Math.max(10, width - 4);
	const first = Math.max(0, draft.cursor - room + 1);
	const before = characters.slice(first, draft.cursor).join('');
	const after = takeCells(characters.slice(draft.cursor).join(''), Math.max(0, room - cellWidth(before)));
	return [span('> ', 'faint'), span(before, 'strong'), span(marks.cursor, 'faint'), span(after, 'strong')];
}

/** Choices below each other. Where not all fit with their hints, only the selected one has its hint. */
function choiceLines(
	choices: readonly Choice[],
	index: number,
	chosen: readonly string[] | undefined,
	width: number,
	rows: number,
	marks: Marks,
): readonly Line[] {
	if (choices.length === 0) {
		return [line('There is nothing to choose from. Enter goes on.')];
	}
	const labelWidth = Math.min(Math.max(...choices.map(({ label }) => cellWidth(label))), Math.floor(width / 2));
	const blocks = choices.map((choice, at) => choiceBlock(choice, at === index, chosen, labelWidth, width, marks));
	if (blocks.flat().length <= rows) {
		return blocks.flat();
	}
	const short = blocks.map((block, at) => (at === index ? block : firstRow(block, width, marks)));
	const first = Math.min(Math.max(0, index - Math.floor(rows / 2)), Math.max(0, short.length - rows));
	return short.slice(first).flat().slice(0, rows);
}

/** Of a choice with a longer hint, marked as such. */
function firstRow(block: readonly Line[], width: number, marks: Marks): readonly Line[] {
	const [first = [], ...more] = block;
	if (more.length === 0) {
		return [first];
	}
	const last = first.at(-1) ?? span('');
	const room = width - lineWidth(first.slice(0, -1)) - cellWidth(marks.ellipsis);
	return [[...first.slice(0, -1), { ...last, text: `${takeCells(last.text, room)}${marks.ellipsis}` }]];
}

function choiceBlock(
	choice: Choice,
	isSelected: boolean,
	chosen: readonly string[] | undefined,
	labelWidth: number,
	width: number,
	marks: Marks,
): readonly Line[] {
	const pointer = `${isSelected ? marks.selected : ' '} `;
	const box = chosen === undefined ? '' : chosen.includes(choice.value) ? '[x] ' : '[ ] ';
	const label = span(`${pointer}${box}${padEnd(choice.label, labelWidth)}  `, isSelected ? 'strong' : 'plain');
	// A label beyond its column stands alone, with its hint below.
	if (cellWidth(choice.label) > labelWidth) {
		return [[label], ...paragraph(choice.hint, width, 'faint', 4)];
	}
	return choice.hint === '' ? [[label]] : hang(label, choice.hint, width, 'faint');
}
