import type { FindingKind } from '../../kind.js';
import { unreadableKind } from '../consumer-topic.js';

export const libvirtKinds = {
	unreadable: unreadableKind(
		'libvirt',
		'libvirt',
		[['virsh', 'list', '--all']],
		'formatdomain and formatstorage of libvirt.org',
	),
	guestsOnZfs: {
		id: 'libvirt.guests-on-zfs',
		title: 'Guests on zvols, and storage pools of libvirt on ZFS',
		when: {
			warning: 'a guest with a zvol among its disks is running',
			notice: 'such a guest or a storage pool of type zfs is defined',
		},
		why: 'A running guest keeps its zvol open: the module cannot be unloaded, and the reboot stops the guest.',
		action:
			'Shut the guests down, or move them, before the reboot; see that their zvols are there before they start again.',
		commands: [['virsh', 'list', '--all']],
		source: 'virsh(1)',
	},
} as const satisfies Readonly<Record<string, FindingKind>>;

export const sharesKinds = {
	unreadable: unreadableKind('shares', 'the iSCSI target', [['targetcli', 'ls']], 'targetcli(8), targets.conf(5)'),
	iscsi: {
		id: 'shares.iscsi-zvol',
		title: 'Zvols that an iSCSI target serves',
		when: { warning: 'there are any' },
		why: 'Initiators see their disk vanish with the reboot; after it the target must not start before the zvols are there.',
		action: 'Have the initiators log out, or their guests stopped, before the reboot.',
		commands: [['targetcli', 'sessions']],
		source: 'targetcli(8), targets.conf(5)',
	},
	clients: {
		id: 'shares.clients',
		title: 'Datasets that are shared by sharenfs or sharesmb',
		when: { notice: 'there are any' },
		why: 'Clients hang or fail while this host reboots; zfs-share.service shares again after the boot.',
		action: 'Tell the clients; after the reboot see that everything is shared again.',
		commands: [
			['exportfs', '-v'],
			['systemctl', 'status', 'zfs-share.service'],
		],
		source: 'zfs-share(8), exports(5)',
	},
} as const satisfies Readonly<Record<string, FindingKind>>;
