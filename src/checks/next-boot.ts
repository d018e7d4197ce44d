/** What the next boot will bring; said also when nothing is upgraded (openzfs/zfs#14803). */
import type { KernelFacts } from '../facts/host-facts.js';
import { pairVerdict } from '../knowledge/abi.js';
import { isSameRelease } from '../zfs/version.js';
import { count, listSome } from './amounts.js';
import type { Finding, Remediation } from './finding.js';
import { fine, found } from './kind.js';
import { nextBootKinds as kinds } from './kinds/next-boot.js';
import {
	areToolsAbsent,
	type CheckInput,
	type CheckTopic,
	isAlternateRoot,
	isSaidByPlan,
	plannedUpgrade,
} from './topic.js';

function checkNextBoot(input: CheckInput): readonly Finding[] {
	const { kernels, rootDataset } = input.facts;
	if (areToolsAbsent(input)) return [];
	if (!kernels.known) {
		return [
			found(kinds.kernelsUnknown, 'blocker', {
				title: 'The installed kernels could not be read',
				detail: `${kernels.why}. ${kinds.kernelsUnknown.why}`,
			}),
		];
	}
	return [
		...judgeNextKernel(input),
		...judgeNextVersions(input),
		...judgeInitramfs(kernels.value),
		...judgeOtherKernels(kernels.value, rootDataset.known && rootDataset.value !== undefined),
		...judgePendingReboot(input),
	];
}

function judgeNextKernel(input: CheckInput): readonly Finding[] {
	const { nextKernel } = input.facts.boot;
	if (nextKernel.known || isSaidByPlan(input, 'plan.next-kernel-presumed')) return [];
	return [
		found(kinds.nextKernelUnknown, 'warning', {
			title: 'It is not known which kernel boots next',
			detail: `${nextKernel.why}. ${kinds.nextKernelUnknown.why}`,
		}),
	];
}

function judgeNextVersions(input: CheckInput): readonly Finding[] {
	const { nextModule, userspace, loadedModule } = input.facts.versions;
	const { nextKernel } = input.facts.boot;
	if (!nextKernel.known || !nextModule.known || !userspace.known) {
		const why = [nextKernel, nextModule, userspace].flatMap((fact) => (fact.known ? [] : [fact.why]));
		return [
			found(kinds.nextVersions, 'warning', {
				title: 'It cannot be told what the next boot brings',
				detail: `${[...new Set(why)].join('; ')}. ${kinds.nextVersions.why}`,
			}),
		];
	}
	if (nextModule.value === undefined) return [nothingToLoad(input, nextKernel.value)];
	const [tools, module] = [userspace.value, nextModule.value];
	const brings = `Kernel ${nextKernel.value}, module ${module.full} (${nextModule.source}), tools ${tools.full}.`;
	const { verdict } = pairVerdict(tools.upstream, module.upstream);
	if (verdict === 'abi-break') {
		return [
			found(kinds.nextVersions, 'blocker', {
				title: 'After the next boot tools and module would break each other',
				detail: `${brings} Exactly one of them is 2.3.1: zfs send -I and -R would fail.`,
				remediation: [
					{ text: 'Do not reboot before both halves are of one release.', commands: [['zfs-lockstep', 'plan']] },
				],
			}),
		];
	}
	const runs = loadedModule.known && loadedModule.value !== undefined ? loadedModule.value : undefined;
	if (!isSameRelease(tools, module)) {
		return [
			found(kinds.nextVersions, 'warning', {
				title: `After the next boot the tools (${tools.upstream}) and the module (${module.upstream}) would differ`,
				detail: `${brings} Loaded now: ${runs?.full ?? 'no module that is known'}. Mixed versions are not supported.`,
				remediation: [
					{ text: 'Bring both halves to one release before the reboot.', commands: [['zfs-lockstep', 'plan']] },
				],
			}),
		];
	}
	if (runs !== undefined && runs.full !== module.full) {
		return [
			found(kinds.nextVersions, 'warning', {
				title: `The next boot loads ${module.full} instead of ${runs.full}: a reboot is pending`,
				detail: `${brings} Somebody has upgraded OpenZFS and not rebooted since.`,
				remediation: [
					{
						text: 'Reboot when it suits; until then tools and module may differ.',
						commands: [['systemctl', 'reboot']],
					},
				],
			}),
		];
	}
	return [fine(kinds.nextVersions, `The next boot brings OpenZFS ${module.full}, module and tools alike`, brings)];
}

function nothingToLoad(input: CheckInput, kernel: string): Finding {
	const plan = plannedUpgrade(input);
	// Where the module comes with the kernel, the upgrade makes another kernel the next one.
	const isPlanned = plan !== undefined && (plan.kernels.includes(kernel) || plan.route === 'kernel-package');
	const build: Remediation = {
		text: `Build the module for ${kernel}, rebuild its initramfs, and look again.`,
		commands: [
			['dkms', 'autoinstall', '-k', kernel],
			['update-initramfs', '-u', '-k', kernel],
		],
	};
	return found(kinds.nextVersions, isPlanned ? 'warning' : 'blocker', {
		title: `The kernel that boots next, ${kernel}, finds no zfs module`,
		detail: isPlanned
			? `A reboot now would bring up no pool. The planned upgrade brings OpenZFS ${plan.targetVersion} to ${plan.bootKernel} and proves that before its reboot.`
			: 'A reboot now would bring up no pool, and with root on ZFS no system.',
		remediation: isPlanned ? [{ text: 'Do not reboot before the upgrade has got there.' }, build] : [build],
	});
}

function judgeInitramfs(kernels: readonly KernelFacts[]): readonly Finding[] {
	return kernels.flatMap(({ release, isNext, moduleOnDisk, initramfs }) => {
		const severity = isNext ? 'warning' : 'notice';
		if (!initramfs.known) {
			return [
				found(kinds.initramfsUnknown, severity, {
					title: `The initramfs of ${release} could not be looked into`,
					detail: `${initramfs.why}. ${kinds.initramfsUnknown.why}`,
					remediation: [
						{ text: kinds.initramfsUnknown.action, commands: [['lsinitramfs', `/boot/initrd.img-${release}`]] },
					],
				}),
			];
		}
		const inside = initramfs.value?.version;
		const onDisk = moduleOnDisk.known ? moduleOnDisk.value?.version : undefined;
		// Without a module inside it is the system itself that loads the one on disk.
		if (inside === undefined || !moduleOnDisk.known || inside.full === onDisk?.full) return [];
		return [
			found(kinds.initramfsDiffers, severity, {
				title: `The initramfs of ${release} holds another module than the disk`,
				detail: `Inside ${initramfs.value?.path}: ${inside.full}; on disk: ${onDisk?.full ?? 'none'}. ${kinds.initramfsDiffers.why}`,
				remediation: [{ text: kinds.initramfsDiffers.action, commands: [['update-initramfs', '-u', '-k', release]] }],
			}),
		];
	});
}

function judgeOtherKernels(kernels: readonly KernelFacts[], isRootOnZfs: boolean): readonly Finding[] {
	const others = kernels.filter(({ isNext }) => !isNext);
	const without = others.filter((kernel) => findsNoModule(kernel, isRootOnZfs));
	const unknown = others.flatMap(({ release, moduleOnDisk }) =>
		moduleOnDisk.known ? [] : [`${release}: ${moduleOnDisk.why}`],
	);
	const findings: Finding[] = [];
	if (without.length > 0) {
		const names = without.map(({ release }) => release);
		findings.push(
			found(kinds.kernelWithoutModule, 'warning', {
				title: `${count(without.length, 'installed kernel')} without a zfs module: ${listSome(names)}`,
				detail: kinds.kernelWithoutModule.why,
				remediation: [
					{
						text: kinds.kernelWithoutModule.action,
						commands: names.slice(0, 3).map((release) => ['dkms', 'autoinstall', '-k', release]),
					},
				],
			}),
		);
	}
	if (unknown.length > 0) {
		findings.push(
			found(kinds.kernelWithoutModule, 'warning', {
				title: `It could not be read whether ${count(unknown.length, 'installed kernel')} would find a zfs module`,
				detail: `${listSome(unknown, 3)}. ${kinds.kernelWithoutModule.why}`,
				remediation: [
					{
						text: 'Ask the module by hand.',
						commands: others.slice(0, 3).map(({ release }) => ['modinfo', '-k', release, 'zfs']),
					},
				],
			}),
		);
	}
	return findings;
}

/** With root on ZFS only what is inside the initramfs counts; without an initramfs the kernel loads from the disk. */
function findsNoModule({ moduleOnDisk, initramfs }: KernelFacts, isRootOnZfs: boolean): boolean {
	const isInitramfsEmpty = initramfs.known && initramfs.value !== undefined && initramfs.value.version === undefined;
	return (moduleOnDisk.known && moduleOnDisk.value === undefined) || (isRootOnZfs && isInitramfsEmpty);
}

function judgePendingReboot(input: CheckInput): readonly Finding[] {
	const { rebootPending, runningKernel, nextKernel } = input.facts.boot;
	if (!rebootPending.known && !isAlternateRoot(input)) {
		return [
			found(kinds.rebootPending, 'notice', {
				title: 'Whether a reboot was pending before could not be read',
				detail: `${rebootPending.why}. ${kinds.rebootPending.why}`,
				remediation: [{ text: 'Look by hand.', commands: [['ls', '-l', '/run/reboot-required']] }],
			}),
		];
	}
	if (rebootPending.known && rebootPending.value.length > 0) {
		return [
			found(kinds.rebootPending, 'warning', {
				title: 'A reboot was pending before this upgrade began',
				detail: `Asked for by ${listSome(rebootPending.value)}. ${kinds.rebootPending.why}`,
			}),
		];
	}
	if (!runningKernel.known || !nextKernel.known || runningKernel.value === nextKernel.value) return [];
	return [
		found(kinds.rebootPending, 'notice', {
			title: `The next boot starts another kernel: ${nextKernel.value}`,
			detail: `Running is ${runningKernel.value}. ${kinds.rebootPending.why}`,
		}),
	];
}

export const nextBootTopic: CheckTopic = { check: checkNextBoot, kinds: Object.values(kinds) };
