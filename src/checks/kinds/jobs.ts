import type { FindingKind } from '../kind.js';

const source = 'openzfs/zfs#17323, jimsalterjrs/sanoid#991; systemd.timer(5), Persistent=';

export const jobKinds = {
	unreadable: {
		id: 'jobs.unreadable',
		title: 'Work that snapshots, sends, prunes or upgrades by itself could be looked for',
		when: { warning: 'a place where it may be set up could not be read' },
		why: 'A job that was not found would run while the two halves differ.',
		action: 'See what stands in the way, and look for such work by hand.',
		commands: [
			['systemctl', 'list-timers', '--all'],
			['ls', '/etc/cron.d', '/var/spool/cron'],
		],
		source: 'what could not be read passes no check',
	},
	running: {
		id: 'jobs.running',
		title: 'No replication or pruning is under way',
		when: {
			warning: 'some is, and tools and loaded module differ',
			notice: 'some is',
		},
		why:
			'The upgrade waits until it has ended and kills nothing. While the two halves differ a send may fail, and ' +
			'with 2.3.1 on one side -I and -R do.',
		action: 'Let it end, or stop it where it was started.',
		commands: [['pgrep', '-af', 'zfs (send|receive|recv)|syncoid|zrepl']],
		source,
	},
	unpaused: {
		id: 'jobs.unpaused',
		title: 'Jobs that would run while the two halves differ',
		when: {
			blocker: 'a run is about to reboot, and there are jobs that are not on hold any more',
			warning: 'tools and loaded module differ, and there are jobs that are not on hold',
			notice: 'an upgrade is planned: it puts them on hold',
		},
		why:
			'A send that fails between the halves goes unnoticed, pruning may meanwhile remove the last common snapshot, ' +
			'and a missed timer fires right after the boot. A hold survives the reboot and is undone at the end.',
		action: 'The second step puts them on hold and the last one lets them go on, if the smoke test is green.',
		commands: [['zfs-lockstep', 'plan']],
		source,
	},
	outside: {
		id: 'jobs.outside',
		title: 'Replication that nothing on this host starts',
		when: { notice: 'properties of datasets set it up, and it may be started by another host' },
		why: 'It cannot be put on hold from here.',
		action: 'Stop it where it is started until the upgrade is finished.',
		commands: [['zfs', 'get', '-s', 'local', '-t', 'filesystem,volume', 'all']],
		source: 'zfs-autobackup, autobackup:<name>; znapzend, org.znapzend:src_plan',
	},
	cronName: {
		id: 'jobs.cron-name',
		title: 'Cron tables that were renamed are not run',
		when: { warning: 'this cron runs a table in /etc/cron.d whose name says that it is switched off' },
		why: 'Unlike the cron of Debian, cronie reads job.disabled and the like: renaming a table does not switch it off.',
		action: 'Move the file out of /etc/cron.d.',
		commands: [['ls', '-la', '/etc/cron.d']],
		source: 'cronie src/database.c, not_a_crontab',
	},
} as const satisfies Readonly<Record<string, FindingKind>>;
