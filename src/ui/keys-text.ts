import type { Severity } from '../checks/finding.js';
import { takesText } from './asking.js';
import { type Line, span } from './text/line.js';
import { count } from './text/quantities.js';
import type { View } from './view.js';

type Hint = readonly [key: string, meaning: string];

/** Keys that do something now, in the order in which they are shown. */
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
		['q', 'quit'],
	];
	if (view.ended !== undefined) {
		return [['Enter', 'leave'], ...pages.slice(0, -1)];
	}
	if (asking === undefined || asking.draft.kind === 'confirm') {
		return pages;
	}
	if (takesText(asking)) {
		return [
			['Enter', 'confirm'],
			['Ctrl-R', 'way back'],
			['Ctrl-F', 'findings'],
			['Ctrl-L', 'log'],
			['Ctrl-C', 'quit'],
		];
	}
	const answers: readonly Hint[] =
		asking.draft.kind === 'choose-many'
			? [
					['Space', 'mark'],
					['Enter', 'accept'],
				]
			: [['Enter', 'choose']];
	return [['Up, Down', 'move'], ...answers, ...pages];
}

/** What is worth a look, counted; otherwise only where the findings are. */
function findingsHint(view: View): string {
	const amount = (severity: Severity): number => view.findings.filter((each) => each.severity === severity).length;
	const worst = (['blocker', 'warning'] as const).find((severity) => amount(severity) > 0);
	return worst === undefined ? 'findings' : count(amount(worst), worst);
}

/** Keys whose hints are left out first where not all fit; the way back and the way out stay. */
const firstToGo = ['l', '?', 'Ctrl-L', 'f', 'Ctrl-F', 'Up, Down'];

/** The hints on one row. */
export function keysLine(view: View, width: number): Line {
	let hints = keyHints(view);
	for (const key of firstToGo) {
		hints = hintsWidth(hints) > width ? hints.filter(([each]) => each !== key) : hints;
	}
	return hints.flatMap(([key, meaning], index) => [
		...(index === 0 ? [] : [span(gap)]),
		span(key, 'strong'),
		span(` ${meaning}`, 'faint'),
	]);
}

const gap = '   ';

function hintsWidth(hints: readonly Hint[]): number {
	return hints.reduce((sum, [key, meaning]) => sum + key.length + 1 + meaning.length, gap.length * (hints.length - 1));
}
