import type { Answer, Step, StepEvent, StepRun } from '../../steps/step.js';
import { fitFinding } from '../plan/own-commands.js';
import { renewRollback } from './rollback.js';
import type { RunEvent } from './run-event.js';
import type { Session } from './session.js';

/** Passes a step's events on, with the state whenever it changed, and carries the answers back. */
export async function* forward<Result>(
	session: Session,
	step: Step,
	inner: StepRun<Result>,
): AsyncGenerator<RunEvent, Result, Answer | undefined> {
	let shown = session.state;
	let answer: Answer | undefined;
	try {
		for (;;) {
			const next = await inner.next(answer);
			if (session.state !== shown) {
				const isUndoingOther = session.state.evidence !== shown.evidence;
				shown = session.state;
				yield { type: 'run', state: shown, resumed: false };
				// A host that goes down in the middle of this step must find what it has done so far in the guidance.
				if (isUndoingOther) yield* renewRollback(session);
			}
			if (next.done === true) {
				return next.value;
			}
			answer = yield { type: 'step-event', step: step.id, event: fitEvent(session, next.value) };
		}
	} finally {
		await leave(inner);
	}
}

/** Goes through a step that is left early, past its clean-up, to whoever left it. */
class StepLeft extends Error {
	override readonly name = 'StepLeft';
}

/**
 * Ends a step where it stands. What it does in its `finally` may yield events like everything else. It is ended by an
 * exception: a generator that is told to return and yields while it cleans up looks afterwards, to the one that
 * delegated to it, as if it had come to its end with nothing, and that one would go on.
 */
async function leave<Result>(inner: StepRun<Result>): Promise<void> {
	const left = new StepLeft('The step was left.');
	try {
		let rest = await inner.throw(left);
		while (rest.done !== true) rest = await inner.next();
	} catch (error) {
		if (error !== left) throw error;
	}
}

function fitEvent({ ownCommands }: Session, event: StepEvent): StepEvent {
	return event.type === 'finding' ? { ...event, finding: fitFinding(event.finding, ownCommands) } : event;
}
