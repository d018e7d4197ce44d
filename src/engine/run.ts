import type { Step, StepEvent, StepRun } from '../../steps/step.js';
import { finished, stopFor } from './conclude.js';
import { exitCodes } from './exit-codes.js';
import { forward } from './forward.js';
import type { Run } from './run-event.js';
import { runStep } from './run-step.js';
import type { Session } from './session.js';
import { settleIntent } from './settle-intent.js';
import { currentStep } from './status.js';

/** Walks the seven steps, from the first that is not done on the host to the end or to whatever stops it. */
export async function* run(session: Session, options: { readonly resumed: boolean }): Run {
	yield { type: 'run', state: session.state, resumed: options.resumed };
	try {
		yield* forward(session, stepAt(session), settleIntent(session));
		if (options.resumed) yield* forward(session, stepAt(session), lookFirst());
		const half = await findInterrupted(session);
		for (const step of half === undefined ? session.steps : [half, ...session.steps]) {
			const stop = yield* runStep(session, step);
			if (stop !== undefined) {
				return stop;
			}
			if (session.context.options.until === step.id) {
				return {
					exitCode: exitCodes.done,
					title: `Stopped after "${step.title}", as asked.`,
					lines: [`Go on with: ${session.ownCommands.resumeCommand}`],
				};
			}
		}
	} catch (error) {
		return stopFor(session, error);
	}
	await session.apply({ type: 'ended', at: session.host.now() });
	yield { type: 'run', state: session.state, resumed: options.resumed };
	return finished(session);
}

/** Where the run stands: what is said before any step begins belongs there. */
export function stepAt({ state, steps }: Session): Step {
	return steps.find(({ id }) => id === currentStep(state)) ?? steps[0];
}

async function* lookFirst(): StepRun<void> {
	const event: StepEvent = { type: 'log', level: 'info', text: 'Reading the host, to see what is done already.' };
	yield event;
}

/** A step that was begun and must be brought to its end before the ones before it can be judged. */
async function findInterrupted(session: Session): Promise<Step | undefined> {
	for (const step of session.steps) {
		const { status } = session.state.steps[step.id];
		if (status !== 'running' && status !== 'failed') continue;
		if ((await step.isInterrupted?.(session.context)) === true) return step;
	}
	return undefined;
}
