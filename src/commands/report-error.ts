import process from 'node:process';
import { exitCodes } from '../engine/exit-codes.js';
import { describeError, renderError } from '../ui/render-error.js';
import { describeTerminal } from '../ui/terminal.js';
import { UsageError } from './parse.js';

/** Shows an error on standard error and says the exit code. The only place that does. */
export function reportError(error: unknown): number {
	if (error instanceof UsageError) {
		process.stderr.write(`zfs-lockstep: ${error.message}\nTry: zfs-lockstep --help\n`);
		return exitCodes.usage;
	}
	const { stdin, stderr, env } = process;
	const terminal = describeTerminal({ stdin, stdout: stderr, env, noColour: process.argv.includes('--no-color') });
	const logFile = '/var/log/zfs-lockstep/events.jsonl';
	process.stderr.write(renderError(error, { colour: terminal.colour, width: terminal.width, logFile }));
	return describeError(error, logFile).exitCode;
}
