import type { FindingKind } from '../../kind.js';
import { unreadableKind } from '../consumer-topic.js';

export const drbdKinds = {
	unreadable: unreadableKind('drbd', 'DRBD', [['drbdsetup', 'status', '--json']], 'drbdsetup(8), modinfo(8)'),
	onlyCopy: {
		id: 'drbd.only-copy',
		title: 'Every DRBD volume has a good copy elsewhere',
		when: {
			blocker: 'this node is UpToDate and no other one is',
			warning: 'this node is not UpToDate, or some of the others are not',
		},
		why: 'While this node reboots, nobody can write or even read what only it holds in a good state.',
		action: 'Wait for the resynchronisation, and bring absent nodes back first. One node at a time.',
		commands: [['drbdsetup', 'status']],
		source: 'drbdsetup(8), disk states',
	},
	moduleMissing: {
		id: 'drbd.module-missing',
		title: 'The kernel that boots next has the module of DRBD',
		when: {
			blocker: 'it has none, or one of another major version than the loaded one',
			warning: 'that kernel is not installed yet, or it could not be told',
		},
		why: 'Without it no DRBD volume comes up after the reboot; the kernel brings DRBD 8 of its own, which cannot serve DRBD 9.',
		action: 'Build or install the module for that kernel.',
		commands: [
			['dkms', 'status', 'drbd'],
			['modinfo', '-k', '<kernel>', 'drbd'],
		],
		source: 'modinfo(8); LINBIT/drbd',
	},
	ready: {
		id: 'drbd.ready',
		title: 'DRBD can do without this node for the reboot',
		when: { ok: 'every volume is UpToDate here and elsewhere, and the next kernel has the module' },
		why: 'Other nodes serve meanwhile.',
		action: 'Nothing is to be done.',
		source: 'drbdsetup(8)',
	},
} as const satisfies Readonly<Record<string, FindingKind>>;

export const linstorKinds = {
	unreadable: unreadableKind('linstor', 'LINSTOR', [['linstor', 'storage-pool', 'list']], 'linstor(8)'),
	encryptedPool: {
		id: 'linstor.encrypted-pool',
		title: 'LINSTOR does not clone onto encrypted datasets',
		when: { warning: 'a storage pool of kind ZFS or ZFS_THIN, or a volume of LINSTOR, lies on an encrypted dataset' },
		why:
			'New instances from an image fail with "zfs receive -F cannot be used to destroy an encrypted filesystem", in ' +
			'every release of OpenZFS: the upgrade is not the cause and does not mend it. Keys must be loaded before the ' +
			'satellite starts, else its volumes are Diskless.',
		action: 'Use the LUKS layer on an unencrypted dataset, and load the keys right after the reboot.',
		commands: [['zfs', 'get', '-r', '-t', 'filesystem,volume', 'encryption,keystatus', '<dataset>']],
		source: 'lxc/incus#2075; LINBIT/linstor-server#177',
	},
	autoEvict: {
		id: 'linstor.auto-evict',
		title: 'LINSTOR does not evict this node while it is away',
		when: { warning: 'DrbdOptions/AutoEvictAllowEviction is not false, or could not be read' },
		why:
			'A node that is away for longer than DrbdOptions/AutoEvictAfterTime (one hour, twelve from 1.34 on) is given up, ' +
			'and everything is replicated again.',
		action: 'Forbid it for the time of the upgrade, remember the former value, and restore it afterwards.',
		commands: [['linstor', 'node', 'set-property', '<node>', 'DrbdOptions/AutoEvictAllowEviction', 'false']],
		source: 'LINBIT/linstor-server ReconnectorTask.java and CHANGELOG',
	},
} as const satisfies Readonly<Record<string, FindingKind>>;
