import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { errorCode } from './host-error.js';

/** How a program that had the terminal to itself ended: its exit code, or 128 and the signal's number as shells say it. */
export type InheritedEnd = { readonly kind: 'ended'; readonly code: number } | { readonly kind: 'not-found' };

/** What a service manager sends to us alone. */
const passedOn = ['SIGTERM', 'SIGHUP'] as const;

/** A terminal sends these to the whole group: the program hears them itself and decides, as with system(3). */
const leftToTheProgram = ['SIGINT', 'SIGQUIT'] as const;

/**
 * Runs a program of the caller's with the caller's own terminal, environment and PATH, and waits for it. Only for
 * `guard`, which stands in front of somebody else's command; everything of ours goes through `Host`.
 */
export function runInherited([program, ...args]: readonly [string, ...string[]]): Promise<InheritedEnd> {
	return new Promise((resolve, reject) => {
		const child = spawn(program, args, { stdio: 'inherit' });
		for (const signal of passedOn) process.on(signal, () => child.kill(signal));
		for (const signal of leftToTheProgram) process.on(signal, () => undefined);
		child.once('error', (error) => {
			if (errorCode(error) === 'ENOENT') resolve({ kind: 'not-found' });
			else reject(error);
		});
		child.once('exit', (code, signal) => {
			resolve({ kind: 'ended', code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]) });
		});
	});
}
