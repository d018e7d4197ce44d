import type { FindingKind } from '../kind.js';

export const poolStateKinds = {
	resilvering: {
		id: 'pool.resilvering',
		title: 'No pool is resilvering',
		when: { warning: 'a resilver is running' },
		why: 'Until it has ended the pool has less redundancy than it should, and a reboot interrupts it.',
		action: 'Wait until it has ended.',
		commands: [['zpool', 'wait', '-t', 'resilver', '<pool>']],
		source: 'zpool-wait(8)',
	},
	scrubbing: {
		id: 'pool.scrubbing',
		title: 'No pool is being scrubbed',
		when: { notice: 'a scrub is running or paused' },
		why:
			'It goes on after the reboot, and slows snapshots, copies and the build meanwhile. 2.4 tools cannot ' +
			'pause or start one on a 2.2 or 2.3 module.',
		action: 'Let it end, or pause it now and resume it when all is done.',
		commands: [
			['zpool', 'wait', '-t', 'scrub', '<pool>'],
			['zpool', 'scrub', '-p', '<pool>'],
		],
		source: 'zpool-scrub(8); openzfs/zfs#18314',
	},
	freeing: {
		id: 'pool.freeing',
		title: 'No destroy is freeing space in the background',
		when: { warning: '`freeing` is not 0' },
		why:
			'Pools have been upgraded in this state that the new version could not import (errata #2 in the days ' +
			'of 0.6); with nothing left to free no format of a half-done destroy can matter.',
		action: 'Wait until it is done.',
		commands: [['zpool', 'wait', '-t', 'free', '<pool>']],
		source: 'openzfs-docs ZFS-8000-ER',
	},
	checkpoint: {
		id: 'pool.checkpoint',
		title: 'No pool has a checkpoint from before',
		when: { warning: 'one exists or is being discarded' },
		why:
			'A pool has one checkpoint at most, so none can be taken for this upgrade; and a rewind to the old one ' +
			'would lose everything written since then.',
		action: 'Find out whose it is; if it is no longer wanted, discard it.',
		commands: [['zpool', 'checkpoint', '-d', '-w', '<pool>']],
		source: 'zpool-checkpoint(8)',
	},
	deviceRemoval: {
		id: 'pool.device-removal',
		title: 'No device is being removed from a pool',
		when: { warning: 'an evacuation is running' },
		why: 'It goes on after the reboot, and no checkpoint can be taken while it runs.',
		action: 'Wait until it has ended.',
		commands: [['zpool', 'wait', '-t', 'remove', '<pool>']],
		source: 'zpool-remove(8)',
	},
	raidzExpansion: {
		id: 'pool.raidz-expansion',
		title: 'No raidz vdev is being expanded',
		when: { warning: 'an expansion is running' },
		why:
			'In releases up to 2.4.4 a crash at its start leaves the pool hard to import, and a module before 2.3 ' +
			'cannot import the pool at all any more.',
		action: 'Wait until it has ended.',
		commands: [['zpool', 'wait', '-t', 'raidz_expand', '<pool>']],
		source: 'openzfs/zfs#18920',
	},
	capacity: {
		id: 'pool.capacity',
		title: 'The pools have free space',
		when: {
			blocker: '95 % or more are in use, or less than 16 MiB can be written',
			warning: '80 % or more are in use, or it could not be read',
			ok: 'less than 80 % of each are in use',
		},
		why:
			'Snapshots keep everything that is deleted from now on, the smoke test writes scratch data, and a full ' +
			'copy-on-write pool can neither be written nor easily be emptied.',
		action: 'Free space or add a device first.',
		commands: [
			['zpool', 'list', '-o', 'name,size,allocated,free,freeing,checkpoint,capacity', '<pool>'],
			['zfs', 'list', '-o', 'space', '-r', '<pool>'],
		],
		source: 'zpoolprops(7); spa_slop_shift in zfs(4)',
	},
	readOnly: {
		id: 'pool.read-only',
		title: 'No pool is imported read-only',
		when: {
			blocker: 'a pool that the run is to protect is',
			warning: 'another pool is, or it could not be read',
		},
		why:
			'No snapshot can be taken on it and nothing can be tested; mostly somebody imported it so because ' +
			'something was wrong.',
		action: 'Find out why, then import it for writing, or leave it out by naming the other pools.',
		commands: [
			['zpool', 'get', 'readonly', '<pool>'],
			['zpool', 'export', '<pool>'],
			['zpool', 'import', '<pool>'],
		],
		source: 'zpoolprops(7)',
	},
	altroot: {
		id: 'pool.altroot',
		title: 'No pool is imported under an alternate root',
		when: { warning: 'a pool has the property altroot' },
		why:
			'It was imported by hand for the time being and is in no cache file: after the reboot it is not ' +
			'imported, or mounts elsewhere.',
		action: 'Export it and import it properly, or expect it to be missing after the reboot.',
		commands: [
			['zpool', 'export', '<pool>'],
			['zpool', 'import', '<pool>'],
		],
		source: 'zpoolprops(7)',
	},
	notCached: {
		id: 'pool.not-in-cachefile',
		title: 'Every pool is in the cache file',
		when: {
			warning: 'the cachefile of a pool is none',
			notice: 'the same of the pool that the system boots from, which the initramfs or a unit of its own imports',
		},
		why:
			'zfs-import-cache.service imports what is in /etc/zfs/zpool.cache and nothing else: after the reboot ' +
			'such a pool is imported only if something else does it.',
		action: 'If it should come back by itself, put it into the cache file; this changes the property of the pool.',
		commands: [['zpool', 'set', 'cachefile=/etc/zfs/zpool.cache', '<pool>']],
		source: 'zpoolprops(7), zfs-import-cache.service',
	},
} as const satisfies Readonly<Record<string, FindingKind>>;
