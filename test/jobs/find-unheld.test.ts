import { expect, it } from 'vitest';
import { findJobs } from '../../src/jobs/find-jobs.js';
import { findUnheldJobs } from '../../src/jobs/find-unheld.js';
import type { ReplicationJob, ServiceJob } from '../../src/jobs/job.js';
import { holdService } from '../../src/jobs/unit-hold.js';
import { createRecordedHost } from './recorded-host.js';

const isService = (job: ReplicationJob): job is ServiceJob => job.kind === 'service';

it('a service that a run holds does not count as one that may run', async () => {
	const jobs = await findJobs(createRecordedHost({}));
	const [held, ...others] = jobs.known ? jobs.value.filter(isService) : [];
	if (held === undefined) throw new Error('the recording has no service');
	const { stagedFiles, held: state } = holdService(
		held,
		{ folder: '/run', resetCommand: 'zfs-lockstep reset' },
		undefined,
	);
	const dropIn = { [state.detail.path ?? '']: stagedFiles[0]?.text ?? '' };
	const unheld = await findUnheldJobs(createRecordedHost({ files: dropIn }));
	expect(unheld.known && unheld.value.filter(isService).map(({ unit }) => unit)).toEqual(
		others.map(({ unit }) => unit),
	);
});

it('a drop-in of that name that says something else holds nothing', async () => {
	const files = { '/etc/systemd/system/sanoid.service.d/zz-zfs-lockstep-hold.conf': '[Unit]\n' };
	const [all, unheld] = [await findJobs(createRecordedHost({})), await findUnheldJobs(createRecordedHost({ files }))];
	expect(unheld).toEqual(all);
});
