import type { Answer, Question } from '../../steps/step.js';
import { exitCodes } from '../engine/exit-codes.js';
import type { Run, RunEvent, RunOutcome } from '../engine/run-event.js';

/** Who shows a run and answers it: the wizard, plain lines or JSON lines. */
export interface Renderer {
	show(event: RunEvent): void;
	/** Undefined: nobody answers; the run then stops in good order by itself. */
	answer(question: Question): Promise<Answer | undefined> | Answer | undefined;
}

/** Milliseconds of events after which keys and timers get their turn. */
const slice = 4;

/**
 * Walks a run to its end. When `leave` aborts, a detached job is let go at once, a foreground command is waited for, and
 * nothing new begins.
 */
export async function drive(
	run: Run,
	renderer: Renderer,
	leave: AbortSignal,
	resumeCommand: string,
): Promise<RunOutcome> {
	let answer: Answer | undefined;
	let running: 'foreground' | 'detached' | undefined;
	let sliceEnd = performance.now() + slice;
	for (;;) {
		const next = await run.next(answer);
		answer = undefined;
		if (next.done === true) {
			return next.value;
		}
		renderer.show(next.value);
		const event = next.value.type === 'step-event' ? next.value.event : undefined;
		if (event?.type === 'command-started') {
			running = event.command.mode;
		} else if (event?.type === 'command-ended') {
			running = undefined;
		} else if (event?.type === 'question') {
			// Left without an answer, the run itself records that one is needed.
			answer = await renderer.answer(event.question);
			continue;
		}
		if (leave.aborted && running !== 'foreground') {
			const left = leftOutcome(resumeCommand, running);
			const ended = await run.return(left);
			return ended.done === true ? ended.value : left;
		}
		if (performance.now() > sliceEnd) {
			await new Promise((resolve) => setImmediate(resolve));
			sliceEnd = performance.now() + slice;
		}
	}
}

/**
 * How a run that was left ended.
 * @param running what was at work then; only detached work goes on by itself
 */
export function leftOutcome(resumeCommand: string, running?: 'foreground' | 'detached'): RunOutcome {
	return {
		exitCode: exitCodes.interrupted,
		title: leftTitles[running ?? 'nothing'],
		lines: [`Come back with: ${resumeCommand}`],
	};
}

const leftTitles = {
	nothing: 'Left between two commands. Nothing is running.',
	foreground: 'Left at once, in the middle of a short command. What it did is read from the host when you come back.',
	detached: 'Left. What was running goes on by itself.',
} as const;
