import { writeStagedFiles } from '../../src/jobs/hold.js';
import { areHeld, type HoldPlan } from '../../src/jobs/hold-jobs.js';
import type { PlannedCommand } from '../../src/plan/planned-command.js';
import { poolOf } from '../../src/zfs/names.js';
import { findReplicas } from '../../src/zfs/replicas.js';
import type { StepContext, StepOutcome, StepRun } from '../step.js';
import { waitForRunningJobs } from '../wait-for-jobs.js';
import { failed, need } from './fail.js';
import { packageHolds } from './hold-everything.js';
import { holdPackagesCommand } from './keep-packages.js';
import { findTaken, findUnspared, protectCommands, protectPool } from './snapshots.js';

/** Recorded before the snapshots are taken: afterwards nothing is written since the newest one anywhere. */
export async function replicasOf(context: StepContext): Promise<readonly string[]> {
	const { evidence, pools } = context.state();
	if (evidence.replicas !== undefined) return evidence.replicas;
	const found = await findReplicas(context.host);
	return found.known ? found.value.filter((dataset) => pools.includes(poolOf(dataset))) : [];
}

/** The commands that are the same on every host, for the plan and the yes. */
export async function protection(
	context: StepContext,
	jobs: HoldPlan,
	replicas: readonly string[],
): Promise<readonly PlannedCommand[]> {
	const hold = holdPackagesCommand(await packageHolds(context));
	return [
		...jobs.commands,
		...jobs.stopCommands,
		...(hold === undefined ? [] : [hold]),
		...context.state().pools.flatMap((pool) => protectCommands(protectPool(context, pool, replicas))),
	];
}

const unlisted = 'Taking one twice must not happen.';

/** Jobs first, so that nothing prunes or sends while the snapshots are taken. */
export async function* protect(
	context: StepContext,
	jobs: HoldPlan,
	replicas: readonly string[],
	checkpoints: readonly PlannedCommand[],
): StepRun<StepOutcome | undefined> {
	const { host } = context;
	const { evidence, pools } = context.state();
	if (evidence.heldJobs === undefined || !(await areHeld(host, evidence.heldJobs))) {
		await writeStagedFiles(host, jobs.stagedFiles);
		// Recorded before the first is put on hold: an interruption must not leave a hold that nobody knows of.
		await context.record({ heldJobs: jobs.held });
		for (const command of jobs.commands) {
			const end = yield* need(context, command);
			if (end !== undefined) return end;
		}
	}
	// Only now does nothing new begin.
	const unfinished = yield* waitForRunningJobs(context);
	if (unfinished !== undefined) return unfinished;
	for (const command of jobs.stopCommands) {
		const end = yield* need(context, command);
		if (end !== undefined) return end;
	}
	const holds = await packageHolds(context);
	await context.record({ heldPackages: holds });
	const holding = holdPackagesCommand(holds);
	if (holding !== undefined) {
		const end = yield* need(context, holding);
		if (end !== undefined) return end;
	}
	const taken = await findTaken(context, pools);
	if (taken === undefined) return failed('The snapshots could not be listed.', unlisted, ['Look at: zpool status']);
	for (const pool of pools) {
		const { take, hold, ...rest } = protectPool(context, pool, replicas);
		if (!taken.has(pool)) {
			const end = yield* need(context, take);
			if (end !== undefined) return end;
		}
		const unspared = await findUnspared(context, { take, hold, ...rest });
		if (unspared === undefined)
			return failed('The snapshots could not be listed.', unlisted, ['Look at: zpool status']);
		for (const command of taken.get(pool)?.isHeld === true ? [] : [...unspared, hold]) {
			const end = yield* need(context, command);
			if (end !== undefined) return end;
		}
	}
	for (const command of checkpoints) {
		const end = yield* need(context, command);
		if (end !== undefined) return end;
	}
	await context.record({ checkpoints: checkpoints.length > 0 ? pools : (evidence.checkpoints ?? []) });
	const now = await findTaken(context, pools);
	await context.record({ snapshots: [...(now?.values() ?? [])].map((one) => one.snapshot) });
	return undefined;
}

/** For the question: which datasets keep no snapshot of the run. */
export function describeReplicas(replicas: readonly string[]): readonly string[] {
	if (replicas.length === 0) return [];
	const [first = '', ...others] = replicas;
	const more = others.length === 0 ? '' : ` and ${others.length} more`;
	return [`Replicas keep none of them, so that their next receive goes on; a copy leaves them out: "${first}"${more}.`];
}
