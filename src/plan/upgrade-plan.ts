export type Route = 'dkms-ahead' | 'module-package' | 'kernel-package' | 'one-transaction' | 'refuse';

/** What the run is going to do. Made once from the facts, shown, agreed to and then kept: plain data, stored in the state. */
export interface UpgradePlan {
	readonly route: Route;
	/** Why this route, from what the host itself said: one or two sentences. */
	readonly reason: string;
	/** Full package version that the userspace and the module will have, `2.3.2-2~bpo12+2`. */
	readonly targetVersion: string;
	/** Its OpenZFS part, `2.3.2`. */
	readonly targetUpstream: string;
	/** Full package version of the userspace at the start, `2.1.11-1+deb12u1`; the way back leads here. */
	readonly fromVersion: string;
	readonly fromUpstream: string;
	/** Kernel release that will boot next; the proof before the reboot is about this one. */
	readonly bootKernel: string;
	/** Kernel releases that get the new module, `bootKernel` among them. */
	readonly kernels: readonly string[];
	/** Source package of the set: `zfs-linux`. */
	readonly source: string;
	/** Installed packages of the OpenZFS set, without the libraries that change their names. */
	readonly packages: readonly string[];
	/** Packages that the full transaction installs under a new name (`libzfs6linux`). */
	readonly packagesNew: readonly string[];
	/** Old SONAME libraries that it removes; nothing else may go. */
	readonly packagesRemoved: readonly string[];
	/** Package that carries the module: `zfs-dkms`, or the kernel image's package. */
	readonly modulePackage: string;
	/** Kernel packages to hold meanwhile (`linux-image-amd64`, ...). */
	readonly kernelPackages: readonly string[];
	readonly initramfsTool: 'initramfs-tools' | 'dracut' | 'none';
	readonly isRootOnZfs: boolean;
}
