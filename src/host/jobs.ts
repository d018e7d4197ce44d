import path from 'node:path';
import { setImmediate as giveWay, setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
	type CommandResult,
	JobLeftError,
	type JobSpec,
	type JobStatus,
	type OutputLine,
	type PipelineResult,
} from './host.js';
import { HostError, toHostError } from './host-error.js';
import { JobFolder, type StoredJob } from './job-folder.js';
import { launchSupervisor } from './job-launch.js';
import { OutputTail, readOutput } from './job-output.js';
import { hasJobProcesses } from './job-processes.js';
import { isAlive } from './process-identity.js';
import { readOutcome } from './rooted-command.js';

const pollMilliseconds = 100;

/** A build prints thousands of lines at once; after so many the keyboard has its turn. */
const linesATime = 100;

export interface JobsOptions {
	/** Folder that holds one folder a job; made 0700 where it is missing. */
	readonly directory: string;
	/** Root of the host that the commands run in. */
	readonly root: string;
	/** Program and arguments that start this program again; `__job FOLDER` is appended. */
	readonly selfCommand: readonly string[];
}

/** Detached work: `Host.job` and `Host.jobStatus`. */
export class Jobs {
	readonly #options: JobsOptions;

	constructor(options: JobsOptions) {
		this.#options = options;
	}

	/**
	 * Starts the job, or re-attaches to the one of that id, and hands over its output from the beginning.
	 * Throws `JobLeftError` when `signal` aborts; `HostError`: `job-conflict` where the id stands for other work,
	 * `cannot-start`, and what opening the work's files gave.
	 */
	async *follow(
		spec: JobSpec,
		options?: { readonly signal?: AbortSignal },
	): AsyncGenerator<OutputLine, PipelineResult, undefined> {
		if (options?.signal?.aborted) throw new JobLeftError(spec.id);
		const folder = this.#folderOf(spec.id);
		const job = this.#create(folder, spec);
		if (inspect(folder).state === 'absent') {
			await launchSupervisor(folder, spec, this.#options.selfCommand).catch((error: unknown) => {
				throw toHostError(error, 'start the job in', folder.path);
			});
		}
		const tails = spec.work.commands.flatMap((_, index) => [
			new OutputTail(folder.outputFile(index, 'stdout'), 'stdout'),
			new OutputTail(folder.outputFile(index, 'stderr'), 'stderr'),
		]);
		for (;;) {
			if (options?.signal?.aborted) throw new JobLeftError(spec.id);
			// Asked before the output is read: what has ended by now has written everything.
			const status = inspect(folder);
			for (const tail of tails) yield* inPortions(tail.readNew());
			if (status.state !== 'running') {
				for (const tail of tails) yield* tail.end();
				return status.state === 'ended' ? status.result : describeLost(folder, job);
			}
			await sleep(pollMilliseconds, undefined, options).catch(() => {
				throw new JobLeftError(spec.id);
			});
		}
	}

	/** Throws `HostError` where the machine refused the work. */
	async status(id: string): Promise<JobStatus> {
		return inspect(this.#folderOf(id));
	}

	#folderOf(id: string): JobFolder {
		// The id becomes a name in a path.
		if (!/^[A-Za-z0-9][A-Za-z0-9.+~_-]{0,199}$/.test(id)) throw new Error(`Not an id of a job: ${JSON.stringify(id)}`);
		return new JobFolder(path.join(this.#options.directory, id));
	}

	#create(folder: JobFolder, spec: JobSpec): StoredJob {
		try {
			folder.create(spec, this.#options.root);
		} catch (error) {
			throw toHostError(error, 'make the folder of the job', folder.path);
		}
		const job = folder.readJob();
		// Through JSON, as the stored one went.
		if (job === undefined || !isDeepStrictEqual(job.spec.work, JSON.parse(JSON.stringify(spec.work)))) {
			throw new HostError('job-conflict', folder.path, `The job ${spec.id} exists and does other work.`, [
				`Look at it: cat ${folder.path}/spec.json`,
			]);
		}
		return job;
	}
}

async function* inPortions(lines: Iterable<OutputLine>): AsyncGenerator<OutputLine, void, undefined> {
	let count = 0;
	for (const line of lines) {
		yield line;
		count += 1;
		if (count % linesATime === 0) await giveWay();
	}
}

function inspect(folder: JobFolder): JobStatus {
	const job = folder.readJob();
	const supervisor = folder.readSupervisor();
	// Without a supervisor nothing was started: whoever calls `follow` starts it.
	if (job === undefined || supervisor === undefined) return { state: 'absent' };
	const isRunning = isAlive(supervisor.process) || hasJobProcesses(job.token);
	// Read last: a supervisor that just ended has written its result before.
	const result = folder.readResult();
	if (result === undefined) {
		return isRunning ? { state: 'running', startedAt: supervisor.startedAt } : { state: 'lost' };
	}
	if ('error' in result) {
		const { kind, path: about, message, remediation } = result.error;
		throw new HostError(kind, about, message, remediation);
	}
	return {
		state: 'ended',
		result: { results: describeResults(folder, job, result.commands), seconds: result.seconds },
	};
}

function describeLost(folder: JobFolder, job: StoredJob): PipelineResult {
	const endings = job.spec.work.commands.map(() => ({ outcome: { kind: 'lost' } as const, seconds: 0 }));
	return { results: describeResults(folder, job, endings), seconds: 0 };
}

function describeResults(
	folder: JobFolder,
	{ spec, root }: StoredJob,
	endings: readonly Pick<CommandResult, 'outcome' | 'seconds'>[],
): CommandResult[] {
	return spec.work.commands.map((command, index) => {
		const { outcome, seconds } = endings[index] ?? { outcome: { kind: 'lost' }, seconds: 0 };
		const stdout = readOutput(folder.outputFile(index, 'stdout'));
		const stderr = readOutput(folder.outputFile(index, 'stderr'));
		return {
			command,
			outcome: readOutcome(command, root, outcome, stderr.text),
			stdout: stdout.text,
			stderr: stderr.text,
			truncated: stdout.isTruncated || stderr.isTruncated,
			seconds,
		};
	});
}
