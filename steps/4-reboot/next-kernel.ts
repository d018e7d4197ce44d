import type { Finding } from '../../src/checks/finding.js';
import type { Fact } from '../../src/facts/fact.js';
import { guarded } from '../../src/facts/read-text.js';
import type { Host } from '../../src/host/host.js';
import { readInstalledKernels } from '../../src/packages/boot/installed-kernels.js';
import { readNextKernel } from '../../src/packages/boot/next-kernel.js';
import { advise, failureOf } from '../5-verify/advice.js';
import { readBootOnce } from '../boot-once.js';
import type { StepContext, StepOutcome, StepRun } from '../step.js';

const id = 'reboot.next-kernel';

/** Read anew: the plan is from before step 3, which may have brought the kernel, and from before a power cut. */
async function readNext(host: Host): Promise<Fact<string>> {
	return guarded('the next kernel', async () => {
		const kernels = await readInstalledKernels(host);
		return kernels.known ? readNextKernel(host, kernels.value) : kernels;
	});
}

/** What the boot loader would do instead of starting this kernel; undefined: nothing else that could be read. */
async function findObstacle(host: Host, kernel: string, once: Fact<unknown>): Promise<string | undefined> {
	const next = await readNext(host);
	if (next.known && next.value !== kernel) return `The next boot starts kernel ${next.value}, not ${kernel}`;
	const isLost = once.known && once.value === undefined;
	return isLost ? `The boot menu ${once.source} has no entry for kernel ${kernel}` : undefined;
}

function refuse(context: StepContext, title: string, once: Fact<readonly string[] | undefined>): Finding {
	const { bootKernel, targetVersion } = context.plan();
	const command = once.known ? once.value : undefined;
	return {
		id,
		severity: 'blocker',
		title,
		detail:
			`OpenZFS ${targetVersion} was proven for ${bootKernel}. The menu of the boot loader was not written anew, was lost in ` +
			'a power cut, or somebody has changed its default. Nothing was rebooted.',
		remediation: [
			advise('Write the menu anew.', ['update-grub']),
			...(command === undefined ? [] : [advise(`Or choose ${bootKernel} for the next boot only.`, command)]),
			advise('To reboot all the same.', ['zfs-lockstep', '--ignore-check', id]),
		],
		source: 'grub-set-default(8); /boot/grub/grub.cfg, grubenv',
	};
}

/**
 * Stops before a reboot into a kernel for which nothing was proven. What the boot loader does not tell stops nothing:
 * the plan has warned of it.
 */
export async function* refuseOtherKernel(context: StepContext): StepRun<StepOutcome | undefined> {
	const { bootKernel } = context.plan();
	const once = await readBootOnce(context.host, bootKernel);
	const obstacle = await findObstacle(context.host, bootKernel, once);
	if (obstacle === undefined) return undefined;
	const finding = refuse(context, obstacle, once);
	if (context.options.ignoredChecks.includes(id)) {
		yield { type: 'finding', finding: { ...finding, ignored: true } };
		return undefined;
	}
	yield { type: 'finding', finding };
	return { kind: 'failed', rollbackNeeded: false, failure: failureOf([finding], context.ownCommands) };
}
