import { readFileSync } from 'node:fs';

/**
 * One process and no other: a pid alone is reused, after a reboot at once. The start time is field 22 of
 * /proc/PID/stat (clock ticks after boot, proc_pid_stat(5)).
 */
export interface ProcessIdentity {
	readonly pid: number;
	readonly startTime: string;
	readonly bootId: string;
}

/** Changes with every boot (random(4)). */
function readBootId(): string {
	return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
}

/** Undefined when there is no such process, or only its zombie. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
	let stat: string;
	try {
		stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
	} catch {
		return undefined;
	}
	// The second field is the program's name in parentheses and may itself hold spaces and parentheses.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	const [state, startTime] = [fields[0], fields[19]];
	if (startTime === undefined || state === 'Z' || state === 'X') return undefined;
	return { pid, startTime, bootId: readBootId() };
}

/** Identity of this process. */
export function identifySelf(): ProcessIdentity {
	const identity = identifyProcess(process.pid);
	if (identity === undefined) throw new Error('/proc is not mounted: a process cannot be told from another.');
	return identity;
}

/** False for another process that got the same pid, in this boot or a later one. */
export function isAlive(identity: ProcessIdentity): boolean {
	const found = identifyProcess(identity.pid);
	return found !== undefined && found.startTime === identity.startTime && found.bootId === identity.bootId;
}
