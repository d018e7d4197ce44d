/** Processes and locks of the simulated machine, as ps and /proc show them. */
import { createHash } from 'node:crypto';
import type { Machine } from './machine.js';

export interface Process {
	readonly pid: number;
	readonly name: string;
	readonly argv: readonly string[];
	/** Files that it has open, by descriptor. */
	readonly open: Readonly<Record<string, string>>;
}

/** Inode of the process namespace that everything here is in. */
export const processNamespace = '4026531836';

const lockFiles = ['/var/lib/dpkg/lock-frontend', '/var/lib/dpkg/lock'];

export function processes(machine: Machine): readonly Process[] {
	const always: readonly Process[] = [
		{ pid: 1, name: 'systemd', argv: ['/sbin/init'], open: {} },
		{ pid: 301, name: 'systemd-journal', argv: ['/lib/systemd/systemd-journald'], open: {} },
		{ pid: 611, name: 'cron', argv: ['/usr/sbin/cron', '-f'], open: {} },
		{ pid: 655, name: 'sshd', argv: ['sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups'], open: {} },
	];
	const zed = machine.units['zfs-zed.service'];
	const daemons: readonly Process[] =
		zed?.activeState === 'active' ? [{ pid: zed.mainPid, name: 'zed', argv: ['/usr/sbin/zed', '-F'], open: {} }] : [];
	return [...always, ...daemons, ...lockHolders(machine), ...jobProcesses(machine)];
}

function lockHolders({ aptLock, clock }: Machine): readonly Process[] {
	if (aptLock === null || clock >= aptLock.until) return [];
	const argv = ['/usr/bin/python3', '/usr/bin/unattended-upgrade'];
	return [{ pid: aptLock.pid, name: aptLock.process, argv, open: descriptors(lockFiles) }];
}

function jobProcesses(machine: Machine): readonly Process[] {
	const running = Object.values(machine.jobs).filter(({ state }) => state === 'running');
	return running.flatMap(({ spec }, index) =>
		spec.work.commands.map(({ argv }, step): Process => {
			const isTransaction = argv[0] === 'apt-get' && !argv.includes('--simulate');
			const open = isTransaction ? descriptors(lockFiles) : {};
			return { pid: 20000 + index * 10 + step, name: argv[0].split('/').at(-1) ?? '', argv, open };
		}),
	);
}

function descriptors(files: readonly string[]): Readonly<Record<string, string>> {
	return Object.fromEntries(files.map((path, index) => [String(4 + index), path]));
}

/** A file's inode number: as good as any that does not change. */
export function inodeOf(path: string): number {
	return (createHash('sha256').update(path).digest().readUInt32BE() % 8_000_000) + 100;
}

/** proc_locks(5): write locks of processes on dpkg's files. */
export function lockTable(machine: Machine): string {
	const held = processes(machine).flatMap(({ pid, open }) => Object.values(open).map((path) => [pid, path] as const));
	return held
		.map(([pid, path], index) => `${index + 1}: POSIX  ADVISORY  WRITE ${pid} fe:01:${inodeOf(path)} 0 EOF\n`)
		.join('');
}
