/** The kernel that a kernel-package route would boot: where the module comes with the kernel, a newer one brings it. */
import { type Fact, known } from '../facts/fact.js';
import type { HostFacts } from '../facts/host-facts.js';
import type { Host } from '../host/host.js';
import { compareDebianVersions } from '../packages/debian-version.js';
import type { PackageManager } from '../packages/package-manager.js';

interface KernelUpgrade {
	/** Kernel that boots after the upgrade of the kernel's packages. */
	readonly bootKernel: string;
	/** Installed packages that follow the newest kernel. */
	readonly kernelPackages: readonly string[];
	/** It comes with the upgrade; the version of its module is known only when it is there. */
	readonly isNew: boolean;
}

export type KernelUpgradeResult =
	| { readonly kind: 'kernel'; readonly upgrade: KernelUpgrade }
	| { readonly kind: 'removes'; readonly names: readonly string[] }
	| { readonly kind: 'impossible'; readonly reasons: readonly string[] }
	/** Neither a new kernel nor one that surely boots next. */
	| { readonly kind: 'unknown-kernel'; readonly why: string };

/** Simulates the upgrade of the packages that follow the newest kernel. */
export async function foreseeKernelUpgrade(
	host: Host,
	manager: PackageManager,
	{ packages, boot }: HostFacts,
): Promise<Fact<KernelUpgradeResult>> {
	if (!packages.kernelPackages.known) return packages.kernelPackages;
	const kernelPackages = packages.kernelPackages.value.map(({ name }) => name);
	const source = packages.kernelPackages.source;
	const stay = (): KernelUpgradeResult =>
		boot.nextKernel.known
			? { kind: 'kernel', upgrade: { bootKernel: boot.nextKernel.value, kernelPackages, isNew: false } }
			: { kind: 'unknown-kernel', why: boot.nextKernel.why };
	if (kernelPackages.length === 0) return known(stay(), source);
	const simulation = await manager.simulate(host, {
		direction: 'forward',
		from: { kind: 'archive', packages: kernelPackages.map((name) => ({ name })) },
		changeHeld: true,
	});
	if (!simulation.known) return simulation;
	if (simulation.value.kind === 'impossible') return known(simulation.value, simulation.source);
	const { install, remove } = simulation.value.transaction;
	if (remove.length > 0) return known({ kind: 'removes', names: remove.map(({ name }) => name) }, simulation.source);
	const newest = install
		.flatMap(({ name }) => kernelReleaseOf(name) ?? [])
		.toSorted((a, b) => compareDebianVersions(b, a))[0];
	if (newest === undefined) return known(stay(), simulation.source);
	return known({ kind: 'kernel', upgrade: { bootKernel: newest, kernelPackages, isNew: true } }, simulation.source);
}

/** `6.8.0-50-generic` of `linux-image-6.8.0-50-generic`, `6.8.12-4-pve` of `proxmox-kernel-6.8.12-4-pve-signed`. */
function kernelReleaseOf(name: string): string | undefined {
	return /^(?:linux-image(?:-unsigned)?|(?:proxmox|pve)-kernel)-(\d+\.\d+\.\d+.*?)(?:-signed)?$/.exec(name)?.[1];
}
