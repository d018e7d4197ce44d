/** DKMS actions on OpenZFS, always for one named kernel: the default is the running one, which a chroot gets wrong. */
import type { Command } from '../../host/host.js';

/** Seconds that a foreground action may take; builds are jobs and have no limit. */
const quickSeconds = 600;

/** @param version OpenZFS's own, as in the folder's name: `2.3.2` */
export function addCommand(version: string): Command {
	return { argv: ['dkms', 'add', '-m', 'zfs', '-v', version], timeoutSeconds: quickSeconds };
}

/** Minutes to hours of work that changes nothing outside DKMS's own tree: the proof before anything is touched. */
export function buildCommand(version: string, kernel: string): Command {
	return { argv: ['dkms', 'build', '-m', 'zfs', '-v', version, '-k', kernel] };
}

/**
 * Puts a built module in place of any other version, without compiling. `--force`: without it dkms refuses an older
 * version than the one in place (exit code 6).
 */
export function installCommand(version: string, kernel: string): Command {
	return {
		argv: ['dkms', 'install', '--force', '-m', 'zfs', '-v', version, '-k', kernel],
		timeoutSeconds: quickSeconds,
	};
}

/**
 * Takes a version out of DKMS for all kernels; its source under /usr/src stays. Where it is the installed one, no module
 * is left: install the other version first.
 */
export function removeCommand(version: string): Command {
	return { argv: ['dkms', 'remove', '-m', 'zfs', '-v', version, '--all'], timeoutSeconds: quickSeconds };
}

/** Only where DKMS does not know the version, or cannot tell: what it once noted of it names a source that is gone. */
export function clearTreeCommand(version: string): Command {
	return { argv: ['rm', '--recursive', '--force', '--', `/var/lib/dkms/zfs/${version}`] };
}
