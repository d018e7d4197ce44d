import type { FindingKind } from '../kind.js';

export const spaceKinds = {
	unreadable: {
		id: 'space.unreadable',
		title: 'The free space could be read',
		when: { warning: 'it could not' },
		why: 'A full disk in the middle of a build or transaction leaves half of it behind.',
		action: 'Look by hand.',
		commands: [['df', '-h', '/', '/boot', '/usr', '/var']],
		source: 'statfs(2)',
	},
	readOnly: {
		id: 'space.read-only',
		title: 'The file systems that the upgrade writes to are writable',
		when: { blocker: 'one is mounted read-only' },
		why:
			'Packages, modules and initramfs cannot be written. A file system that should be writable and is not ' +
			'has mostly met an error.',
		action: 'See why, then mount it for writing.',
		commands: [
			['journalctl', '-k', '-b', '--grep', 'read-only'],
			['mount', '-o', 'remount,rw', '<mount point>'],
		],
		source: 'mount(8)',
	},
	enough: {
		id: 'space.enough',
		title: 'There is room for the build, the packages and each initramfs',
		when: {
			blocker: 'less is free than the upgrade writes',
			warning: 'less than twice of that is free',
			ok: 'there is more',
		},
		why:
			'A build or an initramfs that does not fit leaves a kernel without module; a full disk leaves packages ' +
			'half installed.',
		action: 'Make room first: old kernels and the package cache are the usual way.',
		commands: [
			['apt-get', 'clean'],
			['apt-get', '--simulate', 'autoremove', '--purge'],
		],
		source: 'measured: 2.3.2 built for 6.1.0-56-amd64',
	},
	stateVolatile: {
		id: 'space.state-volatile',
		title: 'The state of the run survives the reboot',
		when: { warning: 'its folder lies in memory' },
		why: 'After the reboot the wizard would not know where it was, nor hold the way back.',
		action: 'Name a folder on a disk.',
		commands: [['zfs-lockstep', '--state-dir', '<folder>']],
		source: 'tmpfs(5)',
	},
	stateOnPool: {
		id: 'space.state-on-pool',
		title: 'The state of the run lies outside the pools',
		when: {
			warning: 'its folder lies on a pool although root does not',
			notice: 'root is on ZFS, so it lies on a pool',
		},
		why: 'If the pool does not come back, the notes on how to bring it back are on it.',
		action: 'Copy the folder to another machine before the reboot, or name a folder off the pools.',
		commands: [['zfs-lockstep', '--state-dir', '<folder>']],
		source: 'experience',
	},
} as const satisfies Readonly<Record<string, FindingKind>>;
