/** Files beside packages and pools that decide whether the pools come back. Read as they are; nothing is run. */
import type { Host } from '../host/host.js';
import { stripControls } from '../host/text.js';
import { type Fact, known, unknown } from './fact.js';
import type { Surroundings } from './host-facts.js';
import { answer, readText } from './read-text.js';

export async function readSurroundings(host: Host): Promise<Surroundings> {
	const isMounted = host.kind === 'alternate-root';
	const [hostid, hasPoolCache, swapOnZvol, isBlockCloningOn, userNamespaces, packageListsReadAt] = await Promise.all([
		readHostid(host, isMounted),
		readPoolCache(host),
		readSwapOnZvol(host, isMounted),
		isMounted ? unknown<undefined>(notRunning) : readSwitch(host, '/sys/module/zfs/parameters/zfs_bclone_enabled'),
		isMounted ? unknown<boolean>(notRunning) : readUserNamespaces(host),
		readPackageListsTime(host),
	]);
	return {
		hostid,
		hasPoolCache,
		swapOnZvol,
		isBlockCloningOn,
		allowsUserNamespaces: userNamespaces,
		packageListsReadAt,
	};
}

const notRunning = 'the mounted system does not run; /proc and /sys speak of the rescue system';
const hostidFile = '/etc/hostid';
const hostidParameter = '/sys/module/spl/parameters/spl_hostid';

/** As zone_get_hostid of module/os/linux/spl/spl-generic.c has it: the parameter, else four bytes of the file. */
async function readHostid(host: Host, isMounted: boolean): Promise<Surroundings['hostid']> {
	if (!isMounted) {
		const parameter = await readText(host, hostidParameter);
		if (!parameter.known) return parameter;
		if (Number(parameter.value?.trim() ?? 0) > 0) return known('set', hostidParameter);
	}
	const stat = await answer(hostidFile, () => host.files.stat(hostidFile));
	if (!stat.known) return stat;
	if (stat.value === undefined) return known('missing', hostidFile);
	const text = await readText(host, hostidFile);
	if (!text.known) return text;
	// The bytes are binary; only whether all of them are zero survives being read as text.
	const isUsable = stat.value.size >= 4 && !/^\0{4}/.test(text.value ?? '');
	return known(isUsable ? 'set' : 'unusable', hostidFile);
}

async function readPoolCache(host: Host): Promise<Fact<boolean>> {
	const path = '/etc/zfs/zpool.cache';
	return answer(path, async () => ((await host.files.stat(path))?.size ?? 0) > 0);
}

/** Below an alternate root /proc/swaps is the rescue system's. */
async function readSwapOnZvol(host: Host, isMounted: boolean): Promise<Surroundings['swapOnZvol']> {
	const paths = isMounted ? ['/etc/fstab'] : ['/proc/swaps', '/etc/fstab'];
	const texts = await Promise.all(paths.map((path) => readText(host, path)));
	const failed = texts.find((text) => !text.known);
	if (failed !== undefined && !failed.known) return failed;
	const devices = texts.flatMap((text) => (text.known ? findSwapOnZvol(text.value ?? '') : []));
	return known([...new Set(devices)], paths.join(', '));
}

/** Reads proc_swaps(5) and fstab(5) alike: the device stands first, and `swap` or a kind of swap behind it. */
function findSwapOnZvol(text: string): readonly string[] {
	return text.split('\n').flatMap((line) => {
		const [device = '', second = '', third = ''] = line.trim().split(/\s+/);
		if (!/^\/dev\/(?:zd\d+|zvol\/)/.test(device)) return [];
		return third === 'swap' || second === 'partition' || second === 'file' ? [stripControls(device)] : [];
	});
}

/** A parameter of a module: 0 or another number. Undefined inside a known fact: there is no such parameter. */
async function readSwitch(host: Host, path: string): Promise<Fact<boolean | undefined>> {
	const text = await readText(host, path);
	if (!text.known) return text;
	const value = text.value?.trim();
	if (value === undefined) return known(undefined, path);
	return /^\d+$/.test(value) ? known(Number(value) !== 0, path) : unknown(`${path} holds no number`);
}

/** user_namespaces(7); the second switch is Debian's own. */
async function readUserNamespaces(host: Host): Promise<Fact<boolean>> {
	const limit = await readSwitch(host, '/proc/sys/user/max_user_namespaces');
	if (!limit.known) return limit;
	// A kernel without user namespaces has no such file.
	if (limit.value === undefined) return known(false, limit.source);
	const allowed = await readSwitch(host, '/proc/sys/kernel/unprivileged_userns_clone');
	if (!allowed.known) return allowed;
	return known(limit.value && allowed.value !== false, limit.source);
}

/** `apt-get update` moves files through `partial`, also where nothing is new. */
async function readPackageListsTime(host: Host): Promise<Surroundings['packageListsReadAt']> {
	const paths = [
		'/var/lib/apt/lists',
		'/var/lib/apt/lists/partial',
		'/var/lib/apt/periodic/update-success-stamp',
	] as const;
	return answer(paths[0], async () => {
		const stats = await Promise.all(paths.map((path) => host.files.stat(path)));
		const times = stats.flatMap((stat) => (stat === undefined ? [] : [stat.mtime]));
		return times.length === 0 ? undefined : Math.max(...times);
	});
}
