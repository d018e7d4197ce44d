import type { RunState, StepState } from '../../steps/run-state.js';
import type { Answer, RollbackStage, StepEvent, StepId } from '../../steps/step.js';
import type { ExitCode } from './exit-codes.js';

/** What a run tells its renderer: Ink, plain lines and JSON lines all show this one stream. */
export type RunEvent =
	/** First, and after each change of the recorded state. */
	| { readonly type: 'run'; readonly state: RunState; readonly resumed: boolean }
	| { readonly type: 'step'; readonly id: StepId; readonly state: StepState }
	| { readonly type: 'step-event'; readonly step: StepId; readonly event: StepEvent }
	/** The way back from here, renewed at each change of step. */
	| { readonly type: 'rollback'; readonly stages: readonly RollbackStage[] };

/** How a run ended, said last on the screen and as the exit code. */
export interface RunOutcome {
	readonly exitCode: ExitCode;
	readonly title: string;
	readonly lines: readonly string[];
}

/** Answered by `next(answer)` after a question; `return()` leaves in good order, detached work goes on. */
export type Run = AsyncGenerator<RunEvent, RunOutcome, Answer | undefined>;
