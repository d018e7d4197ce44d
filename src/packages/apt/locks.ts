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
	const files = await readIdentities(host, lockFiles);
	if (!files.known) return files;
	const table = await host.files.read('/proc/locks');
	if (table === undefined) return unknown('/proc/locks cannot be read');
	for (const { inode, pid } of parseLockTable(table)) {
		const candidates = files.value.filter(({ identity }) => identity.endsWith(`:${inode}`));
		const lock = candidates.length > 0 ? await findOpenFile(host, pid, candidates) : undefined;
		if (lock !== undefined) return known({ pid, lock, command: await readCommandLine(host, pid) }, '/proc/locks');
	}
	return known(undefined, '/proc/locks');
}

/** A file by device and inode, the only name that holds across namespaces. */
interface IdentifiedFile {
	readonly identity: string;
	readonly path: string;
}

function readIdentities(host: Host, paths: readonly string[]): Promise<Fact<readonly IdentifiedFile[]>> {
	// stat exits with 1 when one of the files is absent and still prints the others.
	const command = { argv: ['stat', '--dereference', '--format=%d:%i %n', ...paths] } as const;
	return askHost(host, command, ({ stdout }) => parseIdentities(stdout));
}

/** Reads `stat --format='%d:%i %n'`. */
function parseIdentities(text: string): readonly IdentifiedFile[] {
	return text.split('\n').flatMap((line) => {
		const [, identity, path] = /^(\d+:\d+) (.+)$/.exec(line) ?? [];
		return identity === undefined || path === undefined ? [] : [{ identity, path }];
	});
}

/** Write locks of processes; `-1` and `0` are owners that have no process here. */
export function parseLockTable(text: string): readonly { readonly inode: string; readonly pid: number }[] {
	return text.split('\n').flatMap((line) => {
		const [, pid, inode] =
			/^\d+: (?:POSIX|FLOCK|OFDLCK) +\S+ +WRITE +(\d+) [0-9a-f]+:[0-9a-f]+:(\d+) /.exec(line) ?? [];
		return pid === undefined || inode === undefined || pid === '0' ? [] : [{ inode, pid: Number(pid) }];
	});
}

/**
 * Which of the files the process has open. The table's inode numbers repeat from file system to file system, and its
 * device numbers are not those of stat on overlay and btrfs; a container's dpkg locks a file of the same name.
 */
async function findOpenFile(host: Host, pid: number, files: readonly IdentifiedFile[]): Promise<string | undefined> {
	const descriptors = await host.files.list(`/proc/${pid}/fd`);
	// Without the right to look, the inode number has to do: better a lock too many than one overlooked.
	if (descriptors === undefined) return files[0]?.path;
	const paths = descriptors.map((descriptor) => `/proc/${pid}/fd/${descriptor}`);
	const open = paths.length === 0 ? undefined : await readIdentities(host, paths);
	if (open === undefined || !open.known) return undefined;
	return files.find(({ identity }) => open.value.some((each) => each.identity === identity))?.path;
}

async function readCommandLine(host: Host, pid: number): Promise<string> {
	const text = await host.files.read(`/proc/${pid}/cmdline`);
	return stripControls(text?.replaceAll('\0', ' ').trim() ?? '') || `process ${pid}`;
}
