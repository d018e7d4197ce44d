import type { Host } from '../../host/host.js';

/**
 * Whether DKMS has built the module for a kernel: the file that `is_module_built` of dkms 2.8 to 3.2 looks for,
 * compressed or not. `dkms status` compares every module of every kernel for it, which takes ten seconds on a slow host.
 * @param version OpenZFS's own, `2.3.2`
 * @throws HostError where DKMS's tree cannot be read
 */
export async function isBuilt(host: Host, version: string, kernel: string): Promise<boolean> {
	const folder = `/var/lib/dkms/zfs/${version}/${kernel}`;
	const architectures = (await host.files.list(folder)) ?? [];
	const built = await Promise.all(architectures.map((name) => host.files.list(`${folder}/${name}/module`)));
	return built.some((names) => names?.some((name) => /^zfs\.ko(?:\.(?:gz|xz|zst|bz2))?$/.test(name)));
}
