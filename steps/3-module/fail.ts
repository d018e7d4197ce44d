import { succeeded } from '../../src/host/host.js';
import type { PlannedCommand } from '../../src/plan/planned-command.js';
import { commandFailure } from '../command-failure.js';
import type { Failure, StepContext, StepOutcome, StepRun } from '../step.js';

/** The end of the step. */
export function failed(failure: Failure, rollbackNeeded = false): StepOutcome {
	return { kind: 'failed', failure, rollbackNeeded };
}

/** What to do once the cause is mended. */
export function again({ ownCommands }: StepContext): string {
	return `Mend the cause, then go on with what is left: ${ownCommands.resumeCommand}`;
}

/** Runs a command whose failure ends the step; returns that end, or undefined. */
export async function* need(context: StepContext, command: PlannedCommand): StepRun<StepOutcome | undefined> {
	const { results } = yield* context.execute(command);
	const bad = results.find((result) => !succeeded(result));
	const why = 'The old module is still loaded, and the packages are as they were.';
	return bad === undefined ? undefined : failed(commandFailure(command, bad, { why, todo: [again(context)] }));
}
