import { succeeded } from '../../src/host/host.js';
import type { PlannedCommand } from '../../src/plan/planned-command.js';
import { commandFailure } from '../command-failure.js';
import type { StepContext, StepOutcome, StepRun } from '../step.js';

/** The end of the step; nothing of the upgrade was begun yet. */
export function failed(what: string, why: string, todo: readonly string[]): StepOutcome {
	return { kind: 'failed', rollbackNeeded: false, failure: { what, why, todo } };
}

/** Runs a command whose failure ends the step; returns that end, or undefined. */
export async function* need(context: StepContext, command: PlannedCommand): StepRun<StepOutcome | undefined> {
	const { results } = yield* context.execute(command);
	const bad = results.find((result) => !succeeded(result));
	if (bad === undefined) return undefined;
	const why = 'Nothing of OpenZFS was changed yet.';
	const todo = [`Mend the cause, then go on here with: ${context.ownCommands.resumeCommand}`];
	return { kind: 'failed', rollbackNeeded: false, failure: commandFailure(command, bad, { why, todo }) };
}
