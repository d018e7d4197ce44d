import type { FindingKind } from '../../kind.js';
import { unreadableKind } from '../consumer-topic.js';

export const incusKinds = {
	unreadable: unreadableKind(
		'incus',
		'Incus',
		[['incus', 'storage', 'list', '--format', 'json']],
		'incus storage list',
	),
	poolExport: {
		id: 'incus.pool-export',
		title: 'Pools that Incus exports when it stops',
		when: { notice: 'a storage pool of Incus is a whole ZFS pool and zfs.export is not false' },
		why:
			'Incus exports such a pool when it stops and imports it when it starts, keys included. So it is missing ' +
			'after the reboot until Incus runs, and it is no longer in the cache file. An inventory must be taken before ' +
			'Incus is stopped.',
		action: 'Start Incus after the reboot before missing its pools.',
		commands: [['systemctl', 'start', 'incus.service']],
		source: 'lxc/incus internal/server/storage/drivers/driver_zfs.go, Unmount',
	},
} as const satisfies Readonly<Record<string, FindingKind>>;

export const lxdKinds = {
	unreadable: unreadableKind('lxd', 'the LXD snap', [['snap', 'info', 'lxd']], 'snap.yaml of the snap'),
	toolsMissing: {
		id: 'lxd.tools-missing',
		title: 'The LXD snap has tools for the series of the module',
		when: {
			blocker:
				'it has none for the series that will run, does not use the tools of the host, and has ZFS pools or may have',
			warning: 'the same, and no ZFS pool of LXD was found, or the snap could not be looked into',
		},
		why:
			'The snap brings its own tools and picks them by the loaded module\'s series. Without them LXD says "Required ' +
			"tool 'zpool' is missing\" and all its ZFS pools are unavailable.",
		action: "Let LXD use the host's tools before the reboot, or refresh the snap to a channel that has them.",
		commands: [
			['snap', 'set', 'lxd', 'zfs.external=true'],
			['systemctl', 'restart', 'snap.lxd.daemon.service'],
		],
		source: 'canonical/lxd#14673, #16048, #17808; canonical/lxd-pkg-snap snapcraft/commands/daemon.start',
	},
	ready: {
		id: 'lxd.ready',
		title: 'The LXD snap has tools for the module that will run',
		when: { ok: 'it has tools of that series, or uses those of the host' },
		why: 'Pools of LXD are there again after the reboot.',
		action: 'Nothing is to be done.',
		source: 'canonical/lxd-pkg-snap snapcraft/commands/daemon.start',
	},
} as const satisfies Readonly<Record<string, FindingKind>>;
