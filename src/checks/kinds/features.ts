import type { FindingKind } from '../kind.js';

export const featureKinds = {
	rollback: {
		id: 'features.rollback',
		title: 'The old release can import the pools',
		when: {
			warning: 'a feature that the old release does not know is active, or the features could not be read',
			ok: 'no such feature is active',
		},
		why:
			'A feature cannot be switched off again. With one active that the old release does not know, going ' +
			'back means that the pool is not imported, or read-only.',
		action:
			'Be sure of the upgrade: for these pools the way back is a checkpoint or a backup, not the old ' + 'packages.',
		commands: [['zpool', 'get', 'all', '<pool>']],
		source: 'zpool-features(7); measured: a pool upgraded under 2.3.2 is refused by 2.1.11',
	},
	zpoolUpgrade: {
		id: 'features.zpool-upgrade',
		title: 'Nobody runs zpool upgrade while the way back is wanted',
		when: {
			warning: 'zpool upgrade under the target would end the way back to the old release',
			notice: 'it would enable new features without ending the way back at once',
		},
		why:
			'After the upgrade zpool status says "Some supported features are not enabled" and recommends zpool ' +
			'upgrade. Following that advice is what ends the way back, at once and for good. This program never ' +
			'does it.',
		action:
			'Do not run zpool upgrade before you are sure. To keep pool and advice to what the old release knows, ' +
			'set the property compatibility (taken back by: compatibility=off).',
		commands: [['zpool', 'set', 'compatibility=<set>', '<pool>']],
		source: 'zpool-features(7), zpool-upgrade(8); openzfs/zfs#6001, #12403',
	},
	unsupported: {
		id: 'features.unsupported',
		title: 'The module knows every feature of the pools',
		when: { warning: 'a pool has features that the loaded module does not know' },
		why:
			'A newer release has used the pool. It is open now only because these features are not active, or for ' +
			'reading.',
		action: 'Find out which release that was; the upgrade should not stay below it.',
		commands: [['zpool', 'upgrade']],
		source: 'zpool-features(7)',
	},
	grub: {
		id: 'features.grub',
		title: 'GRUB can read the boot pool',
		when: {
			warning: 'the pool that GRUB reads has features outside its set',
			ok: 'it has none',
		},
		why:
			'GRUB reads pools by its own code and knows few features; before 2.12 even a snapshot of the top ' +
			'dataset can hide the boot pool from it. A host that boots today may not after a snapshot or zpool ' +
			'upgrade.',
		action: 'Leave this pool out of the snapshots, never run zpool upgrade on it, and keep a rescue medium at hand.',
		commands: [['zpool', 'set', 'compatibility=<set>', '<pool>']],
		source: 'cmd/zpool/compatibility.d of 2.4.4; openzfs/zfs#13873, #15261',
	},
} as const satisfies Readonly<Record<string, FindingKind>>;
