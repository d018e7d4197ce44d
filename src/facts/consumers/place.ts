/** Where a path lies: on ZFS or not, and on which dataset. */
import path from 'node:path';
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
export async function readPlace(host: Host, mounts: Fact<readonly Mount[]>, place: string): Promise<Place> {
	const resolved = await resolveLinks(host, place);
	const [stat, fileSystem] = await Promise.all([host.files.stat(resolved), host.files.fileSystem(resolved)]);
	const mount = mounts.known ? mountOf(mounts.value, resolved) : undefined;
	const isOnZfs = fileSystem?.type === zfsMagic;
	return {
		path: place,
		resolved,
		exists: stat !== undefined,
		isOnZfs,
		dataset: isOnZfs && mount?.type === 'zfs' ? mount.source : undefined,
		isMountPoint: mount?.mountPoint === resolved,
	};
}

/** The folder above, as text: as `filepath.Dir` of a clean path it follows no links. */
export function parentOf(file: string): string {
	return path.posix.dirname(path.posix.normalize(file));
}
