import { describe, expect, it } from 'vitest';
import { HostError } from '../../src/host/host-error.js';
import { findJobs, readRunningJobs } from '../../src/jobs/find-jobs.js';
import type { TableFile } from '../support/table-files.js';
import { type CommandTable, createTableHost } from '../support/table-host.js';
import { createRecordedHost } from './recorded-host.js';

/** Without systemd, so that only the test's own jobs are there. */
async function find(files: Record<string, TableFile>, commands: CommandTable = []) {
	const jobs = await findJobs(createRecordedHost({ files, commands, systemd: false }));
	if (!jobs.known) throw new Error(jobs.why);
	return jobs.value;
}

describe('the jobs of a host', () => {
	it('are none where there are none', async () => {
		expect(await find({})).toEqual([]);
	});

	it('are unknown when a place could not be read, never fewer', async () => {
		const denied = new HostError('permission', '/etc/crontab', 'Cannot read /etc/crontab: permission denied.', []);
		const host = createTableHost({ files: { '/etc/crontab': { error: denied } } });
		expect(await findJobs(host)).toEqual({ known: false, why: denied.message });
	});

	it('include lines of users’ crontabs on Debian, SUSE and Red Hat', async () => {
		const table = '# mine\n0 5 * * 1 tar -c /home\n30 2 * * * /usr/sbin/zfs send tank@a | ssh b zfs recv p/a\n';
		const files = {
			'/var/spool/cron/crontabs/root': '# DO NOT EDIT\n',
			'/var/spool/cron/tabs/anna': '',
			'/var/spool/cron/bert': '',
		};
		const jobs = await find(files, [
			['crontab -u bert -l', '@daily echo hello\n'],
			['crontab -u * -l', table],
		]);
		expect(jobs).toMatchObject([
			{ kind: 'user-crontab', user: 'root', text: table, lines: [table.split('\n')[2]] },
			{ kind: 'user-crontab', user: 'anna' },
		]);
	});

	it('are unknown when a user’s crontab cannot be listed', async () => {
		const host = createRecordedHost({
			systemd: false,
			files: { '/var/spool/cron/crontabs/root': '' },
			commands: [['crontab *', { exit: 1, stderr: 'must be privileged to use -u\n' }]],
		});
		expect(await findJobs(host)).toMatchObject({ known: false });
	});

	it('include Proxmox’s replication from and to this node, unless it is off', async () => {
		const jobs = await find({
			'/etc/pve/local': { link: 'nodes/pve1' },
			'/etc/pve/nodes/pve1/lrm_status': '',
			'/etc/pve/replication.cfg': [
				'local: 100-0',
				'\ttarget pve2',
				'\tschedule */5',
				'\tsource pve1',
				'',
				'local: 101-0',
				'\tdisable 1',
				'\ttarget pve2',
				'\tsource pve1',
				'',
				'local: 102-0',
				'\ttarget pve3',
				'\tsource pve2',
				'',
				'local: 103-1',
				'\ttarget pve1',
				'\tsource pve3',
				'\tcomment incoming',
				'',
			].join('\n'),
		});
		expect(jobs).toMatchObject([
			{ kind: 'storage-replication', id: '100-0', runs: 'guest 100 to pve2, */5' },
			{ kind: 'storage-replication', id: '103-1' },
		]);
	});

	it('include replication that another host starts, and only where nothing here does', async () => {
		const loaded = { '/sys/module/zfs/version': '2.1.11\n' };
		const properties =
			'tank\tcompression\tlz4\tlocal\ntank/a\tautobackup:offsite\ttrue\tlocal\ntank/b\tautobackup:offsite\tchild\treceived\n';
		const commands: CommandTable = [['zfs get *', properties]];
		expect(await find(loaded, commands)).toMatchObject([
			{ kind: 'outside', system: 'zfs-autobackup', name: 'zfs-autobackup-offsite' },
		]);
		const local = { ...loaded, '/etc/cron.d/auto': '@daily root zfs-autobackup offsite backup\n' };
		expect((await find(local, commands)).map(({ kind }) => kind)).toEqual(['cron-file']);
	});
});

describe('what is at it right now', () => {
	async function running(processes: Record<string, string>) {
		const files = Object.fromEntries(
			Object.entries(processes).map(([pid, words]) => [`/proc/${pid}/cmdline`, `${words.replaceAll(' ', '\0')}\0`]),
		);
		const jobs = await readRunningJobs(
			createTableHost({ files: { '/proc/meminfo': '', '/proc/2/cmdline': '', ...files } }),
		);
		return jobs.known ? jobs.value.map(({ pid, name }) => `${pid} ${name}`) : jobs.why;
	}

	it('is found by its arguments', async () => {
		const processes = {
			'100': 'zfs send -R tank@a',
			'101': '/usr/sbin/zfs receive -s -u tank/x',
			'102': '/usr/bin/perl /usr/sbin/syncoid tank/a b',
			'103': '/usr/bin/python3 /usr/local/bin/zfs-autobackup offsite',
			'104': '/usr/bin/perl -T /usr/bin/pvesr run',
		};
		expect(await running(processes)).toEqual([
			'100 zfs send',
			'101 zfs receive',
			'102 syncoid',
			'103 zfs-autobackup',
			'104 pvesr',
		]);
	});

	it('is not a daemon that waits, nor somebody who only names one', async () => {
		const processes = {
			'200': '/usr/local/bin/zrepl --config /etc/zrepl/zrepl.yml daemon',
			'201': 'znapzend: master',
			'202': 'vim syncoid',
			'203': 'zfs list',
			'204': 'grep zfs send',
			'205': '/usr/bin/perl /usr/local/bin/znapzend --daemonize',
		};
		expect(await running(processes)).toEqual([]);
	});
});
