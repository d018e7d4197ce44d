import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Name of the variable that marks the processes of a job. */
export const jobVariable = 'ZFS_LOCKSTEP_JOB';

/**
 * Whether a process of a job lives, found by the variable that its descendants inherit. Sessions and process groups
 * would not do: apt runs dpkg in a session of its own (a pseudo-terminal), and dpkg goes on when apt was killed.
 */
export function hasJobProcesses(token: string): boolean {
	const mark = `${jobVariable}=${token}`;
	return readdirSync('/proc').some((name) => /^\d+$/.test(name) && isMarked(name, mark) && !isDaemon(name));
}

function isMarked(pid: string, mark: string): boolean {
	try {
		return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(mark);
	} catch {
		// It ended meanwhile, or belongs to another user and is none of ours.
		return false;
	}
}

/** A package may start a daemon, which stays. daemon(3) points all three streams at /dev/null. */
function isDaemon(pid: string): boolean {
	try {
		return [0, 1, 2].every((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === '/dev/null');
	} catch {
		return false;
	}
}
