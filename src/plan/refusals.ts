/** Findings of a planner that will not go on: each with what was measured and the way that is left. */
import type { Finding } from '../checks/finding.js';
import type { Appliance } from '../facts/host-facts.js';
import type { Refusal } from '../packages/judge-transaction.js';
import type { Lag } from './agreement.js';
import type { TargetChoice } from './choose-target.js';
import type { SetVersion } from './package-set.js';

type Refused = Omit<Finding, 'severity'>;

export function applianceRefused({ name, kind, evidence, vendorWay }: Appliance): Refused {
	const why = {
		appliance: 'an appliance that brings OpenZFS itself; a package changed beside its updater is lost or breaks it',
		declarative: 'built from a configuration; packages changed beside it do not last',
		image: 'an image whose /usr is replaced as a whole; packages changed in it do not last',
	}[kind];
	return {
		id: `route.refused-${kind}`,
		title: `This is ${name}: its own updater upgrades OpenZFS`,
		detail: `${evidence}. It is ${why}.`,
		remediation: [{ text: vendorWay }],
		source: "the vendor's documentation",
	};
}

export function containerRefused(environment: 'container' | 'chroot'): Refused {
	return {
		id: `route.refused-${environment}`,
		title: `This is a ${environment}: its kernel is not its own`,
		detail: `The kernel module belongs to the machine around this ${environment}; tools upgraded in here would differ from it.`,
		remediation: [
			environment === 'container'
				? {
						text: 'Run zfs-lockstep on the machine that runs this container, then upgrade the tools in here to the same version.',
					}
				: { text: 'For a mounted system run it from outside.', commands: [['zfs-lockstep', '--root', '/mnt']] },
		],
		source: 'systemd-detect-virt(1)',
	};
}

export function managerRefused(manager: string): Refused {
	return {
		id: 'route.unsupported-manager',
		title: `Packages of ${manager} are not upgraded by this program`,
		detail: `The host's packages belong to ${manager}; the routes of this program drive apt and dpkg.`,
		remediation: [
			{
				text: `Take snapshots, hold replication, upgrade all OpenZFS packages in one transaction of ${manager}, reboot at once, and prove that sends work.`,
				commands: [['zfs-lockstep', 'smoke-test']],
			},
		],
		source: 'facts on package managers',
	};
}

export function factUnknown(what: string, why: string): Refused {
	return {
		id: 'plan.fact-unknown',
		title: `No plan can be made without ${what}`,
		detail: why,
		remediation: [{ text: 'Mend what is named, run as root, then look again.', commands: [['zfs-lockstep', 'check']] }],
		source: 'what could not be read is never guessed',
	};
}

export function openzfsMissing(): Refused {
	return {
		id: 'plan.openzfs-not-installed',
		title: 'OpenZFS is not installed from packages',
		detail: 'No installed package carries zfs and zpool, so there is nothing that a package transaction could upgrade.',
		remediation: [
			{ text: 'Look at where the tools come from, if there are any.', commands: [['which', '-a', 'zfs', 'zpool']] },
			{ text: 'See the wizard on a simulated host.', commands: [['zfs-lockstep', 'demo']] },
		],
		source: 'dpkg-query',
	};
}

export function targetRefused(choice: Exclude<TargetChoice, { kind: 'chosen' }>, installed: string): Refused {
	switch (choice.kind) {
		case 'not-a-version':
			return {
				id: 'plan.unknown-target',
				title: `"${choice.asked}" is not an OpenZFS version`,
				detail: choice.why,
				remediation: [{ text: 'Name a release, or a package version as apt-cache policy shows it: --target 2.3.2' }],
				source: '--target',
			};
		case 'not-on-offer':
			return {
				id: 'plan.target-not-in-archive',
				title: `OpenZFS ${choice.asked} is not in the archives of this host`,
				detail: `Installed is ${installed}. On offer: ${listVersions(choice.offered)}.`,
				remediation: [
					{ text: 'Refresh the lists of what is on offer.', commands: [['apt-get', 'update']] },
					{
						text: 'Enable the archive that carries it (on Debian often the backports), or take a version that is on offer.',
					},
				],
				source: 'apt-cache policy',
			};
		case 'downgrade':
			return {
				id: 'plan.downgrade',
				title: `${choice.version} is older than what is installed`,
				detail: `Installed is ${installed}. An older module may not import pools whose features a newer one has activated, so an upgrade never goes back.`,
				remediation: [
					{
						text: 'To undo an upgrade of this program, follow its way back.',
						commands: [['zfs-lockstep', 'rollback']],
					},
				],
				source: 'zpool-features(7)',
			};
	}
}

function listVersions(offered: readonly SetVersion[]): string {
	return offered.map(({ version, suites }) => `${version} (${suites.join(', ')})`).join('; ') || 'none';
}

export function transactionRefused(version: string, refusals: readonly Refusal[]): Refused {
	const removals = refusals.filter(({ kind }) => kind === 'removal');
	return {
		id: removals.length > 0 ? 'plan.transaction-removes-packages' : 'plan.transaction-unsuitable',
		title:
			removals.length > 0
				? `The upgrade to ${version} would remove packages: ${removals.map(({ name }) => name).join(', ')}`
				: `The package manager would not bring the whole OpenZFS set to ${version}`,
		detail: `The simulated transaction ${refusals.map(describeRefusal).join(', ')}. Only libraries whose successor comes may go.`,
		remediation: [
			{
				text: 'Look at the pins and at what the archives offer for these packages.',
				commands: [['apt-cache', 'policy', ...refusals.map(({ name }) => name)]],
			},
			{ text: 'If a package is no longer wanted, remove it by a transaction of its own first.' },
		],
		source: 'apt-get --simulate',
	};
}

function describeRefusal(refusal: Refusal): string {
	switch (refusal.kind) {
		case 'removal':
			return `removes ${refusal.name}`;
		case 'left-behind':
			return `leaves ${refusal.name} at ${refusal.version}`;
		case 'wrong-version':
			return `brings ${refusal.name} to ${refusal.version ?? 'another version'}`;
		case 'downgrade':
			return `downgrades ${refusal.name}`;
		case 'held':
			return `changes ${refusal.name}, which is on hold`;
	}
}

export function transactionImpossible(version: string, reasons: readonly string[]): Refused {
	return {
		id: 'plan.transaction-impossible',
		title: `The package manager finds no way to ${version}`,
		detail: reasons.join('; ') || 'It gives no reason.',
		remediation: [
			{
				text: 'Mend the packages first.',
				commands: [
					['apt-get', 'check'],
					['dpkg', '--audit'],
				],
			},
			{
				text: 'Look for pins and holds in the way.',
				commands: [
					['apt-cache', 'policy'],
					['apt-mark', 'showhold'],
				],
			},
		],
		source: 'apt-get --simulate',
	};
}

export function moduleRefused(kind: 'built-in' | 'no-module' | 'nobodys-module', path: string): Refused {
	const said = {
		'built-in': 'The module is built into the kernel: only a new kernel brings another one.',
		'no-module': 'No installed kernel has a zfs module, and no package that would build one is installed.',
		'nobodys-module': `${path} belongs to no package and DKMS does not know it: no transaction would upgrade it.`,
	}[kind];
	return {
		id: `route.refused-${kind}`,
		title: 'The kernel module does not come from a package',
		detail: said,
		remediation: [
			{
				text: 'See where the module comes from.',
				commands: [
					['modinfo', '-n', 'zfs'],
					['dkms', 'status'],
				],
			},
			{ text: 'Upgrade it the way it was installed; on Debian install zfs-dkms in the version of the tools first.' },
		],
		source: 'modinfo(8), dpkg-query(1)',
	};
}

export function kernelLacksTarget(bootKernel: string, target: string, lags: readonly Lag[]): Refused {
	return {
		id: 'plan.no-kernel-with-target',
		title: `No kernel on offer is known to bring OpenZFS ${target}`,
		detail: `Kernel ${bootKernel} boots next and no newer one is on offer. ${lags.map(({ part, found }) => `${part}: ${found}`).join('; ')}.`,
		remediation: [
			{
				text: 'Stay with the release of the module: name it as the target.',
				commands: [['zfs-lockstep', 'plan', '--target', 'VERSION']],
			},
			{
				text: "Or enable the distribution's newer kernel series (Ubuntu: the HWE kernel; Proxmox VE: the newer proxmox-kernel).",
			},
		],
		source: 'apt-get --simulate',
	};
}
