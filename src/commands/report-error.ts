import process from 'node:process';
import { exitCodes } from '../engine/exit-codes.js';
import { logFile } from '../journal/event-log.js';
import { describeError, renderError } from '../ui/render-error.js';
import { describeTerminal } from '../ui/terminal.js';
import { type Invocation, parseCommandLine, UsageError } from './parse.js';
import { locate } from './program.js';

/**
 * Shows an error on standard error and says the exit code. The only place that does.
 * @param invocation undefined: the error came before the command line was understood
 */
export function reportError(error: unknown, invocation: Invocation | undefined): number {
	if (error instanceof UsageError) {
		process.stderr.write(`zfs-lockstep: ${error.message}\nTry: zfs-lockstep --help\n`);
		return exitCodes.usage;
	}
	const { stdin, stderr, env } = process;
	const terminal = describeTerminal({ stdin, stdout: stderr, env, noColour: process.argv.includes('--no-color') });
	const { places, own } = locate(invocation ?? parseCommandLine([]));
	const about = { logFile: logFile(places.logDirectory), own };
	process.stderr.write(renderError(error, { colour: terminal.colour, width: terminal.width }, about));
	return describeError(error, about).exitCode;
}
