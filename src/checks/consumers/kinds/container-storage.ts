import type { FindingKind } from '../../kind.js';
import { unreadableKind } from '../consumer-topic.js';

const source = 'cri-o/cri-o#8771; containers/storage drivers/driver_linux.go, drivers/zfs/zfs.go';

export const containerStorageKinds = {
	unreadable: unreadableKind(
		'containers-storage',
		'podman',
		[['podman', 'info', '--format', '{{.Store.GraphDriverName}} {{.Store.GraphRoot}}']],
		'containers-storage.conf(5)',
	),
	graphRootParent: {
		id: 'containers-storage.graphroot-parent',
		title: 'The folder above graphroot lies on ZFS',
		when: {
			blocker: 'the driver is zfs, zfs.fsname is not set, graphroot lies on ZFS and the folder above it does not',
		},
		why:
			'The zfs driver asks for the filesystem of the folder above graphroot, not of graphroot itself. It ends ' +
			'with "no zfs dataset found for rootdir", also at its start after our reboot.',
		action: 'Name the dataset, which skips the test, or move graphroot one folder below the mount point.',
		commands: [['grep', '-rn', 'fsname', '/etc/containers', '/etc/crio']],
		source,
	},
	graphRootNotZfs: {
		id: 'containers-storage.graphroot-not-zfs',
		title: 'graphroot lies on ZFS where the driver is zfs',
		when: {
			blocker: 'the driver is zfs, zfs.fsname is not set, and graphroot does not lie on ZFS',
			warning: 'the same of a mounted system, whose datasets may merely not be mounted now',
		},
		why:
			'The driver does not start there. Most often the dataset is merely not mounted; what is written into the ' +
			'empty folder meanwhile disappears once it is.',
		action: 'Mount the dataset, and see that the next boot does.',
		commands: [['zfs', 'mount', '-a']],
		source,
	},
	driverAuto: {
		id: 'containers-storage.driver-auto',
		title: 'The driver is named where layers are on ZFS',
		when: { warning: 'no driver is named and the zfs driver has left layers below graphroot' },
		why:
			'Without a name the driver is chosen at each start, overlay first: by the folders that are found below ' +
			'graphroot. Where the dataset is not mounted in time, or overlay has a folder there as well, it is another ' +
			'one or none, and images and containers seem gone.',
		action: 'Name the driver in storage.conf or crio.conf before the reboot: driver = "zfs".',
		commands: [['grep', '-n', 'driver', '/etc/containers/storage.conf']],
		source: 'containers/storage drivers/driver.go, New and scanPriorDrivers; types/options.go',
	},
	confShadow: {
		id: 'containers-storage.conf-shadow',
		title: 'One storage.conf decides',
		when: { notice: 'there is more than one storage.conf, or drop-ins that this release does not read' },
		why:
			'Up to podman 5 the first file that is found counts as a whole and the others mean nothing; from podman 6 ' +
			'on drop-ins are laid over it. An upgrade of podman can so change driver and folder.',
		action: 'Keep the settings in one file, or know which one wins.',
		commands: [['podman', 'info', '--format', '{{.Store.ConfigFile}}']],
		source: 'containers/container-libs#857; containers/podman#28083; containers-storage.conf(5)',
	},
	ready: {
		id: 'containers-storage.ready',
		title: 'The zfs driver of podman or CRI-O will find its dataset',
		when: { ok: 'the driver is zfs, and its dataset is named, or mounted with the folder above it on ZFS' },
		why: 'Images and containers are there again after the reboot.',
		action: 'Nothing is to be done.',
		source,
	},
} as const satisfies Readonly<Record<string, FindingKind>>;

export const crioKinds = {
	unreadable: unreadableKind('crio', 'CRI-O', [['crio', 'config']], 'crio.conf(5), crio.conf.d(5)'),
	cleanStop: {
		id: 'crio.clean-stop',
		title: 'CRI-O was stopped cleanly',
		when: { blocker: 'CRI-O does not run, clean.shutdown.supported is there and clean.shutdown is not' },
		why:
			'After a reboot without that file crio wipe may remove the whole storage folder; from 1.31 on CRI-O tries ' +
			'to repair it first and wipes only if that fails.',
		action: 'Start CRI-O and stop it cleanly, and see that the file is there before the reboot.',
		commands: [
			['systemctl', 'start', 'crio.service'],
			['systemctl', 'stop', 'crio.service'],
		],
		source: 'cri-o/cri-o#3999, #4691, #8468; internal/criocli/wipe.go',
	},
} as const satisfies Readonly<Record<string, FindingKind>>;
