import type { Host } from '../host/host.js';
import { type Fact, known } from './fact.js';
import type { FreeSpace } from './host-facts.js';
import { type Mount, mountOf, resolveLinks } from './mounts.js';
import { answer } from './read-text.js';

/** Where an upgrade writes: packages, module builds, modules, initramfs, our own state and logs. */
const places = [
	'/',
	'/boot',
	'/usr',
	'/lib/modules',
	'/var',
	'/var/cache/apt/archives',
	'/var/lib/dkms',
	'/var/lib/zfs-lockstep',
	'/var/log',
	'/tmp',
] as const;

/** Where systems mount the EFI system partition; the first that is a mount of its own counts. */
const efiPlaces = ['/boot/efi', '/efi', '/boot'] as const;

/** Free space of the places that an upgrade writes to. */
export async function readSpace(host: Host, mounts: Fact<readonly Mount[]>): Promise<Fact<readonly FreeSpace[]>> {
	const esp = mounts.known ? findEfiSystemPartition(mounts.value) : undefined;
	const paths = [...new Set([...places, ...(esp === undefined ? [] : [esp])])];
	const facts = await Promise.all(paths.map((path) => readFreeSpace(host, path, mounts)));
	const failed = facts.find((fact) => !fact.known);
	if (failed !== undefined) return failed;
	return known(
		facts.flatMap((fact) => (fact.known && fact.value !== undefined ? [fact.value] : [])),
		'statfs(2)',
	);
}

async function readFreeSpace(
	host: Host,
	path: string,
	mounts: Fact<readonly Mount[]>,
): Promise<Fact<FreeSpace | undefined>> {
	const found = await answer(path, () => host.files.fileSystem(path));
	if (!found.known || found.value === undefined) return found.known ? known(undefined, path) : found;
	const { freeBytes, totalBytes, readOnly } = found.value;
	const resolved = await answer(path, () => resolveLinks(host, path));
	const mount = mounts.known && resolved.known ? mountOf(mounts.value, resolved.value) : undefined;
	return known(
		{
			path,
			mountPoint: mount?.mountPoint,
			type: mount?.type,
			device: mount?.source,
			freeBytes,
			totalBytes,
			readOnly,
		},
		path,
	);
}

/** Undefined without one, and where it is not mounted. */
function findEfiSystemPartition(mounts: readonly Mount[]): string | undefined {
	return efiPlaces.find((path) => {
		const mount = mountOf(mounts, path);
		return mount?.mountPoint === path && mount.type === 'vfat';
	});
}
