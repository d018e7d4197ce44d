/** Puts jobs on hold so that neither a reboot nor a missed timer starts them, and undoes exactly that. */

import type { Host } from '../host/host.js';
import { HostError } from '../host/host-error.js';
import type { PlannedCommand } from '../plan/planned-command.js';
import { cronFileHold, holdCronFile } from './cron-file-hold.js';
import { cronLinesHold, holdCronLines } from './cron-lines-hold.js';
import { crontabHold, holdCrontab } from './crontab-hold.js';
import type { Hold, HoldMeans, StagedFile } from './hold.js';
import type { HeldJob, ReplicationJob } from './job.js';
import { holdStorageReplication, storageReplicationHold } from './storage-replication-hold.js';
import { hasReadDropIns, holdService, reloadUnits, startDaemon, stopDaemon, unitHold } from './unit-hold.js';

export interface HoldPlan {
	/** In the run's own folder; written before the first command. */
	readonly stagedFiles: readonly StagedFile[];
	/** In order. */
	readonly commands: readonly PlannedCommand[];
	/** To be recorded before the first command. */
	readonly held: readonly HeldJob[];
	/** At it right now: waited for, never killed. */
	readonly running: readonly { readonly name: string; readonly pid: number }[];
}

const means: Readonly<Record<string, HoldMeans>> = {
	service: unitHold,
	'cron-file': cronFileHold,
	'cron-lines': cronLinesHold,
	'user-crontab': crontabHold,
	'storage-replication': storageReplicationHold,
};

/** @param runDirectory the run's own folder; what is moved away is kept below it */
export function planHold(jobs: readonly ReplicationJob[], runDirectory: string): HoldPlan {
	const folder = `${runDirectory}/held-jobs`;
	const holds = jobs.flatMap((job) => holdOf(job, folder) ?? []);
	const services = jobs.filter((job) => job.kind === 'service');
	return {
		stagedFiles: [
			...(holds.length === 0 ? [] : [{ path: `${folder}/README`, text: readme, mode: 0o600 }]),
			...holds.flatMap(({ stagedFiles }) => stagedFiles),
		],
		commands: [
			...holds.flatMap(({ commands }) => commands),
			...(services.length === 0 ? [] : [reloadUnits('backup.hold-job.reload')]),
			...services.filter(({ isDaemon }) => isDaemon).map(stopDaemon),
		],
		held: holds.map(({ held }) => held),
		running: jobs.flatMap((job) => (job.kind === 'running' ? [{ name: job.name, pid: job.pid }] : [])),
	};
}

const readme = `What zfs-lockstep moved away or changed to keep jobs from running until the upgrade is finished.
Put everything back: zfs-lockstep reset
`;

function holdOf(job: ReplicationJob, folder: string): Hold | undefined {
	switch (job.kind) {
		case 'service':
			return holdService(job, folder);
		case 'cron-file':
			return holdCronFile(job, folder);
		case 'cron-lines':
			return holdCronLines(job);
		case 'user-crontab':
			return holdCrontab(job, folder);
		case 'storage-replication':
			return holdStorageReplication(job);
		case 'running':
		case 'outside':
			return undefined;
	}
}

/** The exact undo, in reverse order. */
export function resumeCommands(held: readonly HeldJob[]): readonly PlannedCommand[] {
	const reversed = held.toReversed();
	return [
		...reversed.flatMap((one) => meansFor(one).resume(one)),
		...(held.some(({ kind }) => kind === 'service') ? [reloadUnits('finish.resume-job.reload')] : []),
		...reversed.flatMap(startDaemon),
	];
}

/** Whether every hold is still in place; false also where that could not be read. */
export async function areHeld(host: Host, held: readonly HeldJob[]): Promise<boolean> {
	try {
		for (const one of held) {
			if (!(await meansFor(one).isHeld(host, one))) return false;
		}
		return await hasReadDropIns(
			host,
			held.filter(({ kind }) => kind === 'service'),
		);
	} catch (error) {
		if (error instanceof HostError) return false;
		throw error;
	}
}

/** A line for each job, for screens and the report. */
export function describeHeld(held: readonly HeldJob[]): readonly string[] {
	return held.map((one) => meansFor(one).describe(one));
}

function meansFor(held: HeldJob): HoldMeans {
	const found = means[held.kind];
	if (found === undefined) throw new Error(`The run's state names a held job of the unknown kind ${held.kind}.`);
	return found;
}
