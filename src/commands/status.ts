import { readBootId } from '../../steps/observe.js';
import type { RunState } from '../../steps/run-state.js';
import { exitCodes } from '../engine/exit-codes.js';
import { describeStatus, type Observed, type RunStatus } from '../engine/status.js';
import { isLockHeld } from '../journal/lock.js';
import { renderStatus } from '../ui/text/status.js';
import { readVersionsByTools } from '../zfs/read-versions.js';
import { print, printingOf, printJson } from './output.js';
import type { Invocation } from './parse.js';
import { openProgram, type Program } from './program.js';
import { readRun } from './recorded-run.js';

/** The versions that can be read at once; the rest is for `check`. */
export async function readVersions(host: Program['host']): Promise<RunStatus['versions']> {
	const [tools, module, kernel] = await Promise.all([
		readVersionsByTools(host),
		host.files.read('/sys/module/zfs/version'),
		host.files.read('/proc/sys/kernel/osrelease'),
	]);
	return {
		userspace: tools.userspace.known ? tools.userspace.value.full : 'unknown',
		loadedModule: module?.trim() ?? 'not loaded',
		runningKernel: kernel?.trim() ?? 'unknown',
	};
}

async function observe(program: Program, state: RunState | undefined): Promise<Observed> {
	const { host, places } = program;
	const jobId = state?.intent?.jobId;
	const [versions, bootId] = await Promise.all([readVersions(host), readBootId(host)]);
	const isJobRunning = jobId != null && (await host.jobStatus(jobId)).state === 'running';
	return { versions, bootId, isAtWork: isJobRunning || isLockHeld(places.lockFile) };
}

/** `status`: where the run stands. Always 0, unless the state cannot be read. */
export async function execute(invocation: Invocation): Promise<number> {
	const program = await openProgram(invocation);
	const state = readRun(program);
	const status = describeStatus(state, await observe(program, state), program);
	if (program.isJson) printJson(status);
	else print(renderStatus(status, printingOf(program)));
	return exitCodes.done;
}
