import type { Answer, Question } from '../../steps/step.js';
import type { Run, RunEvent, RunOutcome } from '../engine/run-event.js';
import { drive } from './drive.js';
import { jsonText } from './json-text.js';

/** Raise it when a field changes its meaning or goes; new fields do not count. */
const eventSchemaVersion = 1;

export interface JsonOptions {
	readonly run: Run;
	readonly leave: AbortSignal;
	/** What to type to come back. */
	readonly resumeCommand: string;
	readonly answerQuestion: (question: Question) => Answer | undefined;
	readonly write: (text: string) => void;
	/** Seconds since the epoch. */
	readonly now: () => number;
}

/** Shows a run as one JSON document a line, the last of type `ended`. Byte counts beyond 2^53 are strings. */
export async function runJson(options: JsonOptions): Promise<RunOutcome> {
	const { run, leave, resumeCommand, answerQuestion, write, now } = options;
	const print = (event: RunEvent | JsonOnlyEvent): void => {
		write(`${jsonText({ schemaVersion: eventSchemaVersion, at: now(), ...event })}\n`);
	};
	const renderer = {
		show: print,
		answer: (question: Question): Answer | undefined => {
			const answer = answerQuestion(question);
			print({ type: 'answer', questionId: question.id, answer: answer ?? null });
			return answer;
		},
	};
	const outcome = await drive(run, renderer, leave, resumeCommand);
	print({ type: 'ended', outcome });
	return outcome;
}

/** What the run itself does not say. */
type JsonOnlyEvent =
	/** Null: nobody answered, and the run stops. */
	| { readonly type: 'answer'; readonly questionId: string; readonly answer: Answer | null }
	| { readonly type: 'ended'; readonly outcome: RunOutcome };
