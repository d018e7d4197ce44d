/** What is mounted where, from /proc/self/mountinfo (proc_pid_mountinfo(5)). */
import type { Host } from '../host/host.js';
import { type Fact, known, unknown } from './fact.js';
import { readText } from './read-text.js';

export interface Mount {
	/** As the host sees it: below an alternate root, relative to that root. */
	readonly mountPoint: string;
	/** `zfs`, `ext4`, `vfat`, `overlay`, ... */
	readonly type: string;
	/** Dataset, device or whatever the file system calls its source. */
	readonly source: string;
}

const mountInfo = '/proc/self/mountinfo';
/** As in the kernel (path_resolution(7)). */
const linkLimit = 40;

/**
 * All mounts, the uppermost last. The file speaks of this program's own mounts, so below an alternate root only what is
 * mounted below it counts.
 */
export async function readMounts(host: Host): Promise<Fact<readonly Mount[]>> {
	const text = await readText(host, mountInfo);
	if (!text.known) return text;
	if (text.value === undefined) return unknown(`${mountInfo} is missing`);
	return known(
		parseMounts(text.value).flatMap((mount) => {
			const mountPoint = belowRoot(mount.mountPoint, host.root);
			return mountPoint === undefined ? [] : [{ ...mount, mountPoint }];
		}),
		mountInfo,
	);
}

/** The path without symbolic links (`/lib` is one on most systems), as far as it exists. Throws `HostError`. */
export async function resolveLinks(host: Host, path: string): Promise<string> {
	const resolved: string[] = [];
	const pending = namesIn(path);
	for (let links = 0, name = pending.shift(); name !== undefined && links <= linkLimit; name = pending.shift()) {
		if (name === '..') {
			resolved.pop();
			continue;
		}
		const target = await host.files.readLink(`/${[...resolved, name].join('/')}`);
		if (target === undefined) {
			resolved.push(name);
			continue;
		}
		links += 1;
		if (target.startsWith('/')) resolved.length = 0;
		pending.unshift(...namesIn(target));
	}
	return `/${resolved.join('/')}`;
}

function namesIn(path: string): string[] {
	return path.split('/').filter((name) => name !== '' && name !== '.');
}

/** The mount that a path lies on. @param path without symbolic links */
export function mountOf(mounts: readonly Mount[], path: string): Mount | undefined {
	return mounts.reduce<Mount | undefined>((best, mount) => {
		if (belowRoot(path, mount.mountPoint) === undefined) return best;
		// A later mount on the same point lies over the earlier one.
		return best === undefined || mount.mountPoint.length >= best.mountPoint.length ? mount : best;
	}, undefined);
}

export function parseMounts(text: string): readonly Mount[] {
	return text.split('\n').flatMap((line) => {
		const fields = line.split(' ');
		// The number of optional fields before the dash varies.
		const [, type, source] = fields.slice(fields.indexOf('-', 6));
		const mountPoint = fields[4];
		if (mountPoint === undefined || type === undefined || source === undefined) return [];
		return [{ mountPoint: unescapeOctal(mountPoint), type, source: unescapeOctal(source) }];
	});
}

function belowRoot(path: string, root: string): string | undefined {
	if (root === '/') return path;
	if (path === root) return '/';
	return path.startsWith(`${root}/`) ? path.slice(root.length) : undefined;
}

/** Space, tab, newline and backslash are written as `\040` and so on. */
function unescapeOctal(text: string): string {
	return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
