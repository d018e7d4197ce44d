import type { Readable } from 'node:stream';
import { errorCode, HostError } from './host-error.js';
import { quoteForDisplay } from './text.js';

/** Where programs are looked up. The caller's PATH may hold anything (sudo -E, a module system, a home folder). */
const fixedPath = '/usr/sbin:/usr/bin:/sbin:/bin';

/** The whole environment of a command: parsers need C's words, and nothing of the caller's may change a result. */
export const fixedEnvironment = {
	PATH: fixedPath,
	LC_ALL: 'C',
	HOME: '/root',
	TERM: 'dumb',
	// Seconds. By itself systemctl gives up after 25, which a busy host needs to list its units ("Failed to list unit
	// files: Connection timed out", exit 1); our own limits are longer.
	SYSTEMD_BUS_TIMEOUT: '300',
};

/** POSIX's exit code of utilities that run others, for a program that is there and cannot be executed. */
export const notExecutable = 126;

export type Ended =
	| { readonly kind: 'exited'; readonly code: number }
	| { readonly kind: 'signalled'; readonly signal: string }
	| { readonly kind: 'not-found' };

export interface Child {
	/** Undefined when it could not be started. */
	readonly pid: number | undefined;
	readonly stdout: Readable | undefined;
	readonly stderr: Readable | undefined;
	/**
	 * Resolves when the process has ended, whether or not a descendant still holds its output open.
	 * Rejects with `HostError` (`cannot-start`) when the machine could not start it (no memory, too many processes).
	 */
	readonly ended: Promise<Ended>;
	/** Signals the whole process group. */
	kill(signal: NodeJS.Signals): void;
	/** Stops waiting: closes our ends of its streams and lets this program end without it. */
	abandon(): void;
}

/** The machine could not start `program`: no memory, too many processes, arguments that are too long. */
export function cannotStart(program: string, error: unknown): HostError {
	const shown = quoteForDisplay([program]);
	const why = errorCode(error) ?? (error instanceof Error ? error.message : String(error));
	const remediation = ['See what the machine is short of: free -m; ps -e --no-headers | wc -l; ulimit -a'];
	return new HostError('cannot-start', program, `Cannot start ${shown}: ${why}.`, remediation, error);
}

/** Signals every process of the group that `pid` leads; undefined: nothing was started. */
export function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
	if (pid === undefined) return;
	try {
		process.kill(-pid, signal);
	} catch (error) {
		// Everybody in the group has ended already, or it changed its user: then it goes on without us.
		const code = errorCode(error);
		if (code !== 'ESRCH' && code !== 'EPERM') throw error;
	}
}
