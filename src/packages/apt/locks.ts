/**
 * Who holds dpkg's and apt's locks. They are fcntl locks: the file stays for ever and says nothing, the kernel's table
 * (/proc/locks, proc_locks(5)) does. `fuser` is not on every host.
 */
import { type Fact, known, unknown } from '../../facts/fact.js';
import type { Host } from '../../host/host.js';
import { stripControls } from '../../host/text.js';
import { askHost } from '../ask.js';
import type { LockHolder } from '../package-manager.js';

/** debconf's database counts: while an orphaned postinst holds it, every other postinst fails. */
const lockFiles = [
	'/var/lib/dpkg/lock-frontend',
	'/var/lib/dpkg/lock',
	'/var/lib/apt/lists/lock',
	'/var/cache/apt/archives/lock',
	'/var/cache/debconf/config.dat',
] as const;

/** The first lock that is taken, and by whom; undefined: none is. */
export async function readLockHolder(host: Host): Promise<Fact<LockHolder | undefined>> {
	// stat exits with 1 when one of the files is absent and still prints the others.
	const inodes = await askHost(host, { argv: ['stat', '--format=%i %n', ...lockFiles] }, ({ stdout }) =>
		parseInodes(stdout),
	);
	if (!inodes.known) return inodes;
	const table = await host.files.read('/proc/locks');
	if (table === undefined) return unknown('/proc/locks cannot be read');
	for (const { inode, pid } of parseLockTable(table)) {
		const lock = inodes.value.get(inode);
		if (lock !== undefined && (await hasOpen(host, pid, lock))) {
			return known({ pid, lock, command: await readCommandLine(host, pid) }, '/proc/locks');
		}
	}
	return known(undefined, '/proc/locks');
}

/** `stat --format='%i %n'`: inode to path. */
export function parseInodes(text: string): ReadonlyMap<string, string> {
	const pairs = text.split('\n').map((line) => /^(\d+) (.+)$/.exec(line));
	return new Map(pairs.filter((match) => match !== null).map((match) => [match[1] ?? '', match[2] ?? '']));
}

/** Write locks of processes; `-1` and `0` are owners that have no process here. */
export function parseLockTable(text: string): readonly { readonly inode: string; readonly pid: number }[] {
	return text.split('\n').flatMap((line) => {
		const [, pid, inode] =
			/^\d+: (?:POSIX|FLOCK|OFDLCK) +\S+ +WRITE +(\d+) [0-9a-f]+:[0-9a-f]+:(\d+) /.exec(line) ?? [];
		return pid === undefined || inode === undefined || pid === '0' ? [] : [{ inode, pid: Number(pid) }];
	});
}

/** Inode numbers repeat from file system to file system; the process's own files tell which one it is. */
async function hasOpen(host: Host, pid: number, path: string): Promise<boolean> {
	const descriptors = await host.files.list(`/proc/${pid}/fd`);
	// Without the right to look, the inode number has to do: better a lock too many than one overlooked.
	if (descriptors === undefined) return true;
	for (const descriptor of descriptors) {
		if ((await host.files.readLink(`/proc/${pid}/fd/${descriptor}`))?.endsWith(path)) return true;
	}
	return false;
}

export async function readCommandLine(host: Host, pid: number): Promise<string> {
	const text = await host.files.read(`/proc/${pid}/cmdline`);
	return stripControls(text?.replaceAll('\0', ' ').trim() ?? '') || `process ${pid}`;
}
