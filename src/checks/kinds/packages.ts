import type { FindingKind } from '../kind.js';

export const packageKinds = {
	unreadable: {
		id: 'packages.unreadable',
		title: 'The state of the package database could be read',
		when: { blocker: 'it could not' },
		why: 'Whether a transaction is running or was interrupted decides whether another one may be started.',
		action: 'See what stands in the way, mend it and check again.',
		commands: [['dpkg', '--audit']],
		source: 'what could not be read passes no check',
	},
	interrupted: {
		id: 'packages.interrupted',
		title: 'No package transaction was interrupted',
		when: {
			blocker: 'packages are half installed, or dpkg has changes that it has not merged',
			warning: 'the last transaction in the log has no end, though every package is complete',
		},
		why:
			'Another transaction on top of a half-done one removes packages: after a kill during unpacking, ' +
			'apt-get -f install was seen to remove zfs-initramfs.',
		action: 'Finish it first; if that fails, repeat the same full transaction. Never use apt-get -f install here.',
		commands: [
			['dpkg', '--configure', '-a'],
			['dpkg', '--audit'],
		],
		source: 'measured: dpkg and apt killed at every stage',
	},
	transactionRunning: {
		id: 'packages.transaction-running',
		title: 'No package transaction is running',
		when: {
			blocker: 'apt, dpkg, dkms or a maintainer script is at work, and packages are half installed',
			warning: 'the same, with every package complete: the run waits for it',
		},
		why:
			'Versions read in the middle of a transaction are true for a moment only, and nothing may be started ' +
			'beside it.',
		action: 'Wait until it has ended, then check again.',
		commands: [['ps', '-e', '-o', 'pid,etime,args']],
		source: 'measured: orphaned maintainer scripts go on after their dpkg',
	},
	lockHeld: {
		id: 'packages.lock-held',
		title: 'Nobody holds the lock of the package manager',
		when: { warning: 'somebody does who is not part of a transaction' },
		why: 'A transaction has to wait for it; a program that stays open, such as aptitude, holds it for good.',
		action: 'Let it end, or close it.',
		commands: [['ps', '-p', '<pid>', '-o', 'pid,etime,args']],
		source: '/proc/locks; apt.conf(5)',
	},
	idle: {
		id: 'packages.idle',
		title: 'The package manager is ready',
		when: { ok: 'no transaction is running or was interrupted, and nobody holds its lock' },
		why: 'Only then a transaction of this program can be started.',
		action: 'Nothing is to be done.',
		source: 'dpkg-query(1), /var/lib/dpkg/updates, /var/log/apt/history.log, /proc/locks',
	},
	mixedVersions: {
		id: 'packages.mixed-versions',
		title: 'The OpenZFS packages are of one version',
		when: { warning: 'they are not' },
		why:
			'Half of an upgrade has been done by somebody; a module package and tools of different versions never ' +
			'fit for long.',
		action: 'Let the planned upgrade bring them to one version, or look at what holds some of them back.',
		commands: [
			['dpkg-query', '--show', '*zfs*'],
			['apt-mark', 'showhold'],
		],
		source: 'dpkg-query(1)',
	},
	automaticReboot: {
		id: 'packages.automatic-reboot',
		title: 'The host does not reboot by itself',
		when: { warning: 'unattended upgrades may reboot it' },
		why: 'A reboot between two stages that nobody watches is how a host ends with a kernel that has no module.',
		action: 'Switch it off until the upgrade is done.',
		commands: [['apt-config', 'dump', 'Unattended-Upgrade::Automatic-Reboot']],
		source: 'unattended-upgrades: 50unattended-upgrades',
	},
	automaticUpgrades: {
		id: 'packages.automatic-upgrades',
		title: 'Packages do not upgrade themselves',
		when: { notice: 'unattended upgrades are on', warning: 'it could not be read' },
		why:
			'An unattended upgrade between two stages may bring a new kernel, for which DKMS then builds the ' +
			'newest source in its tree. The run holds the packages and pauses the timer meanwhile.',
		action: 'Nothing is to be done if the run does it; without it, stop the timer.',
		commands: [['systemctl', 'stop', 'apt-daily.timer', 'apt-daily-upgrade.timer']],
		source: 'apt.systemd.daily(8); measured with dkms 3.0.10',
	},
	kernelHeld: {
		id: 'packages.kernel-held',
		title: 'No kernel package is on hold',
		when: { notice: 'one is' },
		why:
			'Kernels stay where they are; the hold is left in place, and where the module comes with the kernel no ' +
			'newer one arrives.',
		action: 'Nothing is to be done if that is meant.',
		commands: [['apt-mark', 'showhold']],
		source: 'apt-mark(8)',
	},
	listsOld: {
		id: 'packages.lists-old',
		title: 'The lists of what is on offer are fresh',
		when: { notice: 'they are older than a week, there are none, or it could not be read' },
		why:
			'The target is chosen from these lists; an archive may have a newer version by now, or may have ' +
			'dropped the one that is listed.',
		action: 'Refresh them.',
		commands: [['apt-get', 'update']],
		source: 'apt-get(8)',
	},
	oldVersionGone: {
		id: 'packages.old-version-gone',
		title: 'The installed version can be had from the archives again',
		when: { notice: 'no configured archive carries it any more' },
		why:
			'Archives keep the newest version only: the way back then leads through the package files that step 2 ' +
			'keeps, and through nothing else.',
		action: 'Let step 2 keep the packages, and copy them off the host with the other files.',
		commands: [['apt-cache', 'policy', '<package>']],
		source: 'apt-cache policy; measured with dpkg-repack',
	},
} as const satisfies Readonly<Record<string, FindingKind>>;
