import { type Fact, known } from '../facts/fact.js';
import { guarded } from '../facts/read-text.js';
import type { Host } from '../host/host.js';
import { findCronJobs } from './cron-jobs.js';
import type { JobSystem, ReplicationJob, RunningJob } from './job.js';
import { findOutsideJobs } from './outside-jobs.js';
import { findRunningJobs } from './running-jobs.js';
import { findServiceJobs } from './service-jobs.js';
import { findStorageReplication } from './storage-replication.js';
import { findUserCrontabs } from './user-crontabs.js';

/**
 * All work on this host that snapshots, sends, receives, prunes or scrubs by itself, or upgrades packages by itself,
 * with what is at it right now. Reads only. Unknown when one of the places could not be read: a job that was not found
 * would run in the window.
 */
export async function findJobs(host: Host): Promise<Fact<readonly ReplicationJob[]>> {
	const own = await findOwnJobs(host);
	if (!own.known) return own;
	const outside = await findOutsideJobs(host, new Set(own.value.map(({ system }): JobSystem => system)));
	if (!outside.known) return outside;
	return known([...own.value, ...outside.value], 'systemctl, cron, /proc');
}

/** The same without what other hosts may start, which only a listing of every dataset tells. */
export async function findOwnJobs(host: Host): Promise<Fact<readonly ReplicationJob[]>> {
	const found = await Promise.all([
		findServiceJobs(host),
		guarded('cron', async () => known(await findCronJobs(host), '/etc/cron*')),
		guarded('cron', () => findUserCrontabs(host)),
		guarded('pvesr', async () => known(await findStorageReplication(host), '/etc/pve/replication.cfg')),
		readRunningJobs(host),
	]);
	const jobs: ReplicationJob[] = [];
	for (const fact of found) {
		if (!fact.known) return fact;
		jobs.push(...fact.value);
	}
	return known(jobs, 'systemctl, cron, /proc');
}

/** Only what is at it right now: cheap enough to be asked again and again. */
export function readRunningJobs(host: Host): Promise<Fact<readonly RunningJob[]>> {
	return guarded('/proc', async () => known(await findRunningJobs(host), '/proc'));
}
