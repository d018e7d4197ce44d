import type { RunOutcome } from '../../engine/run-event.js';
import { adviceLines } from './advice.js';
import { type Line, line, paragraph, span, type Tone } from './line.js';

/** Good news, bad news, or something to wait for. */
export function outcomeTone(outcome: RunOutcome): Tone {
	switch (outcome.exitCode) {
		case 0:
		case 77:
			return 'good';
		case 1:
		case 3:
		case 6:
			return 'bad';
		default:
			return 'warning';
	}
}

/** How a run ended: title, then what to know and to do. */
export function outcomeLines(outcome: RunOutcome, width: number): readonly Line[] {
	return [
		...paragraph(outcome.title, width, outcomeTone(outcome)),
		...outcome.lines.flatMap((text) => (text === '' ? [line('')] : adviceLines(text, width, span('  ')))),
	];
}
