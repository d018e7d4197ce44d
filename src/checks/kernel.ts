/** Kernels, their headers, DKMS and Secure Boot. Which kernels get the planned module is the planner's to tell. */
import type { Fact } from '../facts/fact.js';
import type { KernelFacts } from '../facts/host-facts.js';
import { kernelSupport, kernelWithin } from '../knowledge/kernel-support.js';
import { releaseOf } from '../knowledge/releases.js';
import type { DkmsEntry } from '../packages/dkms/status.js';
import type { ZfsVersion } from '../zfs/version.js';
import { listSome } from './amounts.js';
import type { Finding } from './finding.js';
import { fine, found } from './kind.js';
import { kernelKinds as kinds } from './kinds/kernel.js';
import { areToolsAbsent, type CheckInput, type CheckTopic, plannedUpgrade } from './topic.js';

function checkKernel(input: CheckInput): readonly Finding[] {
	if (areToolsAbsent(input)) return [];
	const findings = [...judgeSupport(input), ...judgeOffered(input)];
	if (!isBuiltByDkms(input)) return findings;
	return [...findings, ...judgeHeaders(input), ...judgeDkms(input), ...judgeKey(input)];
}

/** The release that both halves will be of; without a plan the installed one. */
function relevantRelease(input: CheckInput): string | undefined {
	const { packages, userspace } = input.facts.versions;
	const installed = packages.known ? packages : userspace;
	return plannedUpgrade(input)?.targetUpstream ?? (installed.known ? installed.value.upstream : undefined);
}

function judgeSupport(input: CheckInput): readonly Finding[] {
	const plan = plannedUpgrade(input);
	const { nextKernel } = input.facts.boot;
	const kernel = plan?.bootKernel ?? (nextKernel.known ? nextKernel.value : undefined);
	const release = relevantRelease(input);
	// The module of a kernel's own package was built and tested with that kernel.
	if (kernel === undefined || release === undefined || plan?.route === 'kernel-package') return [];
	const limits = releaseOf(release);
	const range =
		limits && `OpenZFS ${release} is made for Linux ${limits.linuxMin} to ${limits.linuxMax}; kernel ${kernel}.`;
	switch (kernelSupport(release, kernel)) {
		case 'supported':
			return [fine(kinds.support, `OpenZFS ${release} supports kernel ${kernel}`, range ?? '')];
		case 'too-new':
		case 'too-old':
			// With a plan the planner says it, as a blocker.
			if (plan !== undefined || providerOfNext(input) === 'kernel') return [];
			return [
				found(kinds.support, 'warning', {
					title: `OpenZFS ${release} does not support kernel ${kernel}`,
					detail: `${range} ${kinds.support.why}`,
				}),
			];
		default:
			return [];
	}
}

/** `6.1.192-2` of `linux-image-amd64` stands for a kernel 6.1. */
function judgeOffered(input: CheckInput): readonly Finding[] {
	const { kernelPackages, offers } = input.facts.packages;
	const limits = releaseOf(relevantRelease(input) ?? '');
	if (limits === undefined || !kernelPackages.known || !offers.known || providerOfNext(input) === 'kernel') return [];
	const tooNew = kernelPackages.value.flatMap(({ name, version }) => {
		const candidate = offers.value.get(name)?.candidate;
		const isNews = candidate !== undefined && candidate !== version;
		return isNews && kernelWithin(limits, candidate) === 'too-new' ? [{ name, candidate }] : [];
	});
	if (tooNew.length === 0) return [];
	return [
		found(kinds.offeredTooNew, 'warning', {
			title: `The archives offer a kernel that OpenZFS ${limits.version} does not support`,
			detail: `${listSome(tooNew.map(({ name, candidate }) => `${name} ${candidate}`))}; supported up to Linux ${limits.linuxMax}. ${kinds.offeredTooNew.why}`,
			remediation: [
				{ text: kinds.offeredTooNew.action, commands: [['apt-mark', 'hold', ...tooNew.map(({ name }) => name)]] },
			],
		}),
	];
}

function judgeHeaders({ facts }: CheckInput): readonly Finding[] {
	const { kernelPackages } = facts.packages;
	if (!kernelPackages.known) return [];
	const names = kernelPackages.value.map(({ name }) => name);
	const images = names.filter((name) => /^linux-image-/.test(name));
	const hasHeaders = names.some((name) =>
		/^(?:linux|proxmox|pve)-(?:default-)?headers|^linux-(?:generic|virtual)/.test(name),
	);
	const [image] = images;
	if (image === undefined || hasHeaders) return [];
	return [
		found(kinds.headersMissing, 'warning', {
			title: 'No installed package brings the headers of new kernels',
			detail: `${listSome(images)} follows new kernels, nothing follows their headers. ${kinds.headersMissing.why}`,
			remediation: [
				{
					text: kinds.headersMissing.action,
					commands: [['apt-get', 'install', image.replace(/^linux-image-/, 'linux-headers-')]],
				},
			],
		}),
	];
}

function judgeDkms(input: CheckInput): readonly Finding[] {
	const { dkms } = input.facts.packages;
	if (!dkms.known) {
		return [
			found(kinds.dkmsState, 'warning', {
				title: 'The state of DKMS could not be read',
				detail: `${dkms.why}. ${kinds.dkmsState.why}`,
			}),
		];
	}
	const entries = dkms.value ?? [];
	const wrong = entries.filter((entry) => isOutOfOrder(entry, entries));
	const findings: Finding[] = [];
	if (wrong.length > 0) {
		findings.push(
			found(kinds.dkmsState, 'warning', {
				title: `DKMS: ${listSome(wrong.map(describeEntry), 2)}`,
				detail: kinds.dkmsState.why,
			}),
		);
	}
	const { packages } = input.facts.versions;
	const isBuilt = entries.some(({ kernel, version }) => kernel !== undefined && isVersionOf(packages, version));
	if (packages.known && entries.some(({ version }) => isVersionOf(packages, version)) && !isBuilt) {
		findings.push(
			found(kinds.dkmsState, 'warning', {
				title: `DKMS has built zfs ${packages.value.upstream} for no kernel`,
				detail: `The source is in its tree and nothing else: the build failed, or was skipped for want of headers. ${kinds.dkmsState.why}`,
				remediation: [
					{
						text: 'See why, then build it.',
						commands: [
							['dkms', 'status', 'zfs'],
							['tail', '-n', '40', `/var/lib/dkms/zfs/${packages.value.upstream}/build/make.log`],
							['dkms', 'autoinstall'],
						],
					},
				],
			}),
		);
	}
	const known = [plannedUpgrade(input)?.targetUpstream, packages.known ? packages.value.upstream : undefined];
	const strange = packages.known
		? [...new Set(entries.map(({ version }) => version))].filter((version) => !known.includes(version))
		: [];
	if (strange.length > 0) {
		findings.push(
			found(kinds.dkmsState, 'notice', {
				title: `The tree of DKMS holds other versions of zfs: ${listSome(strange)}`,
				detail: `Installed is ${packages.known ? packages.value.full : 'unknown'}. ${kinds.dkmsState.why}`,
				remediation: [
					{
						text: 'If nobody needs them, remove them from the tree.',
						commands: strange.slice(0, 3).map((version) => ['dkms', 'remove', `zfs/${version}`, '--all']),
					},
				],
			}),
		);
	}
	return findings;
}

/** Built beside another version that is installed is how DKMS holds two versions; built alone is a module too few. */
function isOutOfOrder({ kernel, state, warning }: DkmsEntry, entries: readonly DkmsEntry[]): boolean {
	const isReplaced = entries.some((other) => other.kernel === kernel && other.state === 'installed');
	return state === 'broken' || warning !== undefined || (state === 'built' && !isReplaced);
}

function isVersionOf(packages: Fact<ZfsVersion>, version: string): boolean {
	return packages.known && packages.value.upstream === version;
}

function describeEntry({ module, version, kernel, state, warning }: DkmsEntry): string {
	const where = kernel === undefined ? '' : ` for ${kernel}`;
	return `${module}/${version}${where} is ${state}${warning === undefined ? '' : ` (${warning})`}`;
}

function judgeKey({ facts }: CheckInput): readonly Finding[] {
	const { secureBoot, dkmsKey } = facts.boot;
	if (!secureBoot.known || !dkmsKey.known) {
		const why = [secureBoot, dkmsKey].flatMap((fact) => (fact.known ? [] : [fact.why]));
		return [
			found(kinds.signingKey, 'warning', {
				title: 'Whether Secure Boot accepts modules built by DKMS could not be read',
				detail: `${[...new Set(why)].join('; ')}. ${kinds.signingKey.why}`,
			}),
		];
	}
	if (secureBoot.value !== 'enabled') return [];
	switch (dkmsKey.value) {
		case 'enrolled':
			return [
				fine(
					kinds.signingKey,
					'Secure Boot accepts the modules that DKMS builds',
					`The key is enrolled (${dkmsKey.source}).`,
				),
			];
		case 'not-enrolled':
		case 'blocked':
			return [
				found(kinds.signingKey, 'blocker', {
					title: `Secure Boot does not accept the modules that DKMS builds: the key is ${dkmsKey.value === 'blocked' ? 'blocked' : 'not enrolled'}`,
					detail: `${dkmsKey.source}. ${kinds.signingKey.why}`,
				}),
			];
		case 'pending':
			return [
				found(kinds.signingKey, 'warning', {
					title: 'The key of DKMS waits for its enrolment at the next boot',
					detail: `${dkmsKey.source}. Somebody has to be at the console at the next boot, else the module is refused.`,
					remediation: [
						{
							text: 'Reboot once with a person at the console and enrol the key, before the upgrade.',
							commands: [['mokutil', '--list-new']],
						},
					],
				}),
			];
		default:
			return [
				found(kinds.signingKey, 'warning', {
					title: 'Secure Boot is on and DKMS has no key yet',
					detail: `DKMS makes a key at its first build; the firmware does not know it then. ${kinds.signingKey.why}`,
				}),
			];
	}
}

/** Of the kernel that boots next; undefined where it has no module or it is not known. */
function providerOfNext({ facts }: CheckInput): NonNullable<Known<KernelFacts['provider']>>['kind'] | undefined {
	const kernels = facts.kernels.known ? facts.kernels.value : [];
	const kernel = kernels.find(({ isNext }) => isNext) ?? kernels.find(({ isRunning }) => isRunning);
	return kernel?.provider.known ? kernel.provider.value?.kind : undefined;
}

type Known<F> = F extends { readonly known: true; readonly value: infer T } ? T : never;

function isBuiltByDkms(input: CheckInput): boolean {
	const route = plannedUpgrade(input)?.route;
	const { installed } = input.facts.packages;
	const hasSource = installed.known && installed.value.some(({ name }) => /(?:^|-)zfs-dkms$/.test(name));
	return route === 'dkms-ahead' || providerOfNext(input) === 'dkms' || hasSource;
}

export const kernelTopic: CheckTopic = { check: checkKernel, kinds: Object.values(kinds) };
