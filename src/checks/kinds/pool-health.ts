import type { FindingKind } from '../kind.js';

export const poolHealthKinds = {
	unreadable: {
		id: 'pool.unreadable',
		title: 'The imported pools could be read',
		when: { blocker: 'they could not' },
		why: 'A pool that cannot be looked at cannot be compared after the reboot, and may be in any state.',
		action: 'See what stands in the way, mend it and check again.',
		commands: [['zpool', 'status', '-v']],
		source: 'what could not be read passes no check',
	},
	noneImported: {
		id: 'pool.none-imported',
		title: 'At least one pool is imported',
		when: { warning: 'none is' },
		why:
			'Nothing can be snapshotted or compared. If there should be a pool, its absence would be put down to ' +
			'the upgrade later.',
		action: 'If there should be one, find and import it first.',
		commands: [['zpool', 'import']],
		source: 'zpool-import(8)',
	},
	askedMissing: {
		id: 'pool.asked-missing',
		title: 'The pools named by --pool are imported',
		when: { blocker: 'one is not' },
		why: 'A pool that is not imported can be neither snapshotted nor compared.',
		action: 'Import it, or name another one.',
		commands: [
			['zpool', 'list'],
			['zpool', 'import'],
		],
		source: '--pool',
	},
	suspended: {
		id: 'pool.suspended',
		title: 'No pool is suspended',
		when: { blocker: 'the I/O of a pool is suspended' },
		why:
			'Its writes wait in memory and are lost by a reboot; export and shutdown hang, and releases before ' +
			'2.2.11 and 2.3.3 report success for syncs that did not happen.',
		action: 'Bring its devices back and clear it, before anything else.',
		commands: [['zpool', 'clear', '<pool>']],
		source: 'zpool-clear(8), ZFS-8000-HC, ZFS-8000-JQ; openzfs/zfs#17420',
	},
	faulted: {
		id: 'pool.faulted',
		title: 'No pool is faulted or unavailable',
		when: { blocker: 'a pool is FAULTED, UNAVAIL, OFFLINE, REMOVED or SPLIT' },
		why: 'It cannot be used now; nobody could tell afterwards whether the upgrade made it worse.',
		action: 'Bring it back from its devices or a backup before the upgrade.',
		commands: [['zpool', 'status', '-v', '<pool>']],
		source: 'zpoolconcepts(7)',
	},
	degraded: {
		id: 'pool.degraded',
		title: 'No pool is degraded',
		when: { blocker: 'a pool is DEGRADED' },
		why:
			'Redundancy is gone in part. A reboot is when disks fail to come back; one more and the pool may not ' +
			'return, which is not to happen at the same time as an upgrade.',
		action:
			'Replace or bring back the device and wait for the resilver. If the state is known and accepted, ' +
			'ignore this check by name.',
		commands: [
			['zpool', 'status', '-v', '<pool>'],
			['zpool', 'replace', '<pool>', '<old device>', '<new device>'],
			['zpool', 'wait', '-t', 'resilver', '<pool>'],
			['zfs-lockstep', '--ignore-check', 'pool.degraded'],
		],
		source: 'zpoolconcepts(7), zpool-replace(8)',
	},
	healthUnknown: {
		id: 'pool.health-unknown',
		title: 'The health and status of each pool could be read',
		when: {
			blocker: 'the tools name no health, or one that this program does not know',
			warning: 'health is ONLINE but the status below it could not be read',
		},
		why: 'What could not be read is not taken for healthy; a comparison after the reboot would prove nothing.',
		action: 'Look at it by hand.',
		commands: [['zpool', 'status', '-v', '<pool>']],
		source: 'zpool-status(8)',
	},
	deviceErrors: {
		id: 'pool.device-errors',
		title: 'No device has errors or is missing',
		when: { warning: 'a device has read, write or checksum errors, or is not online while the pool is' },
		why: 'A device that failed before the reboot is the one that does not come back after it.',
		action: 'Find the cause (disk, cable, controller), mend it, clear the counters and scrub.',
		commands: [
			['zpool', 'status', '-v', '<pool>'],
			['zpool', 'clear', '<pool>'],
			['zpool', 'scrub', '-w', '<pool>'],
		],
		source: 'ZFS-8000-9P; zpool-clear(8)',
	},
	permanentErrors: {
		id: 'pool.permanent-errors',
		title: 'No file has permanent errors',
		when: { warning: 'zpool status lists damaged files or counts data errors' },
		why:
			'Data is lost already. A stream backup of these datasets fails, and newer releases were reported to ' +
			'hang where older ones passed a damaged block by.',
		action: 'Restore the files from a backup, or remove them with their snapshots, then scrub twice.',
		commands: [
			['zpool', 'status', '-v', '<pool>'],
			['zpool', 'scrub', '-w', '<pool>'],
		],
		source: 'ZFS-8000-8A; openzfs/zfs#17307',
	},
	healthy: {
		id: 'pool.healthy',
		title: 'The pools are healthy',
		when: { ok: 'health, status and errors of every pool could be read and are as they should be' },
		why: 'This is what the state after the reboot is compared with.',
		action: 'Nothing is to be done.',
		source: 'zpool-status(8)',
	},
} as const satisfies Readonly<Record<string, FindingKind>>;
