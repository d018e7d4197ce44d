import type { Command, CommandResult } from './host.js';
import { HostError } from './host-error.js';
import { stripControls } from './text.js';

/** The argument array that runs a command inside the host's root. */
export function enterRoot(command: Command, root: string): [string, ...string[]] {
	return isInside(command, root) ? ['chroot', root, ...command.argv] : [...command.argv];
}

/**
 * The outcome of the command itself: chroot(1) says with 127 that there is no such program and with 125 that it
 * could not enter the root; a program may use these codes too, so its words decide.
 * Throws `HostError` (`cannot-start`) where the root could not be entered.
 */
export function readOutcome(
	command: Command,
	root: string,
	outcome: CommandResult['outcome'],
	stderr: string,
): CommandResult['outcome'] {
	if (!isInside(command, root) || outcome.kind !== 'exited' || !stderr.startsWith('chroot: ')) return outcome;
	if (outcome.code === 127) return { kind: 'not-found' };
	if (outcome.code === 125) {
		throw new HostError('cannot-start', root, `Cannot enter the root: ${stripControls(stderr).trim()}.`, [
			'Run as root, and see that the root is mounted: findmnt --target ROOT'.replace('ROOT', root),
		]);
	}
	return outcome;
}

function isInside(command: Command, root: string): boolean {
	return root !== '/' && command.outsideRoot !== true;
}
