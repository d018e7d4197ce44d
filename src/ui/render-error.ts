import type { Failure } from '../../steps/step.js';
import { AnswerNeededError } from '../engine/errors.js';
import { type ExitCode, exitCodes } from '../engine/exit-codes.js';
import { JobLeftError } from '../host/host.js';
import { fitRemedy, type OwnCommands } from '../plan/own-commands.js';
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

/** The run that an error came in the way of. */
export interface ErrorPlace {
	/** Where its journal is, for the report of a bug. */
	readonly logFile: string;
	readonly own: OwnCommands;
}

/** The one place that turns errors into what happened, why it matters and what to do. */
export function describeError(error: unknown, { logFile, own }: ErrorPlace): ErrorReport {
	if (isExpected(error)) {
		const why = error.why ?? 'zfs-lockstep stopped here. Nothing was begun after it; what was done before stays done.';
		const { exitCode = exitCodes.error } = error;
		const todo = error.remediation.map((line) => fitRemedy(line, own));
		return { failure: { what: error.message, why, todo }, exitCode };
	}
	if (error instanceof AnswerNeededError) {
		const { question } = error;
		const why = `Question ${question.id} has nobody to answer it.`;
		const todo = [`Answer it on a terminal: ${own.resumeCommand}`, 'Or give --yes, or a file with --answers.'];
		return { failure: { what: `An answer is needed: ${question.title}`, why, todo }, exitCode: exitCodes.answerNeeded };
	}
	if (error instanceof JobLeftError) {
		const todo = [`Come back with: ${own.resumeCommand}`, `Watch it with: ${own.commandLine('log -f')}`];
		const what = 'Left. What was running goes on by itself.';
		return {
			failure: { what, why: `The job ${error.jobId} keeps its output.`, todo },
			exitCode: exitCodes.interrupted,
		};
	}
	return { failure: describeBug(error, { logFile, own }), exitCode: exitCodes.error };
}

/** Everything that no class foresaw is a fault of this program, and says so. */
function describeBug(error: unknown, { logFile, own }: ErrorPlace): Failure {
	const isError = error instanceof Error;
	const frames = isError ? (error.stack ?? '').split('\n').filter((row) => row.startsWith('    at ')) : [];
	return {
		what: `zfs-lockstep has a fault of its own: ${isError ? `${error.name}: ${error.message}` : String(error)}`,
		why: 'It stopped where it was. The recorded run is kept, and work that was running goes on.',
		todo: [
			`See where the run stands: ${own.commandLine('status')}`,
			`See the way back: ${own.commandLine('rollback')}`,
			`Report this, with the lines below and the log ${logFile}`,
		],
		lines: frames.slice(0, 6).map((row) => row.trim()),
	};
}

/** The same as text for standard error. */
export function renderError(error: unknown, { colour, width }: Printing, place: ErrorPlace): string {
	return printLines(failureLines(describeError(error, place).failure, width), colour);
}
