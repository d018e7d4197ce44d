/** Work on this host that runs by itself and must not run while the two halves differ. */
import type { ReplicationJob } from '../jobs/job.js';
import { isSameRelease } from '../zfs/version.js';
import { count, listSome } from './amounts.js';
import type { Finding } from './finding.js';
import { found } from './kind.js';
import { jobKinds as kinds } from './kinds/jobs.js';
import { areToolsAbsent, type CheckInput, type CheckTopic, isAlternateRoot, plannedUpgrade } from './topic.js';

function checkJobs(input: CheckInput): readonly Finding[] {
	const { jobs } = input;
	// A mounted system runs nothing, and without OpenZFS nothing can be replicated.
	if (isAlternateRoot(input) || areToolsAbsent(input)) return [];
	if (!jobs.known) {
		return [
			found(kinds.unreadable, 'warning', {
				title: 'Work that runs by itself could not be looked for everywhere',
				detail: `${jobs.why}. ${kinds.unreadable.why}`,
			}),
		];
	}
	return [
		...judgeRunning(input, jobs.value),
		...judgeScheduled(input, jobs.value),
		...judgeOutside(jobs.value),
		...judgeCronNames(jobs.value),
	];
}

function doHalvesDiffer({ facts }: CheckInput): boolean {
	const { userspace, loadedModule } = facts.versions;
	if (!userspace.known || !loadedModule.known || loadedModule.value === undefined) return false;
	return !isSameRelease(userspace.value, loadedModule.value);
}

function judgeRunning(input: CheckInput, jobs: readonly ReplicationJob[]): readonly Finding[] {
	const running = jobs.filter(({ kind }) => kind === 'running');
	if (running.length === 0) return [];
	return [
		found(kinds.running, doHalvesDiffer(input) ? 'warning' : 'notice', {
			title: `At work right now: ${listSome(running.map(({ name }) => name))}`,
			detail: `${listSome(
				running.map(({ runs }) => runs),
				3,
			)}. ${kinds.running.why}`,
		}),
	];
}

function judgeScheduled(input: CheckInput, jobs: readonly ReplicationJob[]): readonly Finding[] {
	const scheduled = jobs.filter(({ kind }) => kind !== 'running' && kind !== 'outside');
	const differ = doHalvesDiffer(input);
	if (scheduled.length === 0 || (!differ && plannedUpgrade(input) === undefined)) return [];
	const names = listSome(scheduled.map(({ name }) => name));
	return [
		found(kinds.unpaused, differ ? 'warning' : 'notice', {
			title: differ
				? `${count(scheduled.length, 'job')} may run though tools and module differ: ${names}`
				: `${count(scheduled.length, 'job')} will be put on hold for the upgrade: ${names}`,
			detail: `${listSome(scheduled.map(describeStart))}. ${kinds.unpaused.why}`,
		}),
	];
}

function describeStart(job: ReplicationJob): string {
	switch (job.kind) {
		case 'service':
			return job.startedBy.length === 0 ? job.unit : `${job.unit} by ${job.startedBy.join(' and ')}`;
		case 'cron-file':
		case 'cron-lines':
			return job.path;
		case 'user-crontab':
			return `crontab of ${job.user}`;
		default:
			return job.name;
	}
}

function judgeOutside(jobs: readonly ReplicationJob[]): readonly Finding[] {
	const outside = jobs.filter(({ kind }) => kind === 'outside');
	if (outside.length === 0) return [];
	return [
		found(kinds.outside, 'notice', {
			title: `Replication is set up that nothing here starts: ${listSome(outside.map(({ name }) => name))}`,
			detail: `${listSome(
				outside.map(({ runs }) => runs),
				3,
			)}. ${kinds.outside.why}`,
		}),
	];
}

function judgeCronNames(jobs: readonly ReplicationJob[]): readonly Finding[] {
	const paths = jobs.flatMap((job) =>
		(job.kind === 'cron-file' || job.kind === 'cron-lines') && /\.(?:disabled|off|bak|old|orig|save)$/.test(job.path)
			? [job.path]
			: [],
	);
	if (paths.length === 0) return [];
	return [
		found(kinds.cronName, 'warning', {
			title: `Cron runs a table that looks switched off: ${listSome(paths)}`,
			detail: kinds.cronName.why,
		}),
	];
}

export const jobsTopic: CheckTopic = { check: checkJobs, kinds: Object.values(kinds) };
