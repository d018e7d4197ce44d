import type { FindingKind } from '../kind.js';

const mixed = 'openzfs/zfs#17323, #17330, #3326';

export const versionKinds = {
	noOpenzfs: {
		id: 'versions.no-openzfs',
		title: 'Whether OpenZFS is on this host',
		when: { blocker: 'no tools answer and no package carries them' },
		why: 'Without OpenZFS there is nothing to upgrade.',
		action: 'See the wizard on a simulated host, where nothing is touched.',
		commands: [['zfs-lockstep', 'demo']],
		source: 'zfs --version, dpkg-query(1)',
	},
	userspaceUnknown: {
		id: 'versions.userspace-unknown',
		title: 'The version of the tools could be read',
		when: { blocker: 'the tools do not tell it' },
		why: 'Without it nobody can say whether the two halves fit each other, now or later.',
		action: 'See what the tools say, mend it and check again.',
		commands: [['zfs', '--version']],
		source: 'zfs-version(8)',
	},
	moduleUnknown: {
		id: 'versions.module-unknown',
		title: 'The version of the loaded module could be read',
		when: { blocker: 'the kernel does not tell it' },
		why: 'Without it nobody can say whether the two halves fit each other now.',
		action: 'See what the kernel says, mend it and check again.',
		commands: [['cat', '/sys/module/zfs/version']],
		source: '/sys/module/zfs/version',
	},
	moduleNotLoaded: {
		id: 'versions.module-not-loaded',
		title: 'The module is loaded',
		when: { blocker: 'the running kernel has no zfs module loaded' },
		why:
			'Without the module no pool can be read, snapshotted or compared, and systemd skips the ZFS units ' +
			'without calling them failed.',
		action: 'Load it; if that fails, see why, before anything is upgraded.',
		commands: [
			['modprobe', 'zfs'],
			['dkms', 'status', 'zfs'],
			['journalctl', '-b', '-k', '--grep', 'zfs|spl'],
		],
		source: 'openzfs/zfs#11128; lib/libzfs/os/linux/libzfs_util_os.c of 2.4.4',
	},
	match: {
		id: 'versions.match',
		title: 'Tools and loaded module are of the same release',
		when: { ok: 'they are' },
		why: 'Only equal halves are tested together by OpenZFS.',
		action: 'Nothing is to be done.',
		source: mixed,
	},
	abiBreak: {
		id: 'versions.abi-break',
		title: 'Exactly one half is 2.3.1',
		when: { blocker: 'exactly one of tools and loaded module is 2.3.1' },
		why:
			'Between them zfs send -I and -R fail with "Invalid argument" (tools of 2.1 even exit 0), zpool events ' +
			'and zed get EBADF, and zfs diff, zpool add, attach -s, replace -s and scrub read wrong fields. ' +
			'Replication is broken until both halves agree.',
		action:
			'Keep replication, scrubs and changes of vdevs off until both halves are of one release; the plain ' +
			'reboot or the upgrade brings that. Then prove it by the smoke test.',
		commands: [
			['zfs-lockstep', 'plan'],
			['zfs-lockstep', 'explain', 'pair-abi-2-3-1'],
			['zfs-lockstep', 'smoke-test'],
		],
		source: 'openzfs/zfs#17323, #17330, #17137, #17367',
	},
	knownFault: {
		id: 'versions.known-fault',
		title: 'Faults that are known of this pair of tools and module',
		when: {
			warning: 'at least one of them does harm',
			notice: 'all of them are cosmetic or concern new operations only',
		},
		why: 'Some pairs of releases are known to misread each other.',
		action: 'Bring both halves to one release, and leave the named operations alone until then.',
		source: mixed,
	},
	differ: {
		id: 'versions.differ',
		title: 'Tools and loaded module are of different releases',
		when: {
			blocker: 'even their series (x.y) differ and no upgrade that would end it can be planned',
			warning: 'they differ otherwise',
		},
		why:
			'Maintainers call mixed versions unsupported. Nothing in zfs or zpool warns of it; replication that ' +
			'fails in between fails with words that name another cause.',
		action: 'Finish the upgrade that was begun: bring both halves to the same release and reboot.',
		commands: [['zfs-lockstep', 'plan']],
		source: mixed,
	},
	foreignTools: {
		id: 'versions.foreign-tools',
		title: 'The tools that run are those of the package',
		when: { warning: 'zfs --version names another release than the package that carries the tools' },
		why:
			'A package transaction upgrades the tools of the package; others that stand before them in the path ' +
			'stay as they are, and differ from the module for ever.',
		action: 'Find the other tools and remove them, or upgrade them the way they were installed.',
		commands: [['which', '-a', 'zfs', 'zpool']],
		source: 'zfs --version, dpkg-query(1)',
	},
} as const satisfies Readonly<Record<string, FindingKind>>;
