import type { HostFacts, KernelFacts } from '../../src/facts/host-facts.js';
import { isTargetModule } from '../../src/plan/matches-target.js';
import type { UpgradePlan } from '../../src/plan/upgrade-plan.js';

/** What is missing before a kernel may be booted, in the administrator's words; empty: it is proven. */
export interface KernelProof {
	readonly kernel: string;
	readonly problems: readonly string[];
	/** What was read, one line. */
	readonly evidence: string;
}

/** With zfs-initramfs (or zfs-dracut) or a root pool the initramfs loads its own copy of the module. */
function initramfsMustHoldModule(facts: HostFacts, plan: UpgradePlan): boolean {
	const packages = facts.packages.installed.known ? facts.packages.installed.value.map((one) => one.name) : [];
	return plan.isRootOnZfs || packages.some((name) => name === 'zfs-initramfs' || name === 'zfs-dracut');
}

function proveKernel(kernel: KernelFacts, facts: HostFacts, plan: UpgradePlan): KernelProof {
	const problems: string[] = [];
	const evidence: string[] = [];
	const { moduleOnDisk, initramfs } = kernel;
	if (!moduleOnDisk.known) {
		problems.push(`the module on disk could not be read: ${moduleOnDisk.why}`);
	} else if (moduleOnDisk.value === undefined) {
		problems.push('there is no zfs module on disk');
	} else {
		evidence.push(`${moduleOnDisk.value.path} is ${moduleOnDisk.value.version.full}`);
		if (!isTargetModule(moduleOnDisk.value.version, plan)) {
			problems.push(`the module on disk is ${moduleOnDisk.value.version.full}, not ${plan.targetVersion}`);
		}
		const secureBoot = facts.boot.secureBoot;
		if (secureBoot.known && secureBoot.value === 'enabled' && moduleOnDisk.value.signer === undefined) {
			problems.push('Secure Boot is on and the module is not signed: the kernel would reject it');
		}
	}
	if (!initramfs.known) {
		problems.push(`the initramfs could not be looked into: ${initramfs.why}`);
	} else if (initramfs.value?.version !== undefined) {
		evidence.push(`${initramfs.value.path} holds ${initramfs.value.version.full}`);
		if (!isTargetModule(initramfs.value.version, plan)) {
			problems.push(`the initramfs holds ${initramfs.value.version.full}, not ${plan.targetVersion}`);
		}
	} else if (initramfsMustHoldModule(facts, plan)) {
		problems.push(initramfs.value === undefined ? 'there is no initramfs' : 'the initramfs holds no zfs module');
	}
	return { kernel: kernel.release, problems, evidence: `${kernel.release}: ${evidence.join('; ') || 'nothing found'}` };
}

/**
 * Whether each kernel of the plan would load the target module: the file on disk *and* the copy inside its initramfs,
 * because the packages' own trigger rebuilds only the newest kernel's. Pure.
 */
export function proveModules(facts: HostFacts, plan: UpgradePlan): readonly KernelProof[] {
	if (!facts.kernels.known) {
		const problem = `the installed kernels could not be read: ${facts.kernels.why}`;
		return plan.kernels.map((kernel) => ({ kernel, problems: [problem], evidence: `${kernel}: unknown` }));
	}
	const kernels = facts.kernels.value;
	return plan.kernels.map((release) => {
		const kernel = kernels.find((one) => one.release === release);
		return kernel === undefined
			? { kernel: release, problems: ['it is not installed any more'], evidence: `${release}: not installed` }
			: proveKernel(kernel, facts, plan);
	});
}
