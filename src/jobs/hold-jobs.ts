/** Puts jobs on hold so that neither a reboot nor a missed timer starts them. */
import type { Host } from '../host/host.js';
import { HostError } from '../host/host-error.js';
import { singleLine } from '../host/text.js';
import type { PlannedCommand } from '../plan/planned-command.js';
import { holdCronFile } from './cron-file-hold.js';
import { holdCronLines } from './cron-lines-hold.js';
import { holdCrontab } from './crontab-hold.js';
import type { Hold, HoldPlace, StagedFile } from './hold.js';
import { meansFor } from './hold-means.js';
import type { HeldJob, ReplicationJob } from './job.js';
import { holdStorageReplication } from './storage-replication-hold.js';
import { hasReadDropIns, holdService, reloadUnits, stopDaemon } from './unit-hold.js';

export interface HoldPlan {
	/** In the run's own folder; to be written before the first command. */
	readonly stagedFiles: readonly StagedFile[];
	/** Hold the jobs, in order. What runs goes on. Each may be run twice. */
	readonly commands: readonly PlannedCommand[];
	/** Stop the daemons that a hold does not stop: after `commands`, and when nothing is `running` any more. */
	readonly stopCommands: readonly PlannedCommand[];
	/** To be recorded before the first command. */
	readonly held: readonly HeldJob[];
	/** At it right now: waited for, never killed. */
	readonly running: readonly { readonly name: string; readonly pid: number }[];
	/** What this program cannot hold, and the administrator should know of; a sentence each. */
	readonly notHeld: readonly string[];
}

/** The run that holds. */
export interface HoldingRun {
	/** Its own folder; what is moved away is kept below it. */
	readonly runDirectory: string;
	/** What to type to let everything go by hand. */
	readonly resetCommand: string;
}

/**
 * @param recorded what an interrupted run put on hold already; it stays in `held`
 */
export function planHold(
	jobs: readonly ReplicationJob[],
	{ runDirectory, resetCommand }: HoldingRun,
	recorded: readonly HeldJob[] = [],
): HoldPlan {
	const folder = `${runDirectory}/held-jobs`;
	const holds = jobs.flatMap((job) => holdOf(job, { folder, resetCommand }, recorded) ?? []);
	const services = jobs.filter((job) => job.kind === 'service');
	const isReplanned = (one: HeldJob) => holds.some(({ held }) => held.kind === one.kind && held.name === one.name);
	return {
		stagedFiles: [
			...(holds.length === 0 ? [] : [{ path: `${folder}/README`, text: readme(resetCommand), mode: 0o600 }]),
			...new Map(holds.flatMap(({ stagedFiles }) => stagedFiles).map((file) => [file.path, file])).values(),
		],
		commands: [
			...holds.flatMap(({ commands }) => commands),
			...(services.length === 0 ? [] : [reloadUnits('backup.hold-job.reload')]),
		],
		stopCommands: services.filter(({ isDaemon }) => isDaemon).map(stopDaemon),
		held: [...recorded.filter((one) => !isReplanned(one)), ...holds.map(({ held }) => held)],
		running: jobs.flatMap((job) => (job.kind === 'running' ? [{ name: job.name, pid: job.pid }] : [])),
		notHeld: jobs.flatMap((job) =>
			job.kind === 'outside' ? [`${job.runs}: if another host starts it, pause it there.`] : [],
		),
	};
}

function readme(resetCommand: string): string {
	return `What zfs-lockstep moved away or changed to keep jobs from running until the upgrade is finished.
Put everything back: ${singleLine(resetCommand)}
`;
}

function holdOf(job: ReplicationJob, place: HoldPlace, recorded: readonly HeldJob[]): Hold | undefined {
	const { folder } = place;
	const same = recorded.find((one) => one.kind === job.kind && one.name === job.name);
	switch (job.kind) {
		case 'service':
			return holdService(job, place, same);
		case 'cron-file':
			return holdCronFile(
				job,
				folder,
				recorded.filter(({ kind, detail }) => kind === job.kind && detail.path === job.path),
			);
		case 'cron-lines':
			return holdCronLines(job, same);
		case 'user-crontab':
			return holdCrontab(job, folder, same);
		case 'storage-replication':
			return holdStorageReplication(job);
		case 'running':
		case 'outside':
			return undefined;
	}
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
