import type { FindingKind } from '../../kind.js';
import { unreadableKind } from '../consumer-topic.js';

export const longhornKinds = {
	unreadable: unreadableKind('longhorn', 'Longhorn', [['ls', '-l', '/var/lib/longhorn']], 'longhorn-disk.cfg'),
	onZfs: {
		id: 'longhorn.on-zfs',
		title: 'The data paths of Longhorn do not lie on a ZFS filesystem',
		when: { warning: 'one does' },
		why: 'Longhorn supports ext4 and XFS only: it needs file extents as these report them.',
		action: 'Move the data path to ext4 or XFS, for instance on a zvol, before anything else is changed.',
		source: 'Longhorn documentation 1.6 to 1.11, installation requirements',
	},
	backingImage: {
		id: 'longhorn.backing-image',
		title: 'Backing images are whole',
		when: {
			blocker: 'the file of one is missing, or its size or checksum is not the one in its description',
			warning: 'a description could not be read',
		},
		why:
			'Volumes made from a lost or changed image are lost with it. Known now, it is not blamed on the upgrade, and ' +
			'the inventory compares with it afterwards.',
		action: 'Do not attach volumes of it. Restore the image; only one that was downloaded can be downloaded again.',
		commands: [['kubectl', '-n', 'longhorn-system', 'get', 'backingimages.longhorn.io']],
		source: 'harvester/harvester#7958; longhorn/website, resolving backing image unavailability',
	},
} as const satisfies Readonly<Record<string, FindingKind>>;

export const harvesterKinds = {
	unreadable: unreadableKind(
		'harvester',
		'Harvester',
		[['cat', '/etc/harvester-release.yaml']],
		'harvester-installer scripts/package-harvester-os',
	),
	upgradePath: {
		id: 'harvester.upgrade-path',
		title: 'No way on from this release of Harvester is known to be bad',
		when: {
			blocker: 'it stands where a way begins that is known to lose data, and no file tells that another one is planned',
			warning: 'the same, and the way is known to do lesser harm',
		},
		why: 'Harvester upgrades Longhorn with it. A known-bad way loses the backing images of virtual machines.',
		action: 'Read the advisory before the cluster is upgraded.',
		commands: [['zfs-lockstep', 'explain', '<id>']],
		source: 'harvester/harvester#7958; harvester/docs#740',
	},
} as const satisfies Readonly<Record<string, FindingKind>>;
