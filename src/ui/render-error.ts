import type { Failure } from '../../steps/step.js';
import { AnswerNeededError } from '../engine/errors.js';
import { type ExitCode, exitCodes } from '../engine/exit-codes.js';
import { JobLeftError } from '../host/host.js';
import { failureLines } from './text/failure.js';
import { printLines } from './text/line.js';
import type { Printing } from './text/printing.js';

/** An error as it is shown, and the exit code it ends with. */
export interface ErrorReport {
	readonly failure: Failure;
	readonly exitCode: ExitCode;
}

/**
 * What the error classes of the lower rooms have in common when the fault is one that an administrator can act on: the
 * message says what happened, `remediation` what to do; `why` and `exitCode` where the class knows better.
 */
interface ExpectedError extends Error {
	readonly remediation: readonly string[];
	readonly why?: string;
	readonly exitCode?: ExitCode;
}

function isExpected(error: unknown): error is ExpectedError {
	return error instanceof Error && 'remediation' in error && Array.isArray(error.remediation);
}

/**
 * The one place that turns errors into what happened, why it matters and what to do.
 * @param logFile where the journal of the run is, for the report of a bug.
 */
export function describeError(error: unknown, logFile: string): ErrorReport {
	if (isExpected(error)) {
		const why = error.why ?? 'zfs-lockstep stopped here. Nothing was begun after it; what was done before stays done.';
		const { exitCode = exitCodes.error } = error;
		return { failure: { what: error.message, why, todo: error.remediation }, exitCode };
	}
	if (error instanceof AnswerNeededError) {
		const { question } = error;
		const why = `Question ${question.id} has nobody to answer it.`;
		const todo = ['Run zfs-lockstep on a terminal, give --yes, or put the answer in a file for --answers.'];
		return { failure: { what: `An answer is needed: ${question.title}`, why, todo }, exitCode: exitCodes.answerNeeded };
	}
	if (error instanceof JobLeftError) {
		const todo = ['Come back with: zfs-lockstep', 'Watch it with: zfs-lockstep log -f'];
		const what = 'Left. What was running goes on by itself.';
		return {
			failure: { what, why: `The job ${error.jobId} keeps its output.`, todo },
			exitCode: exitCodes.interrupted,
		};
	}
	return { failure: describeBug(error, logFile), exitCode: exitCodes.error };
}

/** Everything that no class foresaw is a fault of this program, and says so. */
function describeBug(error: unknown, logFile: string): Failure {
	const isError = error instanceof Error;
	const frames = isError ? (error.stack ?? '').split('\n').filter((row) => row.startsWith('    at ')) : [];
	return {
		what: `zfs-lockstep has a fault of its own: ${isError ? `${error.name}: ${error.message}` : String(error)}`,
		why: 'It stopped where it was. The recorded run is kept, and work that was running goes on.',
		todo: [
			'See where the run stands: zfs-lockstep status',
			'See the way back: zfs-lockstep rollback',
			`Report this, with the lines below and the log ${logFile}`,
		],
		lines: frames.slice(0, 6).map((row) => row.trim()),
	};
}

/** The same as text for standard error. */
export function renderError(error: unknown, options: Printing & { readonly logFile: string }): string {
	const { failure } = describeError(error, options.logFile);
	return printLines(failureLines(failure, options.width), options.colour);
}
