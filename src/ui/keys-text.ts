import { takesText } from './asking.js';
import { type Line, type Span, span } from './text/line.js';
import { count } from './text/quantities.js';
import { cellWidth } from './text/width.js';
import type { View } from './view.js';

type Hint = readonly [key: string, meaning: string];

/** Keys that do something now, most important first; those that do not fit are left out from the end. */
export function keyHints(view: View): readonly Hint[] {
	const { panel, asking } = view;
	if (view.leaving !== 'no') {
		return [['Ctrl-C', 'leave at once']];
	}
	if (panel?.kind === 'quit') {
		return [
			['y', 'leave'],
			['Esc', 'stay'],
		];
	}
	if (panel !== undefined) {
		return [
			['Esc', 'back'],
			panel.kind === 'findings' ? ['Up, Down', 'next finding'] : ['Up, Down', 'scroll'],
			...(panel.kind === 'log' ? ([['End', 'follow']] as const) : []),
			['q', 'quit'],
		];
	}
	const pages: readonly Hint[] = [
		['r', 'way back'],
		['f', findingsHint(view)],
		['l', 'log'],
		['?', 'help'],
	];
	if (view.ended !== undefined) {
		return [['Enter', 'leave'], ...pages];
	}
	if (asking === undefined) {
		return [['q', 'quit'], ...pages];
	}
	if (takesText(asking)) {
		return [
			['Enter', 'confirm'],
			['Ctrl-C', 'quit'],
			['Ctrl-R', 'way back'],
			['Ctrl-F', 'findings'],
			['Ctrl-L', 'log'],
		];
	}
	const answers: readonly Hint[] =
		asking.draft.kind === 'confirm'
			? [
					['y', 'yes'],
					['n', 'no'],
				]
			: asking.draft.kind === 'choose-many'
				? [
						['Space', 'mark'],
						['Enter', 'accept'],
					]
				: [['Enter', 'choose']];
	return [...answers, ['q', 'quit'], ...pages];
}

function findingsHint(view: View): string {
	const blockers = view.findings.filter(({ severity }) => severity === 'blocker').length;
	const warnings = view.findings.filter(({ severity }) => severity === 'warning').length;
	if (blockers > 0) {
		return `findings (${count(blockers, 'blocker')})`;
	}
	return warnings > 0 ? `findings (${count(warnings, 'warning')})` : 'findings';
}

/** The hints on one row. */
export function keysLine(view: View, width: number): Line {
	const spans: Span[] = [];
	let room = width;
	for (const [key, meaning] of keyHints(view)) {
		const text = ` ${meaning}   `;
		const cells = cellWidth(key) + cellWidth(text);
		if (cells - 3 > room) {
			break;
		}
		spans.push(span(key, 'strong'), span(text, 'faint'));
		room -= cells;
	}
	return spans;
}
