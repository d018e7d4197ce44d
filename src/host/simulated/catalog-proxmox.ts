/**
 * Kernels of Proxmox VE 8 that bring their own OpenZFS module. Source: packages.md 1.9 (debian/rules and control.in of
 * pve-kernel): modules below /lib/modules/RELEASE/zfs, no relation to the tools.
 */
import { createHash } from 'node:crypto';
import type { PackageRecord } from './catalog.js';

interface ProxmoxKernel {
	readonly release: string;
	/** OpenZFS version of its module. */
	readonly module: string;
}

/** Oldest first. */
const kernels: readonly ProxmoxKernel[] = [
	{ release: '6.8.12-4-pve', module: '2.2.6-pve1' },
	{ release: '6.8.12-10-pve', module: '2.2.7-pve2' },
];

/** The kernel that a package brings; undefined when it is no kernel of Proxmox. */
export function proxmoxKernelOf(packageName: string): ProxmoxKernel | undefined {
	return kernels.find(({ release }) => packageName === `proxmox-kernel-${release}-signed`);
}

/** What is installed with a kernel: its image, the package that follows its series, the default one. */
export function installedProxmoxKernels(release: string): readonly PackageRecord[] {
	return proxmoxKernels.filter(
		({ name, version: one }) => name === 'proxmox-default-kernel' || one === release.replace(/-pve$/, ''),
	);
}

const version = ({ release }: ProxmoxKernel) => release.replace(/-pve$/, '');

export const proxmoxKernels: readonly PackageRecord[] = [
	...kernels.flatMap((kernel) => [
		make(`proxmox-kernel-${kernel.release}-signed`, version(kernel), 'Proxmox Kernel Image (signed)', ''),
		make(
			'proxmox-kernel-6.8',
			version(kernel),
			'Latest Proxmox Kernel Image',
			`proxmox-kernel-${kernel.release}-signed | proxmox-kernel-${kernel.release}`,
		),
	]),
	make('proxmox-default-kernel', '1.1.0', 'Default Proxmox Kernel Image', 'proxmox-kernel-6.8'),
];

function make(name: string, itsVersion: string, description: string, depends: string): PackageRecord {
	const checksum = (algorithm: 'md5' | 'sha256') => createHash(algorithm).update(`${name} ${itsVersion}`).digest('hex');
	const isImage = proxmoxKernelOf(name) !== undefined;
	return {
		name,
		version: itsVersion,
		architecture: 'amd64',
		source: isImage ? 'proxmox-kernel-signed-6.8' : 'proxmox-kernel-meta',
		component: 'pve-no-subscription',
		section: 'kernel',
		suite: 'pve',
		isMultiArchSame: false,
		installedSize: isImage ? 613_000 : 12,
		size: isImage ? 104_857_600 : 2_000,
		md5: checksum('md5'),
		sha256: checksum('sha256'),
		depends,
		preDepends: '',
		recommends: '',
		suggests: '',
		breaks: '',
		conflicts: '',
		replaces: '',
		provides: '',
		description,
	};
}
