import { describe, expect, it } from 'vitest';
import { findCronJobs } from '../../src/jobs/cron-jobs.js';
import type { TableFile } from '../support/table-files.js';
import { createTableHost } from '../support/table-host.js';

const debianCron = { '/usr/sbin/cron': { text: '', mode: 0o755 } };

/** As Debian's zfsutils-linux 2.1.11 installs it. */
const zfsutils = String.raw`PATH=/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin

# TRIM the first Sunday of every month.
24 0 1-7 * * root if [ $(date +\%w) -eq 0 ] && [ -x /usr/lib/zfs-linux/trim ]; then /usr/lib/zfs-linux/trim; fi

# Scrub the second Sunday of every month.
24 0 8-14 * * root if [ $(date +\%w) -eq 0 ] && [ -x /usr/lib/zfs-linux/scrub ]; then /usr/lib/zfs-linux/scrub; fi
`;
const autoSnapshot = `PATH="/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"

*/15 * * * * root which zfs-auto-snapshot > /dev/null || exit 0 ; zfs-auto-snapshot --quiet --syslog --label=frequent --keep=4 //
`;
const pyznap = `SHELL=/bin/bash

*/15 * * * *  root  /root/pyznap/bin/python /root/pyznap/bin/pyznap snap >> /var/log/pyznap.log 2>&1
0 0  * * *    root  /root/pyznap/bin/python /root/pyznap/bin/pyznap send >> /var/log/pyznap.log 2>&1
`;
const dailyScript = { text: '#!/bin/sh\nexec zfs-auto-snapshot --quiet --label=daily --keep=31 //\n', mode: 0o755 };

async function find(files: Record<string, TableFile>) {
	return findCronJobs(createTableHost({ files: { ...debianCron, ...files } }));
}

describe('cron tables and scripts', () => {
	it.each([
		['zfsutils-linux', zfsutils, 'scrub'],
		['zfs-auto-snapshot', autoSnapshot, 'zfs-auto-snapshot'],
		['pyznap', pyznap, 'pyznap'],
		['backup', '@daily root /usr/local/bin/zfs-autobackup -v offsite1 tank/backup\n', 'zfs-autobackup'],
		['sync', '5 * * * * root /usr/sbin/syncoid --no-sync-snap tank/a backup/a\n', 'syncoid'],
		['sanoid', '*/15 * * * * root [ -d /run/systemd/system ] || TZ=UTC /usr/sbin/sanoid --cron\n', 'sanoid'],
		['pve-zsync', '*/15 * * * * root pve-zsync sync --source 100 --dest 10.0.0.2:tank\n', 'other-replication'],
		['own', '10 2 * * * root zfs send -I tank@a tank@b | ssh backup zfs receive -u pool/tank\n', 'zfs-command'],
	])('find /etc/cron.d/%s as a whole file to be moved', async (name, text, system) => {
		const jobs = await find({ [`/etc/cron.d/${name}`]: { text, mode: 0o644 } });
		expect(jobs).toMatchObject([
			{ kind: 'cron-file', system, path: `/etc/cron.d/${name}`, mode: 0o644, uid: 0, name: `cron.d-${name}` },
		]);
	});

	it('find nothing in tables of other work', async () => {
		const jobs = await find({
			'/etc/crontab': '17 * * * * root cd / && run-parts --report /etc/cron.hourly\n',
			'/etc/cron.d/e2scrub_all': '30 3 * * 0 root test -e /run/systemd/system || /sbin/e2scrub_all\n',
			'/etc/cron.d/logs': '0 1 * * * root find /var/log/sanoid -mtime +30 -delete\n',
			'/etc/cron.d/list': '0 1 * * * root zfs list -o name,used | mail -s space root\n',
			'/etc/cron.d/off': '#0 1 * * * root zfs snapshot tank@x\n',
			'/etc/cron.daily/man-db': { text: '#!/bin/sh\nmandb\n', mode: 0o755 },
		});
		expect(jobs).toEqual([]);
	});

	it('take only its lines from a table that has other work as well', async () => {
		const line = '5 3 * * *\troot\t/sbin/zfs snapshot -r tank@nightly';
		const other = '0 4 * * * root /usr/local/bin/report';
		const text = `SHELL=/bin/sh\n${other}\n${line}\n`;
		expect(await find({ '/etc/crontab': text, '/etc/cron.d/mixed': text })).toMatchObject([
			{ kind: 'cron-lines', path: '/etc/crontab', lines: [line] },
			{ kind: 'cron-lines', path: '/etc/cron.d/mixed', lines: [line] },
		]);
	});

	it('never move /etc/crontab away', async () => {
		const jobs = await find({ '/etc/crontab': '@daily root zfs destroy tank@old\n' });
		expect(jobs).toMatchObject([{ kind: 'cron-lines' }]);
	});

	it('look into the scripts that an entry runs', async () => {
		const jobs = await find({
			'/etc/cron.d/nightly': '@daily root test -x /opt/n.sh && nice -n 19 /opt/n.sh >/dev/null 2>&1\n',
			'/opt/n.sh': '#!/usr/bin/python3\nsubprocess.run(["zfs", "send", "-R", snapshot])\n',
		});
		expect(jobs).toMatchObject([{ kind: 'cron-file', system: 'zfs-command' }]);
	});

	it('find the executable scripts of cron.hourly to cron.monthly', async () => {
		const jobs = await find({
			'/etc/cron.daily/zfs-auto-snapshot': dailyScript,
			'/etc/cron.weekly/zfs-auto-snapshot': { ...dailyScript, mode: 0o644 },
		});
		expect(jobs).toMatchObject([{ kind: 'cron-file', name: 'cron.daily-zfs-auto-snapshot', mode: 0o755 }]);
	});

	it('follow a script that is a symbolic link', async () => {
		const jobs = await find({
			'/etc/cron.daily/snap': { link: '/usr/local/sbin/snap' },
			'/usr/local/sbin/snap': dailyScript,
		});
		expect(jobs).toMatchObject([{ path: '/etc/cron.daily/snap' }]);
	});

	it('find work in anacron’s table', async () => {
		const jobs = await find({
			'/etc/anacrontab': '7 10 weekly.scrub zpool scrub tank\n1 5 cron.daily run-parts /etc/cron.daily\n',
		});
		expect(jobs).toMatchObject([
			{ kind: 'cron-lines', system: 'scrub', lines: ['7 10 weekly.scrub zpool scrub tank'] },
		]);
	});

	it('hold package upgrades of cron.daily only where no timer runs them', async () => {
		const files = { '/etc/cron.daily/apt-compat': { text: '#!/bin/sh\n', mode: 0o755 } };
		expect(await find(files)).toMatchObject([{ system: 'package-upgrade' }]);
		expect(await find({ ...files, '/run/systemd/system': { directory: true } })).toEqual([]);
	});

	it('leave files alone that Debian’s cron does not read, and take them where cronie does', async () => {
		const files = { '/etc/cron.d/snap.disabled': '@daily root zfs snapshot tank@x\n' };
		expect(await find(files)).toEqual([]);
		const cronie = createTableHost({ files: { '/usr/sbin/crond': '', ...files } });
		expect(await findCronJobs(cronie)).toMatchObject([{ path: '/etc/cron.d/snap.disabled' }]);
	});

	it('show commands without control characters', async () => {
		const [job] = await find({ '/etc/cron.d/x': '@daily root zfs snapshot tank@x \u001b]0;title\u0007\n' });
		expect(job?.runs).toBe('zfs snapshot tank@x ');
	});
});
