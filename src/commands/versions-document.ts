import type { Fact } from '../facts/fact.js';
import type { HostFacts } from '../facts/host-facts.js';
import type { ZfsVersion } from '../zfs/version.js';

/** A version as JSON says it: the full string, `not loaded` or `none` for a known absence, null with a reason when unknown. */
function versionText(
	fact: Fact<ZfsVersion | undefined>,
	absent: string,
): { readonly value: string | null; readonly why?: string } {
	return fact.known ? { value: fact.value?.full ?? absent } : { value: null, why: fact.why };
}

/** The four versions, per kernel, and what the next boot brings. */
export function versionsDocument(facts: HostFacts) {
	const { versions, boot, kernels } = facts;
	return {
		userspace: versionText(versions.userspace, 'none'),
		loadedModule: versionText(versions.loadedModule, 'not loaded'),
		packages: versionText(versions.packages, 'none'),
		afterNextBoot: {
			kernel: boot.nextKernel.known ? boot.nextKernel.value : null,
			module: versionText(versions.nextModule, 'none'),
			userspace: versionText(versions.userspace, 'none'),
		},
		kernels: kernels.known
			? kernels.value.map((kernel) => ({
					release: kernel.release,
					isRunning: kernel.isRunning,
					isNext: kernel.isNext,
					moduleOnDisk: versionText(
						kernel.moduleOnDisk.known
							? { ...kernel.moduleOnDisk, value: kernel.moduleOnDisk.value?.version }
							: kernel.moduleOnDisk,
						'none',
					),
					moduleInInitramfs: versionText(
						kernel.initramfs.known ? { ...kernel.initramfs, value: kernel.initramfs.value?.version } : kernel.initramfs,
						'none',
					),
				}))
			: [],
	};
}
