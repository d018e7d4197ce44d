/** The LXD snap, which brings ZFS tools of its own (canonical/lxd-pkg-snap, snapcraft/commands/daemon.start). */
import type { Host } from '../../host/host.js';
import { type Fact, known, unknown } from '../fact.js';
import { readConfig, textAt } from './config.js';
import { parseEnvironment } from './services.js';

export interface LxdSnap {
	readonly version: Fact<string>;
	/** Series `x.y` of OpenZFS whose tools are inside. Undefined: the snap is not mounted, as below an alternate root. */
	readonly toolSeries: readonly string[] | undefined;
	/** `zfs.external`: it uses the host's tools. */
	readonly usesHostTools: boolean;
	/** Pools in files of its own. */
	readonly hasPoolFiles: boolean;
}

/** Where snapd mounts snaps: Debian and Ubuntu, and everybody else. */
export const lxdSnapFolders = ['/snap/lxd/current', '/var/lib/snapd/snap/lxd/current'] as const;
const common = '/var/snap/lxd/common';

/** @throws ConfigError, HostError */
export async function readLxdSnap(host: Host): Promise<LxdSnap> {
	const [usual, other] = lxdSnapFolders;
	const snap = (await host.files.stat(usual)) === undefined ? other : usual;
	const [names, manifest, settings, disks] = await Promise.all([
		host.files.list(snap),
		readConfig(host, `${snap}/meta/snap.yaml`, 'yaml'),
		host.files.read(`${common}/config`),
		host.files.list(`${common}/lxd/disks`),
	]);
	const version = manifest && textAt(manifest, 'version');
	return {
		version: version === undefined ? unknown(`${snap}/meta/snap.yaml tells none`) : known(version, 'meta/snap.yaml'),
		toolSeries: names?.includes('meta') ? names.flatMap((name) => /^zfs-(\d+\.\d+)$/.exec(name)?.[1] ?? []) : undefined,
		// daemon.start sources this file; without it, or without the line, it takes its own tools.
		usesHostTools: parseEnvironment(settings ?? '').get('zfs_external') === 'true',
		hasPoolFiles: (disks ?? []).some((name) => name.endsWith('.img')),
	};
}
