import type { FindingKind } from '../../kind.js';
import { unreadableKind } from '../consumer-topic.js';

const readme = 'containerd/zfs README and zfs.go';

export const containerdKinds = {
	unreadable: unreadableKind(
		'containerd',
		'containerd',
		[['containerd', 'config', 'dump']],
		'containerd-config.toml(5), containerd(8)',
	),
	zfsDisabled: {
		id: 'containerd.zfs-disabled',
		title: 'The zfs snapshotter is not disabled where CRI asks for it',
		when: { blocker: 'CRI uses the zfs snapshotter and disabled_plugins names it' },
		why: 'CRI does not find its snapshotter and is not loaded; the kubelet gets "unknown service runtime.v1.RuntimeService".',
		action: 'Take it out of disabled_plugins.',
		source: readme,
	},
	zfsMount: {
		id: 'containerd.zfs-mount',
		title: 'The folder of the zfs snapshotter is a mounted dataset',
		when: {
			blocker: 'CRI uses the zfs snapshotter, and its folder is missing or does not lie on ZFS',
			warning: 'the same of a mounted system, whose datasets may merely not be mounted now',
		},
		why:
			'The snapshotter is skipped at the start ("must be a zfs filesystem to be used with the zfs snapshotter"), ' +
			'CRI then does not find it and is not loaded. The index of the snapshots lies in that dataset too.',
		action:
			'Mount the dataset, or create one with that mountpoint, and see that the next boot mounts it before containerd starts.',
		commands: [['zfs', 'mount', '-a']],
		source: readme,
	},
	parentMount: {
		id: 'containerd.parent-mount',
		title: 'The zfs snapshotter has a dataset of its own',
		when: { warning: 'its folder lies on ZFS and is not a mount point' },
		why:
			'Layers are made as children of whatever dataset covers the folder. Once a dataset is mounted over it, or ' +
			'the one above is not mounted, snapshots and their index are out of sight.',
		action: 'Know which dataset holds the layers; on a new host give the folder a dataset of its own.',
		source: readme,
	},
	configNoVersion: {
		id: 'containerd.config-no-version',
		title: 'config.toml declares its version',
		when: { warning: 'it declares none, and its snapshotter is not the one that containerd uses' },
		why: 'Without a version the file is read as version 1, where the names of later versions mean nothing to containerd 1.x.',
		action: 'Add the version, and compare with what containerd makes of it.',
		commands: [['containerd', 'config', 'dump']],
		source: 'NixOS/nixpkgs#158304; containerd-config.toml(5)',
	},
	configOverridden: {
		id: 'containerd.config-overridden',
		title: 'The snapshotter of config.toml is the one that containerd uses',
		when: { warning: 'config.toml names zfs, and with its imported files containerd uses another one' },
		why:
			'containerd 1.x takes the section of a plugin as a whole from the last file that has one: an imported file ' +
			'that sets anything of CRI puts the snapshotter back to overlayfs, and what zfs stored is out of sight.',
		action: 'Name the snapshotter in the last imported file as well, or keep CRI in one file.',
		commands: [['containerd', 'config', 'dump']],
		source: 'measured with containerd 1.6.20; containerd/containerd#5837',
	},
	unpackZfs: {
		id: 'containerd.unpack-zfs',
		title: 'CRI can pull images into the zfs snapshotter',
		when: {
			blocker:
				'containerd is 2.1 or later, CRI uses zfs, no unpack_config of the transfer service names zfs, and nothing makes CRI pull by itself',
			warning: 'the same, and the version of containerd could not be told',
		},
		why:
			'CRI pulls through the transfer service, which unpacks into overlayfs only: "unable to initialize unpacker: ' +
			'no unpack platforms defined". Images that are there go on working, so it shows with the first pull after ' +
			'the reboot and is blamed on ZFS.',
		action:
			'In config.toml set use_local_image_pull = true under [plugins."io.containerd.cri.v1.images"], or add ' +
			'[[plugins."io.containerd.transfer.v1.local".unpack_config]] with platform, snapshotter = "zfs" and ' +
			'differ = "walking"; then restart containerd.',
		commands: [['systemctl', 'restart', 'containerd.service']],
		source: 'NixOS/nixpkgs#414683; containerd/containerd#11606',
	},
	toolsSplit: {
		id: 'containerd.tools-split',
		title: 'nerdctl uses the snapshotter of CRI',
		when: { warning: 'one of the two uses zfs and the other does not' },
		why:
			'nerdctl does not read config.toml, and ctr follows a label of the namespace: images that they pull are ' +
			'invisible to the kubelet, or break with "missing parent". After a reboot without network this is noticed late.',
		action:
			'Set the snapshotter in /etc/nerdctl/nerdctl.toml, use crictl, which follows CRI, and label the namespace for ctr.',
		commands: [['ctr', 'namespaces', 'label', 'k8s.io', 'containerd.io/defaults/snapshotter=zfs']],
		source: 'kubernetes-sigs/kubespray#11734; nerdctl docs/config.md; containerd/containerd#9591',
	},
	ready: {
		id: 'containerd.ready',
		title: 'The zfs snapshotter of containerd is as it should be',
		when: { ok: 'CRI uses zfs, its folder is a mounted dataset, and pulls will reach it' },
		why: 'Pods start again after the reboot.',
		action: 'Nothing is to be done.',
		source: readme,
	},
} as const satisfies Readonly<Record<string, FindingKind>>;

export const nerdctlKinds = {
	unreadable: unreadableKind('nerdctl', 'nerdctl', [['nerdctl', 'info']], 'nerdctl docs/config.md'),
} as const satisfies Readonly<Record<string, FindingKind>>;

export const kubesprayKinds = {
	unreadable: unreadableKind(
		'kubespray',
		'Kubespray',
		[['ls', '-R', '/root/kubespray/inventory']],
		'the inventory of Kubespray',
	),
	snapshotterVars: {
		id: 'kubespray.snapshotter-vars',
		title: 'Kubespray sets both snapshotters',
		when: { warning: 'an inventory sets containerd_snapshotter to zfs and nerdctl_snapshotter not to zfs' },
		why:
			'nerdctl_snapshotter has a default of its own, overlayfs: Kubespray pulls with nerdctl into it, and pods do ' +
			'not find their images. With containerd 2.1 and later pulls of CRI need an unpack_config as well.',
		action: 'Set containerd_snapshotter: zfs and nerdctl_snapshotter: zfs before Kubespray runs the next time.',
		source: 'kubernetes-sigs/kubespray#11734, #9979',
	},
} as const satisfies Readonly<Record<string, FindingKind>>;
