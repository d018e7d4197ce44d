import type { CommandResult } from '../src/host/host.js';
import type { PlannedCommand } from '../src/plan/planned-command.js';
import { diagnose } from '../src/zfs/problem.js';
import type { Failure } from './step.js';

/** A command that did not do its work, as the failure of its step: what it said stands below, line by line. */
export function commandFailure(
	command: PlannedCommand,
	bad: CommandResult,
	{ why, todo }: Pick<Failure, 'why' | 'todo'>,
): Failure {
	return { what: `This failed: ${command.why}.`, why, todo, lines: diagnose(bad).message.split('\n') };
}
