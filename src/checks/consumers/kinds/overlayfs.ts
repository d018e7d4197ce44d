import type { FindingKind } from '../../kind.js';
export const overlayfsKinds = {
	oldZfs: {
		id: 'overlayfs.old-zfs',
		title: 'Overlays that lie on ZFS can be mounted',
		when: {
			blocker: 'an overlay driver or snapshotter lies on ZFS, and the module that will run is older than 2.2',
			warning: 'the same, and the release of the module is not known',
			notice: 'the module is older than 2.2 today, and the planned upgrade brings a later one',
		},
		why:
			'Below 2.2 OpenZFS lacks the renames that overlayfs needs: mounts fail with "not supported as upperdir" or ' +
			'"failed to mount overlay: invalid argument". It is a matter of OpenZFS, not of the kernel.',
		action:
			'Upgrade OpenZFS to 2.2 or later, or use the zfs driver or snapshotter; what the former driver stored stays on ' +
			'disk and is out of sight. Before going back below 2.2 stop what uses overlays.',
		commands: [['zfs-lockstep', 'explain', 'zfs-overlayfs-refused']],
		source: 'openzfs/zfs#14070, #12209, #9600',
	},
} as const satisfies Readonly<Record<string, FindingKind>>;
