import { type Fact, known } from '../facts/fact.js';
import type { HostFacts } from '../facts/host-facts.js';
import type { UpgradePlan } from './upgrade-plan.js';

/** What a plan takes over from the facts as it is. */
export type Basis = Pick<UpgradePlan, 'fromUpstream' | 'kernelPackages' | 'initramfsTool' | 'isRootOnZfs'>;

/** Unknown as soon as one of them is: a plan that is kept over a reboot holds nothing that was only presumed. */
export function findBasis({ packages, versions, rootDataset }: HostFacts): Fact<Basis> {
	const { kernelPackages, initramfsTool } = packages;
	if (!kernelPackages.known) return kernelPackages;
	if (!initramfsTool.known) return initramfsTool;
	if (!versions.packages.known) return versions.packages;
	if (!rootDataset.known) return rootDataset;
	return known(
		{
			fromUpstream: versions.packages.value.upstream,
			kernelPackages: kernelPackages.value.map(({ name }) => name),
			initramfsTool: initramfsTool.value,
			isRootOnZfs: rootDataset.value !== undefined,
		},
		initramfsTool.source,
	);
}
