/** The kernels that are installed, with what belongs to each. */
import { type Fact, known, unknown } from '../../facts/fact.js';
import type { Host } from '../../host/host.js';
import { compareDebianVersions } from '../debian-version.js';

export interface InstalledKernel {
	/** As `uname -r` says it: `6.1.0-56-amd64`. */
	readonly release: string;
	/** Absolute path of the image. */
	readonly image: string;
	/** Absolute path of the initramfs; undefined: there is none. */
	readonly initramfs: string | undefined;
}

/** Names that distributions give to images and initramfs files of one release. */
const imageNames = (release: string) => [`vmlinuz-${release}`, `vmlinux-${release}`, `kernel-${release}`];
const initramfsNames = (release: string) => [`initrd.img-${release}`, `initramfs-${release}.img`, `initrd-${release}`];

/**
 * Newest first. A folder of modules without an image is no installed kernel: removed ones leave theirs behind when
 * DKMS or the administrator put files in it.
 */
export async function readInstalledKernels(host: Host): Promise<Fact<readonly InstalledKernel[]>> {
	const releases = await host.files.list('/lib/modules');
	const boot = await host.files.list('/boot');
	if (releases === undefined) return unknown('/lib/modules cannot be read');
	if (boot === undefined) return unknown('/boot cannot be read');
	const kernels: InstalledKernel[] = [];
	for (const release of releases.toSorted((a, b) => compareDebianVersions(b, a))) {
		const image = imageNames(release).find((name) => boot.includes(name));
		if (image === undefined) continue;
		const initramfs = initramfsNames(release).find((name) => boot.includes(name));
		kernels.push({
			release,
			image: `/boot/${image}`,
			initramfs: initramfs && `/boot/${initramfs}`,
		});
	}
	return known(kernels, '/lib/modules, /boot');
}
