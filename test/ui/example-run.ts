/** One upgrade as plain data, for tests of everything that shows it. */
import type { Finding } from '../../src/checks/finding.js';
import { known } from '../../src/facts/fact.js';
import type { HostFacts, KernelFacts } from '../../src/facts/host-facts.js';
import { type PlannedCommand, plan } from '../../src/plan/planned-command.js';
import type { UpgradePlan } from '../../src/plan/upgrade-plan.js';
import type { About } from '../../src/ui/about.js';
import { parseZfsVersion } from '../../src/zfs/version.js';
import type { RunState, StepState } from '../../steps/run-state.js';
import { type RollbackStage, type StepId, stepIds } from '../../steps/step.js';

export const oldVersion = '2.1.11-1+deb12u1';
export const newVersion = '2.3.2-2~bpo12+2';
export const kernel = '6.1.0-56-amd64';

export const about: About = {
	version: '0.1.0',
	hostname: 'backup01',
	hostKind: 'local',
	root: '/',
	steps: [
		{
			id: 'check',
			title: 'Check the versions',
			purpose:
				'Compares userspace, loaded module, the module on disk for each kernel and inside each initramfs, and the ' +
				'packages on offer; looks for everything that could make the upgrade fail. Reads only.',
		},
		{
			id: 'backup',
			title: 'Snapshot and back up',
			purpose:
				'Takes recursive snapshots with a hold, keeps the installed package versions and the host files that a ' +
				'rescue needs, and puts replication jobs on hold until the halves match again.',
		},
		{
			id: 'module',
			title: 'Upgrade the kernel module',
			purpose:
				'Builds and installs the new kernel module for the kernels of this host, rebuilds their initramfs, and ' +
				'proves that the module of the target version is on the disk and inside the initramfs before anything reboots.',
		},
		{
			id: 'reboot',
			title: 'Reboot',
			purpose:
				'Says what will happen, how long it takes and what to do if the host does not come back; then reboots now, ' +
				'or leaves it to you. After the reboot the wizard goes on where it was.',
		},
		{
			id: 'verify',
			title: 'Verify',
			purpose:
				'Proves that the host was rebooted, that the target module is loaded, and that pools, datasets, keys and ' +
				'units are as they were before.',
		},
		{
			id: 'userspace',
			title: 'Upgrade userspace',
			purpose: 'Brings the tools to the version of the loaded module in one package transaction, and restarts zed.',
		},
		{
			id: 'smoke-test',
			title: 'Smoke test',
			purpose: 'Sends and receives real data in scratch datasets in every way that replication uses, and compares it.',
		},
	],
	logFile: '/var/log/zfs-lockstep/20261122-213000.log',
	resumeCommand: 'zfs-lockstep',
	commandLine: (command) => `zfs-lockstep ${command}`,
};

export const upgradePlan: UpgradePlan = {
	route: 'dkms-ahead',
	reason: 'The module comes from zfs-dkms, and apt would remove userspace if zfs-dkms alone were upgraded.',
	targetVersion: newVersion,
	targetUpstream: '2.3.2',
	fromVersion: oldVersion,
	fromUpstream: '2.1.11',
	bootKernel: kernel,
	kernels: [kernel],
	source: 'zfs-linux',
	packages: ['zfs-dkms', 'zfs-initramfs', 'zfs-zed', 'zfsutils-linux'],
	packagesNew: ['libnvpair3linux', 'libzfs6linux', 'libzpool6linux'],
	packagesRemoved: ['libzfs4linux', 'libzpool5linux'],
	modulePackage: 'zfs-dkms',
	kernelPackages: ['linux-image-amd64', 'linux-headers-amd64'],
	initramfsTool: 'initramfs-tools',
	isRootOnZfs: false,
};

function kernelFacts(release: string, version: string, isRunning: boolean): KernelFacts {
	return {
		release,
		isRunning,
		isNext: release === kernel,
		moduleOnDisk: known(
			{ path: `/lib/modules/${release}/updates/dkms/zfs.ko`, version: parseZfsVersion(version), signer: undefined },
			'modinfo',
		),
		initramfs: known({ path: `/boot/initrd.img-${release}`, version: parseZfsVersion(version) }, 'lsinitramfs'),
		headers: known(true, 'stat'),
		provider: known('dkms', 'dkms status'),
	} as KernelFacts;
}

/** Facts of a Debian 12 host; only what the screens show is filled in with care. */
export function hostFacts(versions: { userspace: string; loaded: string; next: string }): HostFacts {
	return {
		takenAt: 1_795_383_000,
		machine: {
			hostname: 'backup01',
			machineId: '0123456789abcdef',
			architecture: 'x86_64',
			distribution: known(
				{
					id: 'debian',
					idLike: [],
					versionId: '12',
					codename: 'bookworm',
					prettyName: 'Debian GNU/Linux 12 (bookworm)',
				},
				'/etc/os-release',
			),
		},
		boot: {
			bootId: known('5b1f1a9e-6c57-4a33-8a7e-1d1f0d1c2b3a', '/proc/sys/kernel/random/boot_id'),
			runningKernel: known(kernel, 'uname -r'),
			nextKernel: known(kernel, 'grub'),
		},
		kernels: known(
			[kernelFacts('6.1.0-55-amd64', oldVersion, false), kernelFacts(kernel, versions.next, true)],
			'/lib/modules',
		),
		versions: {
			userspace: known(parseZfsVersion(versions.userspace), 'zfs version'),
			loadedModule: known(parseZfsVersion(versions.loaded), '/sys/module/zfs/version'),
			packages: known(parseZfsVersion(versions.userspace), 'dpkg-query'),
			nextModule: known(parseZfsVersion(versions.next), 'modinfo'),
		},
	} as unknown as HostFacts;
}

export const findings: readonly Finding[] = [
	{
		id: 'versions.halves-match',
		severity: 'ok',
		title: 'Userspace and loaded module are of the same release',
		detail: `Userspace ${oldVersion}, loaded module ${oldVersion}.`,
		remediation: [{ text: 'Nothing is to be done.' }],
		source: 'zfs version, /sys/module/zfs/version',
	},
	{
		id: 'pool.capacity',
		severity: 'warning',
		title: 'Pool tank is 87 % full',
		detail:
			'Of 10.9 TiB there are 1.42 TiB free. Snapshots that are kept during the upgrade take what is overwritten meanwhile.',
		remediation: [
			{
				text: 'Make room, or keep the window short:',
				commands: [['zfs', 'list', '-t', 'snapshot', '-o', 'name,used', '-s', 'used', 'tank']],
			},
		],
		source: 'zpoolprops(7)',
	},
	{
		id: 'advisory.mixed-send-replicate',
		severity: 'warning',
		title: 'Between the reboot and the end of step 6 zfs send -I and -R do not work',
		detail: 'Userspace 2.1.11 on module 2.3.2 sends incremental and recursive streams wrongly and exits 0.',
		remediation: [{ text: 'Replication jobs are put on hold by step 2 and resumed by step 7.' }],
		source: 'measured; openzfs/zfs#12462',
	},
	{
		id: 'pool.features',
		severity: 'notice',
		title: "Pool 'data pool' has features disabled that the new version would enable on zpool upgrade",
		detail: 'Nothing is enabled by the upgrade itself. As long as you may want to go back, leave them disabled.',
		remediation: [{ text: 'Do not run zpool upgrade until rollback is no longer wanted.' }],
		source: 'zpool-features(7)',
	},
];

export const blocker: Finding = {
	id: 'pool.degraded',
	severity: 'blocker',
	title: 'Pool tank is DEGRADED',
	detail:
		"mirror-0 has lost '/dev/disk/by-id/ata-WDC_WD80EFAX-68KNBN0_VAGK1W2L' (UNAVAIL). A reboot would start the pool without redundancy.",
	remediation: [
		{
			text: 'Replace the disk and wait until the pool has resilvered:',
			commands: [
				['zpool', 'replace', 'tank', 'ata-WDC_WD80EFAX-68KNBN0_VAGK1W2L', '/dev/disk/by-id/NEW'],
				['zpool', 'wait', '-t', 'resilver', 'tank'],
			],
		},
	],
	source: 'zpool status, ZFS-8000-2Q',
};

export const commands = {
	snapshot: plan('backup.snapshot.tank', 'Snapshot all datasets of tank under one name', {
		argv: ['zfs', 'snapshot', '-r', 'tank@zfs-lockstep-20261122-213000'],
	}),
	hold: plan('backup.hold.tank', 'Hold them, so that no pruning job removes them', {
		argv: ['zfs', 'hold', '-r', 'zfs-lockstep', 'tank@zfs-lockstep-20261122-213000'],
	}),
	send: plan(
		'backup.send.data-pool',
		"Back up 'data pool' to the second pool",
		{ argv: ['zfs', 'send', '-R', '-w', 'data pool@zfs-lockstep-20261122-213000'] },
		{ mode: 'detached' },
	),
	build: plan(
		`module.dkms-build.${kernel}`,
		`Build the module of 2.3.2 for ${kernel}`,
		{
			argv: [
				'dkms',
				'build',
				'-m',
				'zfs',
				'-v',
				'2.3.2',
				'-k',
				kernel,
				'--dkmstree',
				'/var/lib/dkms',
				'--sourcetree',
				'/usr/src',
			],
		},
		{ mode: 'detached', inhibitShutdown: true, expectedSeconds: 420 },
	),
	install: plan(`module.dkms-install.${kernel}`, `Install it for ${kernel}`, {
		argv: ['dkms', 'install', '-m', 'zfs', '-v', '2.3.2', '-k', kernel, '--force'],
	}),
	initramfs: plan(`module.initramfs.${kernel}`, `Rebuild the initramfs of ${kernel}`, {
		argv: ['update-initramfs', '-u', '-k', kernel],
	}),
	reboot: plan('reboot.systemctl-reboot', 'Reboot the host through systemd', { argv: ['systemctl', 'reboot'] }),
	upgrade: plan(
		'userspace.apt',
		'Upgrade the whole OpenZFS set in one transaction',
		{
			argv: [
				'apt-get',
				'-y',
				'-o',
				'Dir::Etc::Preferences=/var/lib/zfs-lockstep/runs/20261122-213000/preferences',
				'install',
				'zfsutils-linux',
				'zfs-dkms',
				'zfs-zed',
				'zfs-initramfs',
			],
			env: { DEBIAN_FRONTEND: 'noninteractive' },
		},
		{ mode: 'detached', inhibitShutdown: true },
	),
} satisfies Record<string, PlannedCommand>;

export const rollback: readonly RollbackStage[] = [
	{
		title: 'Install the old module again',
		undoes: ['module'],
		why: 'The source of 2.1.11 is still in the DKMS tree; installing it puts the old module back for the next boot.',
		commands: [
			plan('rollback.module', 'Put the old module back', {
				argv: ['dkms', 'install', '-m', 'zfs', '-v', '2.1.11', '-k', kernel, '--force'],
			}),
			plan('rollback.initramfs', 'and into the initramfs', { argv: ['update-initramfs', '-u', '-k', kernel] }),
		],
		rebootAfter: true,
		notes: ['Have the console at hand.'],
	},
	{
		title: 'Release the snapshots',
		undoes: ['backup'],
		why: 'They were held so that no pruning job removes them.',
		commands: [
			plan('rollback.release', 'Release the hold', {
				argv: ['zfs', 'release', '-r', 'zfs-lockstep', 'data pool@zfs-lockstep-20261122-213000'],
			}),
		],
		rebootAfter: false,
		notes: [],
	},
];

export function runState(steps: Partial<Record<StepId, StepState>> = {}): RunState {
	const pending: StepState = { status: 'pending' };
	return {
		schemaVersion: 1,
		tool: 'zfs-lockstep',
		id: '20261122-213000',
		startedAt: 1_795_383_000,
		endedAt: null,
		host: { kind: 'local', hostname: 'backup01', machineId: '0123456789abcdef' },
		from: { userspace: oldVersion, module: oldVersion, kernel },
		plan: null,
		pools: ['tank', 'data pool'],
		ignoredChecks: [],
		steps: { ...(Object.fromEntries(stepIds.map((id) => [id, pending])) as Record<StepId, StepState>), ...steps },
		approved: [],
		intent: null,
		evidence: {},
	};
}
