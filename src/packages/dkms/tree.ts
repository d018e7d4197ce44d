/**
 * What DKMS has of a version for a kernel, read from its tree as dkms 2.8 to 3.2 itself reads it (is_module_built,
 * is_module_installed). `dkms status` compares every module of every kernel for it: ten seconds on a slow host.
 * `version` is OpenZFS's own, `2.3.2`. All throw HostError where the tree cannot be read.
 */
import type { Host } from '../../host/host.js';

const tree = '/var/lib/dkms/zfs';

/** Whether the module is built for a kernel, compressed or not. */
export async function isBuilt(host: Host, version: string, kernel: string): Promise<boolean> {
	const folder = `${tree}/${version}/${kernel}`;
	const architectures = (await host.files.list(folder)) ?? [];
	const built = await Promise.all(architectures.map((name) => host.files.list(`${folder}/${name}/module`)));
	return built.some((names) => names?.some((name) => /^zfs\.ko(?:\.(?:gz|xz|zst|bz2))?$/.test(name)));
}

/** Whether what was built for a kernel is in its place: DKMS makes the link when all modules are. */
export async function isInstalled(host: Host, version: string, kernel: string): Promise<boolean> {
	if (!(await isBuilt(host, version, kernel))) return false;
	const architectures = (await host.files.list(`${tree}/${version}/${kernel}`)) ?? [];
	const links = await Promise.all(architectures.map((name) => host.files.readLink(`${tree}/kernel-${kernel}-${name}`)));
	return links.some((target, index) => {
		const place = `${version}/${kernel}/${architectures[index]}`;
		return target === place || target === `${tree}/${place}`;
	});
}
