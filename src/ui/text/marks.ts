import type { StepState } from '../../../steps/run-state.js';
import type { Tone } from './line.js';

/** Single-cell symbols. Emoji and wide symbols differ from terminal to terminal, so there are none. */
export interface Marks {
	readonly step: Readonly<Record<StepState['status'], string>>;
	readonly selected: string;
	readonly bullet: string;
	readonly ellipsis: string;
	readonly output: string;
	readonly barDone: string;
	readonly barLeft: string;
	readonly divider: string;
	readonly cursor: string;
}

const unicodeMarks: Marks = {
	step: { pending: '·', running: '▸', waiting: '▸', done: '✓', skipped: '-', failed: '✗' },
	selected: '▸',
	bullet: '•',
	ellipsis: '…',
	output: '│',
	barDone: '█',
	barLeft: '░',
	divider: '│',
	cursor: '█',
};

const asciiMarks: Marks = {
	step: { pending: '.', running: '>', waiting: '>', done: '+', skipped: '-', failed: '!' },
	selected: '>',
	bullet: '-',
	ellipsis: '...',
	output: '|',
	barDone: '#',
	barLeft: '.',
	divider: '|',
	cursor: '_',
};

export function marksFor(unicode: boolean): Marks {
	return unicode ? unicodeMarks : asciiMarks;
}

export const stepTones: Readonly<Record<StepState['status'], Tone>> = {
	pending: 'faint',
	running: 'strong',
	waiting: 'warning',
	done: 'good',
	skipped: 'faint',
	failed: 'bad',
};

/** The state of a step in words: what a mark or a colour says, said again for those who see neither. */
export function stepStateWords(state: StepState): string {
	switch (state.status) {
		case 'waiting':
			return state.waitingFor === 'reboot' ? 'waiting for a reboot' : 'waiting for you';
		case 'pending':
			return 'to do';
		default:
			return state.status;
	}
}
