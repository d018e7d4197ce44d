/** Where a path lies: on ZFS or not, and on which dataset. */
import type { Host } from '../../host/host.js';
import type { Fact } from '../fact.js';
import { type Mount, mountOf, resolveLinks } from '../mounts.js';

/** statfs(2) f_type of ZFS (module/os/linux/zfs/zfs_vfsops.c, ZFS_SUPER_MAGIC). */
const zfsMagic = 0x2fc12fc1;

export interface Place {
	/** As it is configured. */
	readonly path: string;
	/** Without symbolic links. */
	readonly resolved: string;
	readonly exists: boolean;
	/** By statfs(2) of the path, or of the nearest folder above it that exists. */
	readonly isOnZfs: boolean;
	/** Of the mount that it lies on; undefined where that is no ZFS, or could not be told. */
	readonly dataset: string | undefined;
	readonly isMountPoint: boolean;
}

/** @throws HostError */
export async function readPlace(host: Host, mounts: Fact<readonly Mount[]>, path: string): Promise<Place> {
	const resolved = await resolveLinks(host, path);
	const [stat, fileSystem] = await Promise.all([host.files.stat(resolved), host.files.fileSystem(resolved)]);
	const mount = mounts.known ? mountOf(mounts.value, resolved) : undefined;
	const isOnZfs = fileSystem?.type === zfsMagic;
	return {
		path,
		resolved,
		exists: stat !== undefined,
		isOnZfs,
		dataset: isOnZfs && mount?.type === 'zfs' ? mount.source : undefined,
		isMountPoint: mount?.mountPoint === resolved,
	};
}

/** The folder above, as text: `dirname` of Go and C follows no links. */
export function parentOf(path: string): string {
	const clean = path.replaceAll(/\/+/g, '/').replace(/(.)\/$/, '$1');
	return clean.slice(0, Math.max(clean.lastIndexOf('/'), 0)) || '/';
}
