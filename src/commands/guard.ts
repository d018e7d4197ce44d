import { exitCodes } from '../engine/exit-codes.js';
import type { Host } from '../host/host.js';
import { pairVerdict } from '../knowledge/abi.js';
import { readVersionsByTools } from '../zfs/read-versions.js';
import { printError, printJson } from './output.js';
import { type Invocation, UsageError } from './parse.js';
import { openProgram, type Program } from './program.js';
import { readRun } from './recorded-run.js';

type Verdict = {
	readonly passes: boolean;
	readonly why: string;
	readonly userspace: string;
	readonly loadedModule: string;
};

/**
 * Sends go through only where they can be trusted: never across the layout break of 2.3.1 (openzfs/zfs#17330) or another
 * known fault, never between two series, never when a version is unknown. Two releases of one series pass with a
 * warning, because distributions ship such pairs for years.
 */
async function judge(host: Host): Promise<Verdict> {
	const { userspace, loadedModule } = await readVersionsByTools(host);
	const tools = userspace.known ? userspace.value : undefined;
	const module = loadedModule.known ? loadedModule.value : undefined;
	const names = {
		userspace: tools?.full ?? 'unknown',
		loadedModule: module?.full ?? (loadedModule.known ? 'not loaded' : 'unknown'),
	};
	if (!userspace.known)
		return { passes: false, why: `The version of the userspace is unknown: ${userspace.why}.`, ...names };
	if (!loadedModule.known)
		return { passes: false, why: `The version of the loaded module is unknown: ${loadedModule.why}.`, ...names };
	if (tools === undefined || module === undefined)
		return { passes: false, why: 'The zfs module is not loaded.', ...names };
	const { verdict, breaks, seriesDiffers } = pairVerdict(tools.upstream, module.upstream);
	const pair = `userspace ${tools.full}, loaded module ${module.full}`;
	if (verdict === 'same') return { passes: true, why: '', ...names };
	if (verdict === 'abi-break' || verdict === 'known-fault' || verdict === 'unknown') {
		return { passes: false, why: `${breaks[0]?.title ?? 'Nothing is known of this pair'} (${pair}).`, ...names };
	}
	if (seriesDiffers) return { passes: false, why: `Userspace and module are of different series (${pair}).`, ...names };
	return { passes: true, why: `Warning: userspace and module are of different releases (${pair}).`, ...names };
}

/** While a run of ours is between its stages, replication waits, whatever the versions say. */
function runInProgress(program: Program): string | undefined {
	if (program.host.userId() !== 0) return undefined;
	const state = readRun(program);
	if (state === undefined || state.endedAt !== null || state.steps.backup.status === 'pending') return undefined;
	return `An upgrade is under way on this host (run ${state.id}); replication waits until its smoke test is green.`;
}

/** `guard -- CMD`: runs CMD only if both halves match; else 3 and why. Otherwise the exit code is CMD's own. */
export async function execute(invocation: Invocation): Promise<number> {
	const [program, ...args] = invocation.operands;
	if (program === undefined) throw new UsageError('guard takes a command: zfs-lockstep guard -- COMMAND [ARG...]');
	const opened = await openProgram(invocation);
	if (opened.simulated !== undefined)
		throw new UsageError('guard judges the machine that COMMAND runs on, never a simulated host.');
	const verdict = await judge(opened.host);
	const obstacle = runInProgress(opened) ?? (verdict.passes ? undefined : verdict.why);
	if (obstacle !== undefined) {
		if (opened.isJson) printJson({ schemaVersion: 1, ran: false, ...verdict, passes: false, why: obstacle });
		else printError(`zfs-lockstep guard: ${obstacle}\nNot run: ${program}. See: ${opened.commandLine('check')}`);
		return exitCodes.blocked;
	}
	if (verdict.why !== '') printError(`zfs-lockstep guard: ${verdict.why}`);
	const { runInherited } = await import('../host/inherit.js');
	const end = await runInherited([program, ...args]);
	if (end.kind === 'ended') return end.code;
	printError(`zfs-lockstep guard: ${program} was not found.`);
	return 127;
}
