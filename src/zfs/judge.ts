/** Whether a send or receive did what it was asked for. The exit code alone does not say. */
import { type CommandResult, succeeded } from '../host/host.js';
import { diagnose, diagnoseText, outputTooLong, printableLines, type ZfsProblem } from './problem.js';
import { findResumeToken, type ResumeToken } from './send.js';

export type SendVerdict =
	/** `remarks`: lines of stderr that say nothing of progress; none of them is a failure. */
	| { readonly verdict: 'ok'; readonly remarks: readonly string[] }
	| { readonly verdict: 'failed'; readonly problem: ZfsProblem }
	/**
	 * It exited with 0 and the stream is not whole. That is how `zfs send -I` and `-R` of the 2.1 tools end on a 2.3.1
	 * module: three warnings "Invalid argument" and success (recorded; openzfs/zfs#17323).
	 */
	| { readonly verdict: 'silently-failed'; readonly problem: ZfsProblem };

/**
 * What send says in the course of things: sizes and progress, plain and parsable, and the contents of a resume token.
 * With `-v` and without `-n` all of it goes to stderr.
 */
const course = [
	/^(?:full|incremental)\t/,
	/^size\t\d+$/,
	/^\d\d:\d\d:\d\d\s/,
	/^TIME {2,}/,
	/^(?:full send of|send from) /,
	/^total estimated size is /,
	/^resume token contents:$/,
	/^nvlist version: 0$/,
	/^\t[a-z_]+(?: = |$)/,
];

/** How libzfs begins each message about something that is not in the stream; `-s` asked for what it skips. */
const failure = /^(?:warning(?!: skipping dataset )|internal error|error|cannot|could not)\b/i;

/**
 * Judges a finished `zfs send` by its outcome and everything on its stderr. A verdict of ok still says nothing of what
 * arrived: that is for the received guids and contents.
 */
export function judgeSend(result: CommandResult): SendVerdict {
	const others = result.stderr.split('\n').filter((line) => !course.some((form) => form.test(line.slice(0, 1000))));
	const said = others.join('\n');
	if (!succeeded(result)) return { verdict: 'failed', problem: diagnose({ ...result, stderr: said }) };
	if (result.truncated) return { verdict: 'failed', problem: outputTooLong(result) };
	const remarks = printableLines(said);
	const failures = remarks.filter((line) => failure.test(line));
	const problem = diagnoseText(failures.join('\n'));
	return problem === undefined ? { verdict: 'ok', remarks } : { verdict: 'silently-failed', problem };
}

export type ReceiveVerdict =
	| { readonly verdict: 'ok'; readonly remarks: readonly string[] }
	/** The stream broke off and what had arrived is kept: `zfs send -t TOKEN` goes on from there. */
	| { readonly verdict: 'interrupted'; readonly problem: ZfsProblem; readonly token: ResumeToken }
	| { readonly verdict: 'failed'; readonly problem: ZfsProblem };

/**
 * Judges a finished `zfs receive`. When its sender failed, it says no more than "failed to read from stream": judge the
 * sender first. A property of the stream that could not be set is a remark: the data is there.
 */
export function judgeReceive(result: CommandResult): ReceiveVerdict {
	const remarks = printableLines(result.stderr);
	const hasFailed =
		!succeeded(result) || remarks.some((line) => /^(?:cannot(?! receive \S+ property)|internal error)\b/i.test(line));
	if (!hasFailed && result.truncated) return { verdict: 'failed', problem: outputTooLong(result) };
	if (!hasFailed) return { verdict: 'ok', remarks };
	const problem = diagnose(result);
	const token = findResumeToken(result.stderr);
	return token === undefined ? { verdict: 'failed', problem } : { verdict: 'interrupted', problem, token };
}
