/** Which kernels get the new module when DKMS builds it. */
import type { HostFacts, KernelFacts } from '../facts/host-facts.js';
import { type KernelSupport, kernelSupport } from '../knowledge/kernel-support.js';

/** Why a kernel is left as it is. */
export type LeftOut =
	| { readonly kind: 'no-headers'; readonly release: string }
	| { readonly kind: 'headers-unknown'; readonly release: string; readonly why: string }
	| { readonly kind: 'unsupported'; readonly release: string; readonly support: 'too-new' | 'too-old' };

export interface KernelChoice {
	/** What the next boot starts. */
	readonly bootKernel: string;
	/** Kernels to build for, `bootKernel` first, then newest first. */
	readonly kernels: readonly string[];
	/** Problems of the kernel that boots next or runs now. It is built for all the same: the build decides. */
	readonly doubtful: readonly LeftOut[];
	/** Other installed kernels that get no module of the target version. */
	readonly leftOut: readonly LeftOut[];
	/** Why `bootKernel` is only presumed: all installed kernels are built for then. */
	readonly bootKernelPresumed: string | undefined;
	/** The target is newer than what this program knows: the build itself will show what it supports. */
	readonly isSupportUnknown: boolean;
}

export type KernelChoiceResult =
	| { readonly kind: 'chosen'; readonly choice: KernelChoice }
	| { readonly kind: 'none'; readonly why: string };

/**
 * The running kernel, the one that boots next, and every other installed kernel that has headers and that the target
 * supports: what the boot menu offers should find a module too.
 * @param target OpenZFS version in any spelling
 */
export function chooseKernels(facts: HostFacts, target: string): KernelChoiceResult {
	if (!facts.kernels.known) return { kind: 'none', why: facts.kernels.why };
	const boot = findBootKernel(facts, facts.kernels.value);
	if (boot === undefined) {
		const { nextKernel } = facts.boot;
		return { kind: 'none', why: nextKernel.known ? `${nextKernel.value} is not installed` : nextKernel.why };
	}
	const problems = new Map(facts.kernels.value.map((kernel) => [kernel.release, findProblem(kernel, target)]));
	const isWanted = (kernel: KernelFacts) => kernel === boot || kernel.isRunning;
	const others = facts.kernels.value.filter((kernel) => !isWanted(kernel));
	const wanted = [boot, ...facts.kernels.value.filter((kernel) => isWanted(kernel) && kernel !== boot)];
	const problemsOf = (kernels: readonly KernelFacts[]) =>
		kernels.map(({ release }) => problems.get(release)).filter((problem) => problem !== undefined);
	return {
		kind: 'chosen',
		choice: {
			bootKernel: boot.release,
			kernels: [...wanted, ...others.filter(({ release }) => problems.get(release) === undefined)].map(
				({ release }) => release,
			),
			doubtful: problemsOf(wanted),
			leftOut: problemsOf(others),
			bootKernelPresumed: facts.boot.nextKernel.known ? undefined : facts.boot.nextKernel.why,
			isSupportUnknown: facts.kernels.value.some(({ release }) => kernelSupport(target, release) === 'unknown-release'),
		},
	};
}

/** Without the boot loader's word: the running kernel, or the only one. Below an alternate root none runs. */
function findBootKernel({ boot }: HostFacts, kernels: readonly KernelFacts[]): KernelFacts | undefined {
	const { nextKernel } = boot;
	if (nextKernel.known) return kernels.find(({ release }) => release === nextKernel.value);
	const running = kernels.find(({ isRunning }) => isRunning);
	return running ?? (kernels.length === 1 ? kernels[0] : undefined);
}

function findProblem({ release, headers }: KernelFacts, target: string): LeftOut | undefined {
	if (!headers.known) return { kind: 'headers-unknown', release, why: headers.why };
	if (!headers.value) return { kind: 'no-headers', release };
	const support: KernelSupport = kernelSupport(target, release);
	return support === 'too-new' || support === 'too-old' ? { kind: 'unsupported', release, support } : undefined;
}
