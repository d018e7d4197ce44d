import type { FindingKind } from '../kind.js';

export const unitKinds = {
	unreadable: {
		id: 'units.unreadable',
		title: 'The units of OpenZFS could be read',
		when: { warning: 'they could not' },
		why: 'What imports and mounts the pools at boot cannot be told without them, nor compared after the reboot.',
		action: 'Ask by hand.',
		commands: [['systemctl', 'list-units', '--all', 'zfs*']],
		source: 'systemctl(1)',
	},
	failed: {
		id: 'units.failed',
		title: 'No unit of OpenZFS has failed',
		when: { warning: 'one has' },
		why: 'What failed before the upgrade fails after it, and would be put down to the upgrade.',
		action: 'See why and mend it first.',
		commands: [['journalctl', '-b', '-u', '<unit>']],
		source: 'systemctl(1)',
	},
	skipped: {
		id: 'units.skipped',
		title: 'No enabled unit of OpenZFS was skipped at boot',
		when: { warning: 'systemd skipped one because its condition did not hold' },
		why:
			'A skipped unit is not failed and shows nowhere: this is what it looks like when the module was not ' +
			'there at boot.',
		action: 'See which condition did not hold.',
		commands: [['systemctl', 'status', '<unit>']],
		source: 'etc/systemd/system of openzfs/zfs; systemd.unit(5)',
	},
	importDisabled: {
		id: 'units.import-disabled',
		title: 'Something imports the pools at boot',
		when: {
			warning:
				'neither zfs-import-cache nor zfs-import-scan is enabled, though there are pools besides that of ' + 'the root',
		},
		why: 'Pools that were imported by hand are not there after the reboot.',
		action: 'Enable the import by the cache file.',
		commands: [['systemctl', 'enable', 'zfs-import-cache.service', 'zfs-import.target']],
		source: 'zfs-import-cache.service',
	},
	running: {
		id: 'units.running',
		title: 'The units of OpenZFS run',
		when: { ok: 'none of them failed or was skipped' },
		why: 'This is what the state after the reboot is compared with.',
		action: 'Nothing is to be done.',
		source: 'systemctl(1)',
	},
} as const satisfies Readonly<Record<string, FindingKind>>;
