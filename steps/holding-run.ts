import type { HoldingRun } from '../src/jobs/hold-jobs.js';
import type { StepContext } from './step.js';

/** Where this run keeps what it puts on hold, and what to type to let it go. */
export function holdingRun({ runDirectory, ownCommands }: StepContext): HoldingRun {
	return { runDirectory, resetCommand: ownCommands.commandLine('reset') };
}
