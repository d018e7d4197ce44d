import type { FindingKind } from '../../kind.js';
import { unreadableKind } from '../consumer-topic.js';

export const dockerKinds = {
	unreadable: unreadableKind(
		'docker',
		'Docker',
		[['dockerd', '--validate', '--config-file', '/etc/docker/daemon.json']],
		'dockerd(8)',
	),
	notMounted: {
		id: 'docker.data-root-not-mounted',
		title: 'The dataset of data-root is mounted',
		when: {
			blocker: 'a dataset belongs at data-root and is not mounted, or the driver is zfs and data-root is not on ZFS',
			warning: 'the same of a mounted system, whose datasets may merely not be mounted now',
		},
		why:
			'dockerd then starts with an empty store in the bare folder: images, containers and volumes seem gone, and ' +
			'what is written meanwhile disappears once the dataset is mounted over it.',
		action:
			'Stop Docker, mount the dataset and look inside. To keep it from starting on a bare folder add a drop-in with ' +
			'After=zfs-mount.service and AssertPathIsMountPoint= of data-root.',
		commands: [
			['systemctl', 'stop', 'docker.socket', 'docker.service'],
			['zfs', 'mount', '-a'],
			['systemctl', 'edit', 'docker.service'],
		],
		source: 'moby daemon/graphdriver/driver.go, scanPriorDrivers; systemd.unit(5)',
	},
	zfsDriver29: {
		id: 'docker.zfs-driver-29',
		title: 'Docker starts with its zfs driver',
		when: { blocker: 'Docker is 29.0.0, the driver is set to zfs and features.containerd-snapshotter is not set' },
		why: '29.0.0 takes the name for a snapshotter of containerd and does not start: configured driver "zfs" not available.',
		action: 'Upgrade Docker to 29.0.1 or later before the reboot.',
		commands: [['dockerd', '--version']],
		source: 'containerd/containerd#12504; moby commit 391247ce96',
	},
	ready: {
		id: 'docker.ready',
		title: 'Docker will find its data on ZFS',
		when: { ok: 'the zfs driver is set or in use, and data-root lies on ZFS' },
		why: 'Images, containers and volumes are there again after the reboot.',
		action: 'Nothing is to be done.',
		source: 'moby daemon/graphdriver/zfs',
	},
} as const satisfies Readonly<Record<string, FindingKind>>;
