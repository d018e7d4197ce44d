import type { StepRun } from '../../steps/step.js';
import { succeeded } from '../host/host.js';
import type { PlannedCommand } from '../plan/planned-command.js';
import { shellText } from '../plan/shell-text.js';
import { exitCodes } from './exit-codes.js';
import type { RunOutcome } from './run-event.js';
import type { Session } from './session.js';

/**
 * Runs agreed commands one after the other, up to the first that fails.
 * @param again our own command that goes on once the cause is mended: `rollback --run`
 * @param mayFail ids of commands whose failure stops nothing
 * @returns how the run ends where a command failed, else undefined
 */
export async function* carryOut(
	session: Session,
	commands: readonly PlannedCommand[],
	again: string,
	mayFail: readonly string[] = [],
): StepRun<RunOutcome | undefined> {
	for (const command of commands) {
		const { results } = yield* session.context.execute(command);
		if (!results.every(succeeded) && !mayFail.includes(command.id)) {
			return {
				exitCode: exitCodes.error,
				title: `This failed: ${command.why}.`,
				lines: [
					`It was: ${shellText(command.work)}`,
					`Mend the cause, then: ${session.ownCommands.commandLine(again)}`,
				],
			};
		}
	}
	return undefined;
}
