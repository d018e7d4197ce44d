import { describe, expect, it } from 'vitest';
import { findServiceJobs } from '../../src/jobs/service-jobs.js';
import { createRecordedHost } from './recorded-host.js';

const nightly = `#!/bin/bash
# zfs send of the database
ZFS=/sbin/zfs
"$ZFS" snapshot "tank/db@nightly-$(date +%F)"
`;

async function find(files: Record<string, string> = { '/usr/local/sbin/nightly.sh': nightly }) {
	const jobs = await findServiceJobs(createRecordedHost({ files }));
	if (!jobs.known) throw new Error(jobs.why);
	return jobs.value;
}

describe('services found on a real systemd', () => {
	it('are those that snapshot, send, prune, scrub or upgrade, and no others', async () => {
		expect((await find()).map(({ unit, system }) => [unit, system])).toEqual([
			['apt-daily-upgrade.service', 'package-upgrade'],
			['apt-daily.service', 'package-upgrade'],
			['nightly.service', 'zfs-command'],
			['offsite.service', 'syncoid'],
			['sanoid-prune.service', 'sanoid'],
			['sanoid.service', 'sanoid'],
			['zfs-scrub@.service', 'scrub'],
			['znapzend.service', 'znapzend'],
			['zrepl.service', 'zrepl'],
		]);
	});

	it('are shown with the commands that drop-ins gave them', async () => {
		const offsite = (await find()).find(({ unit }) => unit === 'offsite.service');
		expect(offsite?.runs).toBe(
			'/usr/sbin/syncoid --recursive --identifier=offsite tank/data root@backup:pool/data; /usr/sbin/syncoid tank/vm root@backup:pool/vm',
		);
	});

	it('say what starts them', async () => {
		const startedBy = Object.fromEntries((await find()).map((job) => [job.unit, job.startedBy]));
		expect(startedBy).toMatchObject({
			'sanoid.service': ['sanoid.timer'],
			'sanoid-prune.service': ['sanoid.service'],
			'zfs-scrub@.service': ['zfs-scrub-monthly@.timer', 'zfs-scrub-weekly@.timer'],
		});
	});

	it('count the running daemons among those that must be stopped, and nothing else', async () => {
		const daemons = (await find()).filter(({ isDaemon }) => isDaemon).map(({ unit }) => unit);
		expect(daemons).toEqual(['znapzend.service', 'zrepl.service']);
	});

	it('are not found through a script that does nothing with ZFS', async () => {
		const jobs = await find({ '/usr/local/sbin/nightly.sh': '#!/bin/sh\n# zfs send comes later\ntar -c /etc\n' });
		expect(jobs.map(({ unit }) => unit)).not.toContain('nightly.service');
	});

	it('do not include a database that takes a snapshot before it starts', async () => {
		expect((await find()).map(({ unit }) => unit)).not.toContain('database.service');
	});

	it('are none where another init runs', async () => {
		const jobs = await findServiceJobs(createRecordedHost({ systemd: false }));
		expect(jobs).toMatchObject({ known: true, value: [] });
	});

	it('are unknown when systemctl fails, never none', async () => {
		const failing = { commands: [['systemctl list-units *', { exit: 1 }]] as const };
		expect(await findServiceJobs(createRecordedHost(failing))).toMatchObject({ known: false });
		const mute = { commands: [['systemctl show *', { exit: 1 }]] as const };
		expect(await findServiceJobs(createRecordedHost(mute))).toMatchObject({ known: false });
	});

	it('are looked at with three commands, however many there are', async () => {
		const host = createRecordedHost({});
		await findServiceJobs(host);
		expect(host.calls.map(({ argv }) => argv[1])).toEqual(['list-unit-files', 'list-units', 'show']);
	});
});
