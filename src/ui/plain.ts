import type { Answer, Question } from '../../steps/step.js';
import type { Run, RunEvent, RunOutcome } from '../engine/run-event.js';
import { type About, banner } from './about.js';
import { drive } from './drive.js';
import { plainAnswer, plainProgress, plainQuestion, plainStep, plainStepEvent } from './plain-text.js';
import { hang, type Line, line, printLines, span } from './text/line.js';
import { outcomeLines } from './text/outcome.js';
import type { Printing } from './text/printing.js';
import { fraction, type Progress } from './text/progress.js';
import { formatDuration } from './text/quantities.js';

export interface PlainOptions {
	readonly run: Run;
	readonly about: About;
	readonly printing: Printing;
	/** Aborts on SIGINT and the like: the run is left in good order. */
	readonly leave: AbortSignal;
	/** `--yes` or an answers file; undefined where neither answers. */
	readonly answerQuestion: (question: Question) => Answer | undefined;
	readonly write: (text: string) => void;
	/** What the host is asked just now. */
	readonly reading?: () => string | undefined;
	/** Milliseconds of a steady clock. */
	readonly now?: () => number;
}

/**
 * Shows a run as lines, for logs, mails and pipes. Never reads a key: a question without an answer is printed with the
 * way to answer it, and the run stops (exit code 5).
 */
export async function runPlain(options: PlainOptions): Promise<RunOutcome> {
	const { run, about, printing, leave, answerQuestion, write, now = () => performance.now() } = options;
	const { width, colour } = printing;
	const print = (lines: readonly Line[]): void => write(printLines(lines, colour));
	const isDue = createProgressPace(now);

	function lines(event: RunEvent): readonly Line[] {
		switch (event.type) {
			case 'step':
				return plainStep(event, about, width);
			case 'step-event':
				if (event.event.type === 'progress') {
					return isDue(event.event) ? plainProgress(event.event, width) : [];
				}
				return plainStepEvent(event.event, width);
			default:
				return [];
		}
	}

	if (banner(about) !== '') {
		print([line(banner(about), 'warning')]);
	}
	let quietSince = now();
	const clock = setInterval(() => {
		const reading = options.reading?.();
		const seconds = (now() - quietSince) / 1000;
		if (reading !== undefined && seconds * 1000 >= silence) {
			print(hang(span('  '), `Reading this host for ${formatDuration(seconds)}, now by: ${reading}`, width, 'faint'));
		}
	}, silence);
	const renderer = {
		show: (event: RunEvent): void => {
			quietSince = now();
			print(lines(event));
		},
		answer: (question: Question): Answer | undefined => {
			const answer = answerQuestion(question);
			print([...plainQuestion(question, width), ...plainAnswer(question, answer, width, about.resumeCommand)]);
			return answer;
		},
	};
	const outcome = await drive(run, renderer, leave, about.resumeCommand).finally(() => clearInterval(clock));
	print([[], ...outcomeLines(outcome, width)]);
	return outcome;
}

/** Milliseconds without news after which it is said what is waited for. */
const silence = 20_000;

/** Milliseconds between two lines about the same progress. */
const pace = 10_000;

/** Tells whether a progress is worth a line: the first, each tenth of the whole, each ten seconds, the end. */
function createProgressPace(now: () => number): (progress: Progress) => boolean {
	const last = new Map<string, { readonly at: number; readonly tenth: number }>();
	return (progress) => {
		const share = fraction(progress);
		const tenth = share === undefined ? 0 : Math.floor(share * 10);
		const before = last.get(progress.id);
		if (before !== undefined && tenth <= before.tenth && now() - before.at < pace) {
			return false;
		}
		last.set(progress.id, { at: now(), tenth });
		return true;
	};
}
