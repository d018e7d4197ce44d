import { type Fact, known } from '../facts/fact.js';
import { guarded } from '../facts/read-text.js';
import type { Host } from '../host/host.js';
import { findJobs } from './find-jobs.js';
import type { ReplicationJob } from './job.js';
import { isServiceHeld } from './unit-hold.js';

/**
 * Jobs that may run: all that are found but services that a run has put on hold. Other holds move the job away.
 * @param find `findOwnJobs` where only those count that this host starts
 */
export async function findUnheldJobs(
	host: Host,
	find: typeof findJobs = findJobs,
): Promise<Fact<readonly ReplicationJob[]>> {
	const jobs = await find(host);
	if (!jobs.known) return jobs;
	return guarded('held services', async () => {
		const held = await Promise.all(jobs.value.map((job) => job.kind === 'service' && isServiceHeld(host, job.unit)));
		return known(
			jobs.value.filter((_, index) => held[index] !== true),
			jobs.source,
		);
	});
}
