import type { Question } from '../../steps/step.js';
import type { PlannedCommand } from '../plan/planned-command.js';

/** A bug: a step tried to change the host without a recorded yes. Nothing was run. */
export class UnapprovedCommandError extends Error {
	override readonly name = 'UnapprovedCommandError';

	constructor(command: PlannedCommand) {
		super(`The command ${command.id} changes the host, but no agreement to it is recorded. It was not run.`);
	}
}

/** Nobody is there to answer: the run stops in good order and says which answer it needs (exit code 5). */
export class AnswerNeededError extends Error {
	override readonly name = 'AnswerNeededError';
	readonly question: Question;

	constructor(question: Question) {
		super(`An answer is needed to ${question.id}: ${question.title}`);
		this.question = question;
	}
}
