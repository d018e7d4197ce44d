/** What is worth knowing of a plan that can go ahead; a blocker among them stops the run unless it is ignored by name. */
import type { Finding } from '../checks/finding.js';
import { kernelRuleOf } from '../knowledge/kernel-support.js';
import { releaseOf } from '../knowledge/releases.js';
import type { TargetChoice } from './choose-target.js';
import type { SetTransaction } from './full-set.js';
import type { KernelChoice, LeftOut } from './kernel-choice.js';

type Chosen = Extract<TargetChoice, { kind: 'chosen' }>;

/** @param asked `--target`, if it was given */
export function targetNotices(
	target: Chosen,
	candidate: string | undefined,
	asked: string | undefined,
): readonly Finding[] {
	const newest = target.newer[0];
	const newer: readonly Finding[] =
		newest === undefined
			? []
			: [
					{
						id: 'plan.newer-version-on-offer',
						severity: 'notice',
						title: `A newer version is on offer: ${newest.version}`,
						detail: `The target is ${target.version}${asked === undefined ? '' : ' as asked for'}; ${target.newer.map(({ version, suites }) => `${version} (${suites.join(', ')})`).join('; ')} could be had too.`,
						remediation: [
							{ text: 'To take it instead, name it.', commands: [['zfs-lockstep', '--target', newest.version]] },
						],
						source: 'apt-cache policy',
					},
				];
	if (asked !== undefined || candidate === undefined || candidate === target.version || target.suites.length === 0)
		return newer;
	return [
		...newer,
		{
			id: 'plan.target-beyond-candidate',
			severity: 'notice',
			title: `The target ${target.version} comes from ${target.suites.join(', ')}`,
			detail: `It is the newest version that any configured archive offers. A plain upgrade would take ${candidate}, because of the archives' priorities.`,
			remediation: [{ text: 'To stay with that one, name it.', commands: [['zfs-lockstep', '--target', candidate]] }],
			source: 'apt-cache policy, apt_preferences(5)',
		},
	];
}

export function transactionNotices({ bystanders, held }: SetTransaction): readonly Finding[] {
	const others: readonly Finding[] =
		bystanders.length === 0
			? []
			: [
					{
						id: 'plan.other-packages-change',
						severity: 'notice',
						title: `Packages outside OpenZFS change as well: ${bystanders.map(({ name }) => name).join(', ')}`,
						detail: bystanders.map(({ name, from, to }) => `${name}: ${from ?? 'new'} -> ${to ?? 'gone'}`).join('; '),
						remediation: [
							{ text: 'Nothing is to be done if these are welcome; they come as dependencies of the target.' },
						],
						source: 'apt-get --simulate',
					},
				];
	if (held.length === 0) return others;
	return [
		...others,
		{
			id: 'plan.packages-held',
			severity: 'warning',
			title: `Packages of the set are on hold: ${held.join(', ')}`,
			detail: 'The upgrade changes them all the same and leaves the holds in place.',
			remediation: [
				{ text: 'If the hold is meant to keep this version, stop here.', commands: [['apt-mark', 'showhold']] },
			],
			source: 'apt-mark(8)',
		},
	];
}

/** @param target OpenZFS version */
export function kernelNotices(choice: KernelChoice, target: string): readonly Finding[] {
	return [
		...choice.doubtful.map((problem) => kernelFinding(problem, target, 'blocker')),
		...choice.leftOut.map((problem) => kernelFinding(problem, target, 'warning')),
		...(choice.bootKernelPresumed === undefined ? [] : [presumedKernel(choice.bootKernel, choice.bootKernelPresumed)]),
		...(choice.isSupportUnknown ? [unknownRelease(target)] : []),
	];
}

function kernelFinding(problem: LeftOut, target: string, severity: 'blocker' | 'warning'): Finding {
	const { release } = problem;
	const consequence =
		severity === 'blocker'
			? `The new module must be built for ${release} before the reboot.`
			: `It gets no new module, and the package transaction takes the old one away: booted from the menu it will find no ZFS.`;
	switch (problem.kind) {
		case 'no-headers':
			return {
				id: 'plan.kernel-headers-missing',
				severity,
				title: `Kernel ${release} has no headers installed`,
				detail: `DKMS skips a kernel without headers, with exit code 0. ${consequence}`,
				remediation: [
					{ text: 'Install its headers.', commands: [['apt-get', 'install', `linux-headers-${release}`]] },
					...(severity === 'warning' ? [{ text: 'Or remove the kernel if it is not needed any more.' }] : []),
				],
				source: 'measured with dkms 3.0.10 and 3.2.2',
			};
		case 'headers-unknown':
			return {
				id: 'plan.kernel-headers-unknown',
				severity,
				title: `It is not known whether kernel ${release} has headers`,
				detail: `${problem.why}. ${consequence}`,
				remediation: [{ text: 'Look at the folder.', commands: [['ls', '-l', `/lib/modules/${release}/build`]] }],
				source: 'what could not be read is never guessed',
			};
		case 'unsupported': {
			const known = releaseOf(target);
			const range = known === undefined ? 'unknown' : `${known.linuxMin} to ${known.linuxMax}`;
			const rule = kernelRuleOf(target);
			const effect = problem.support === 'too-new' ? rule?.aboveMaximum : rule?.belowMinimum;
			return {
				id: `plan.kernel-${problem.support}`,
				severity,
				title: `OpenZFS ${target} does not support kernel ${release}`,
				detail: `It supports Linux ${range}${effect === undefined ? '' : `: ${effect}`}. ${consequence}`,
				remediation: [
					{ text: 'Choose a release that supports the kernel.', commands: [['zfs-lockstep', 'compat']] },
					{ text: 'Or make a supported kernel the default, and boot it first.' },
				],
				source: rule?.source.join(', ') ?? 'META of the release',
			};
		}
	}
}

function presumedKernel(release: string, why: string): Finding {
	return {
		id: 'plan.next-kernel-presumed',
		severity: 'warning',
		title: `It is not known which kernel boots next; ${release} is presumed`,
		detail: `${why}. The module is built for every installed kernel that can be built for, so that any of them finds it.`,
		remediation: [{ text: 'Look at the boot loader and make sure that one of these kernels is its default.' }],
		source: 'what could not be read is never guessed',
	};
}

function unknownRelease(target: string): Finding {
	return {
		id: 'plan.release-not-in-table',
		severity: 'notice',
		title: `OpenZFS ${target} is newer than this program's table of releases`,
		detail: 'Which kernels it supports is not known here; the build, which changes nothing yet, will show it.',
		remediation: [{ text: 'Read its release notes for the range of kernels.' }],
		source: 'the table of releases',
	};
}

/** A kernel that is still to come brings a module whose version the archive's lists do not tell. */
export function newKernelNotice(release: string, target: string): Finding {
	return {
		id: 'plan.kernel-module-version-unknown',
		severity: 'notice',
		title: `Kernel ${release} brings its own module`,
		detail: `Which OpenZFS it carries is read from its files once it is installed, before the reboot; the tools go to ${target} only afterwards.`,
		remediation: [{ text: "Nothing is to be done; the changelog of the kernel's package may name the version." }],
		source: 'the archive lists versions of packages, not of the modules inside',
	};
}
