import type { FindingKind } from '../kind.js';

export const dataProtectionKinds = {
	unreadable: {
		id: 'data.unreadable',
		title: 'The datasets could be read',
		when: { warning: 'they could not' },
		why:
			'Keys, mounts and interrupted receives cannot be looked at, and what cannot be looked at before cannot ' +
			'be compared afterwards.',
		action: 'See what stands in the way.',
		commands: [['zfs', 'list', '-t', 'filesystem,volume']],
		source: 'what could not be read passes no check',
	},
	keyPrompt: {
		id: 'data.key-prompt',
		title: 'Keys come back without a person',
		when: { warning: 'the key of an encryption root is typed in' },
		why:
			'After the reboot these datasets stay closed until somebody types the passphrase; what needs them does ' +
			'not start, and with root among them the boot waits at the console.',
		action: 'Have the passphrase and the console at hand. After the reboot load the key and mount.',
		commands: [
			['zfs', 'load-key', '<dataset>'],
			['zfs', 'mount', '-a'],
		],
		source: 'zfs-load-key(8)',
	},
	keyUnavailable: {
		id: 'data.key-unavailable',
		title: 'The keys of all encrypted datasets are loaded',
		when: { notice: 'the keys of some are not' },
		why: 'Such datasets can be snapshotted and sent raw, but not mounted, compared or tested.',
		action: 'Load the keys if these datasets are to be compared.',
		commands: [['zfs', 'load-key', '<dataset>']],
		source: 'zfs-load-key(8)',
	},
	notMounted: {
		id: 'data.not-mounted',
		title: 'What should be mounted is mounted',
		when: { warning: 'a dataset with canmount=on, a mount point and its key is not mounted' },
		why:
			'The next boot mounts it, over whatever lies in its mount point now: files written there meanwhile ' +
			'disappear from sight. It looks then as if the upgrade had done it.',
		action: 'Mount it now, or say that it is not to be mounted.',
		commands: [
			['zfs', 'mount', '<dataset>'],
			['zfs', 'set', 'canmount=noauto', '<dataset>'],
		],
		source: 'zfsprops(7), canmount',
	},
	partialReceive: {
		id: 'data.partial-receive',
		title: 'No receive was interrupted',
		when: { notice: 'a dataset holds a partial receive that could be resumed' },
		why:
			'Its token was made by the old release; resumed after the upgrade it may be refused, and the state ' +
			'takes space meanwhile.',
		action: 'Let the replication finish before the upgrade, or give the partial state up.',
		commands: [['zfs', 'receive', '-A', '<dataset>']],
		source: 'zfs-receive(8); openzfs/zfs#15394',
	},
	hostid: {
		id: 'data.hostid',
		title: 'The host has a lasting id',
		when: {
			warning: 'it has none, or none could be read, though multihost is on or root is on ZFS',
			notice: 'it has none, and no pool depends on it yet',
			ok: 'it has one',
		},
		why:
			'Pools remember the id of the host that imported them. Without a lasting one, in /etc/hostid and ' +
			'inside each initramfs, a pool may be taken for that of another system after the reboot: "pool was ' +
			'previously in use from another system".',
		action: 'Give it one, then rebuild each initramfs, which keeps a copy.',
		commands: [['zgenhostid'], ['update-initramfs', '-u', '-k', 'all']],
		source: 'zgenhostid(8); openzfs/zfs#9367, #14096, #16878; openzfs-docs#566',
	},
	poolCache: {
		id: 'data.pool-cache',
		title: 'The cache file from which pools are imported is there',
		when: {
			warning:
				'/etc/zfs/zpool.cache is missing, empty or could not be read, and the pools besides that of the ' +
				'root are not imported by a scan',
			ok: 'it is there',
		},
		why:
			'zfs-import-cache.service is skipped without it, not failed: after the reboot the pools are not ' +
			'imported and nothing says so.',
		action: 'Write it anew from the imported pools.',
		commands: [['zpool', 'set', 'cachefile=/etc/zfs/zpool.cache', '<pool>']],
		source: 'zfs-import-cache.service; measured: removing zfs-dkms deletes the file',
	},
	swapOnZvol: {
		id: 'data.swap-on-zvol',
		title: 'Swap does not lie on a zvol',
		when: { warning: 'it does, or it could not be read' },
		why:
			'Under memory pressure, as during a build, swapping to a zvol can deadlock the host; and a module in ' +
			'use by swap cannot be unloaded.',
		action: 'Take it out of use until the upgrade is done, or move it off ZFS.',
		commands: [['swapoff', '<device>']],
		source: 'openzfs/zfs#7734',
	},
} as const satisfies Readonly<Record<string, FindingKind>>;
