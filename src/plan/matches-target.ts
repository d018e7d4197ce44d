import type { ZfsVersion } from '../zfs/version.js';
import type { UpgradePlan } from './upgrade-plan.js';

/**
 * Whether a module is the one that the plan leads to. A module that DKMS builds from the package carries the package's
 * whole version; one that comes with a kernel has a packaging of its own, and only the OpenZFS release inside counts.
 */
export function isTargetModule(version: ZfsVersion, plan: UpgradePlan): boolean {
	return plan.route === 'kernel-package'
		? version.upstream === plan.targetUpstream
		: version.full === plan.targetVersion;
}
