import { constants, openSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { toHostError } from './host-error.js';
import { inhibitShutdown } from './inhibit.js';
import { JobFolder, type StoredJob, type StoredResult } from './job-folder.js';
import { jobVariable } from './job-processes.js';
import { startPipeline } from './pipeline.js';
import { identifySelf } from './process-identity.js';

/**
 * Does the work of a job to its end and writes down how it ended. Runs in a process of its own
 * (`zfs-lockstep __job FOLDER`); returns when there is nothing left to do, at once where another supervisor has the
 * job. Nothing but SIGKILL ends it early, and even then the work goes on: its output goes to files, not through here.
 */
export async function superviseJob(folder: string): Promise<void> {
	for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) process.on(signal, () => {});
	const jobFolder = new JobFolder(folder);
	const job = jobFolder.readJob();
	if (job === undefined) throw new Error(`There is no job in ${folder}.`);
	if (!jobFolder.claim({ process: identifySelf(), startedAt: new Date().toISOString() })) return;
	const releaseShutdown = job.spec.inhibitShutdown === true ? await inhibitShutdown(job.spec.description) : () => {};
	try {
		jobFolder.writeResult(await work(jobFolder, job));
	} finally {
		releaseShutdown();
	}
}

async function work(jobFolder: JobFolder, { spec, root, token }: StoredJob): Promise<StoredResult> {
	const startedAt = performance.now();
	const secondsSoFar = () => (performance.now() - startedAt) / 1000;
	try {
		const started = await startPipeline(spec.work, {
			root,
			env: { [jobVariable]: token },
			dies: 'never',
			stdout: (index) => openOutput(jobFolder.outputFile(index, 'stdout')),
			stderr: (index) => openOutput(jobFolder.outputFile(index, 'stderr')),
			stdin: (input) => openText(path.join(jobFolder.path, 'input'), input),
		});
		const endings = started.commands.map(async ({ child }) => ({
			outcome: await child.ended,
			seconds: secondsSoFar(),
		}));
		// Where one could not be started, the others still have to end: the pipe between them is closed.
		await Promise.allSettled(endings);
		const commands = await Promise.all(endings);
		started.syncOutput();
		return { commands, seconds: secondsSoFar() };
	} catch (error) {
		const file = spec.work.outputFile ?? spec.work.inputFile ?? jobFolder.path;
		const { kind, path: about, message, remediation } = toHostError(error, 'do the work of the job with', file);
		return { error: { kind, path: about, message, remediation } };
	}
}

function openOutput(file: string): number {
	const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
	return openSync(file, flags, 0o600);
}

/** Standard input from text: a file without a name, so that it is gone when nobody reads it any more. */
function openText(file: string, text: string): number {
	writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
	const fd = openSync(file, constants.O_RDONLY);
	rmSync(file);
	return fd;
}
