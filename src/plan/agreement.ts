/** Whether every part of OpenZFS on the host is at one version already. */
import type { Fact } from '../facts/fact.js';
import type { HostFacts, KernelFacts } from '../facts/host-facts.js';
import { isSameRelease, type ZfsVersion } from '../zfs/version.js';
import { laggingPackages, type PackageSet } from './package-set.js';

/** A part that is not at the target, or of which it is not known. */
export interface Lag {
	/** `the loaded module`, `the initramfs of kernel 6.1.0-56-amd64`. */
	readonly part: string;
	/** Its version; or what is the matter. */
	readonly found: string;
}

/** What is left to do; empty: nothing. */
export function findLag(facts: HostFacts, set: PackageSet, target: Target): readonly Lag[] {
	return [
		...laggingPackages(set, target.version).map(({ name, version: found, isComplete }) => ({
			part: `the package ${name}`,
			found: isComplete ? found : `${found}, not completely installed`,
		})),
		...findToolsLag(facts, target),
		...modulesOf(facts).flatMap(({ part, fact, mayBeAbsent }) => {
			if (!fact.known) return [{ part, found: `unknown (${fact.why})` }];
			if (fact.value === undefined) return mayBeAbsent ? [] : [{ part, found: 'none' }];
			return isAtTarget(fact.value, target, set) ? [] : [{ part, found: fact.value.full }];
		}),
	];
}

/** The tools that really run: others in /usr/local would shadow the package's. They may not tell their packaging. */
function findToolsLag({ versions }: HostFacts, { parsed }: Target): readonly Lag[] {
	const part = 'the tools';
	const { userspace } = versions;
	if (!userspace.known) return [{ part, found: `unknown (${userspace.why})` }];
	return isSameRelease(userspace.value, parsed) ? [] : [{ part, found: userspace.value.full }];
}

interface Part {
	readonly part: string;
	readonly fact: Fact<ZfsVersion | undefined>;
	/** An initramfs without a module is in order where the module is loaded from the disk. */
	readonly mayBeAbsent: boolean;
}

function modulesOf({ kernels, versions, machine }: HostFacts): readonly Part[] {
	const loaded: Part = { part: 'the loaded module', fact: versions.loadedModule, mayBeAbsent: false };
	const next: Part = { part: 'the module of the next boot', fact: versions.nextModule, mayBeAbsent: false };
	const files = kernels.known ? kernels.value.filter(({ isNext }) => isNext).flatMap(filesOf) : [];
	const isMounted = machine.environment.known && machine.environment.value === 'alternate-root';
	return [...(isMounted ? [] : [loaded]), next, ...files];
}

function filesOf({ release, moduleOnDisk, initramfs }: KernelFacts): readonly Part[] {
	const disk = moduleOnDisk.known ? { ...moduleOnDisk, value: moduleOnDisk.value?.version } : moduleOnDisk;
	const inside = initramfs.known ? { ...initramfs, value: initramfs.value?.version } : initramfs;
	return [
		{ part: `the module on disk for kernel ${release}`, fact: disk, mayBeAbsent: false },
		{ part: `the module in the initramfs of kernel ${release}`, fact: inside, mayBeAbsent: true },
	];
}

/** Where to go: a full package version and the OpenZFS version in it. */
export interface Target {
	readonly version: string;
	readonly parsed: ZfsVersion;
}

/**
 * The module that DKMS builds carries the full version of its package. One that comes with the kernel was packaged on
 * its own (Ubuntu's 2.2.2-0ubuntu9 beside tools 2.2.2-0ubuntu9.4): there the OpenZFS release has to do.
 */
export function isAtTarget(found: ZfsVersion, target: Target, { dkmsSource }: PackageSet): boolean {
	return dkmsSource === undefined ? isSameRelease(found, target.parsed) : found.full === target.version;
}
