/** DKMS's tree as files below /var/lib/dkms, as dkms 3.0 keeps it; its status is read from them. */
import type { AbiLayout, Machine } from './machine.js';
import { type ModuleInfo, moduleFolder, moduleKinds, parseModuleFile } from './module-files.js';
import { symlink } from './node.js';
import { exists, find, listNames, makeFolder, putNode, removeTree, textOf } from './tree.js';
import { compareVersions } from './version-order.js';

export const architecture = 'x86_64';
const tree = '/var/lib/dkms/zfs';

export function sourceFolder(version: string): string {
	return `/usr/src/zfs-${version}`;
}

export function treeFolder(version: string): string {
	return `${tree}/${version}`;
}

/** While it runs, or after it failed. */
export function buildFolder(version: string): string {
	return `${tree}/${version}/build`;
}

export function builtFolder(version: string, kernel: string): string {
	return `${tree}/${version}/${kernel}/${architecture}`;
}

function kernelLink(kernel: string): string {
	return `${tree}/kernel-${kernel}-${architecture}`;
}

/** Versions in the tree, oldest first. */
export function addedVersions(machine: Machine): readonly string[] {
	const names = listNames(machine, tree) ?? [];
	return names.filter((name) => /^\d/.test(name)).sort(compareVersions);
}

export function isAdded(machine: Machine, version: string): boolean {
	return find(machine, `${treeFolder(version)}/source`, false).node !== undefined;
}

/** Kernels that a version is built for. */
export function builtKernels(machine: Machine, version: string): readonly string[] {
	return (listNames(machine, treeFolder(version)) ?? []).filter((kernel) => isBuilt(machine, version, kernel));
}

export function isBuilt(machine: Machine, version: string, kernel: string): boolean {
	return exists(machine, `${builtFolder(version, kernel)}/module/zfs.ko`);
}

/** The version whose modules DKMS has put in place for a kernel. */
export function installedVersion(machine: Machine, kernel: string): string | undefined {
	const { node } = find(machine, kernelLink(kernel), false);
	return node?.kind === 'symlink' ? node.target.split('/')[0] : undefined;
}

/** What the source says of itself; undefined when it is not whole. */
export interface Source {
	/** Of the module that it makes: `2.3.2-2~bpo12+2`. */
	readonly moduleVersion: string;
	readonly layout: AbiLayout;
}

export function readSource(machine: Machine, version: string): Source | undefined {
	const meta = textOf(machine, `${sourceFolder(version)}/META`);
	const conf = textOf(machine, `${sourceFolder(version)}/dkms.conf`);
	const ioctl = textOf(machine, `${sourceFolder(version)}/include/sys/zfs_ioctl.h`);
	const upstream = /^Version:\s+(\S+)$/m.exec(meta ?? '')?.[1];
	const release = /^Release:\s+(\S+)$/m.exec(meta ?? '')?.[1];
	if (conf === undefined || ioctl === undefined || upstream === undefined || release === undefined) return undefined;
	const layout = ioctl.includes('zi_match_count') ? 'shifted' : 'ordinary';
	return { moduleVersion: `${upstream}-${release}`, layout };
}

/** The source is known to DKMS. @throws TreeError */
export function addToTree(machine: Machine, version: string): Machine {
	const made = makeFolder(machine, treeFolder(version));
	return putNode(made, `${treeFolder(version)}/source`, symlink(sourceFolder(version), Math.floor(machine.clock)));
}

/** The modules of a version are in place for a kernel, any other version's are not. @throws TreeError */
export function installModules(machine: Machine, version: string, kernel: string): Machine {
	let changed = makeFolder(removeInstalled(machine, kernel), `/lib/modules/${kernel}/${moduleFolder}`);
	for (const name of listNames(changed, `${builtFolder(version, kernel)}/module`) ?? []) {
		const { node } = find(changed, `${builtFolder(version, kernel)}/module/${name}`);
		if (node !== undefined) changed = putNode(changed, `/lib/modules/${kernel}/${moduleFolder}/${name}`, node);
	}
	return putNode(
		changed,
		kernelLink(kernel),
		symlink(`${version}/${kernel}/${architecture}`, Math.floor(machine.clock)),
	);
}

/** The modules that DKMS has put in place for a kernel are gone; they stay built. */
export function removeInstalled(machine: Machine, kernel: string): Machine {
	const version = installedVersion(machine, kernel);
	if (version === undefined) return machine;
	const names = listNames(machine, `${builtFolder(version, kernel)}/module`) ?? [];
	const removed = names.reduce(
		(current, name) => removeTree(current, `/lib/modules/${kernel}/${moduleFolder}/${name}`),
		machine,
	);
	return removeTree(removed, kernelLink(kernel));
}

/** DKMS forgets what it built of a version for one kernel. */
export function removeBuilt(machine: Machine, version: string, kernel: string): Machine {
	const uninstalled = installedVersion(machine, kernel) === version ? removeInstalled(machine, kernel) : machine;
	return removeTree(uninstalled, `${treeFolder(version)}/${kernel}`);
}

export function removeFromTree(machine: Machine, version: string): Machine {
	return removeTree(machine, treeFolder(version));
}

/** Names of the modules that are built of a version, in DKMS's order. */
export function moduleNames(machine: Machine, version: string, kernel: string): readonly string[] {
	const built = listNames(machine, `${builtFolder(version, kernel)}/module`) ?? [];
	const known = moduleKinds(version).map(({ name }) => `${name}.ko`);
	return known.filter((name) => built.includes(name));
}

function builtModule(machine: Machine, version: string, kernel: string): ModuleInfo | undefined {
	return parseModuleFile(textOf(machine, `${builtFolder(version, kernel)}/module/zfs.ko`) ?? '');
}

/** A line for each kernel of each version, as `dkms status` prints them. */
export function statusLines(machine: Machine, version: string): readonly string[] {
	const kernels = builtKernels(machine, version);
	if (kernels.length === 0) return [`zfs/${version}: added`];
	return kernels.map((kernel) => {
		const head = `zfs/${version}, ${kernel}, ${architecture}:`;
		if (installedVersion(machine, kernel) !== version) return `${head} built`;
		const inPlace = textOf(machine, `/lib/modules/${kernel}/${moduleFolder}/zfs.ko`);
		const differs = parseModuleFile(inPlace ?? '')?.srcversion !== builtModule(machine, version, kernel)?.srcversion;
		return `${head} installed${differs ? ' (WARNING! Diff between built and installed module!)' : ''}`;
	});
}
