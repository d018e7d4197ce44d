import { count } from '../../src/checks/amounts.js';
import { areHeld } from '../../src/jobs/hold-jobs.js';
import type { Probe, StepContext } from '../step.js';
import { findLost } from './keep-copies.js';
import { findTaken } from './snapshots.js';

/**
 * Pools that were snapshotted and are not imported now, all of them where the module is not loaded: what cannot be seen
 * is not gone, and steps 4 and 5 say the rest.
 */
async function poolsAway(context: StepContext): Promise<readonly string[]> {
	const { pools, versions } = await context.facts();
	const taken = (context.state().evidence.snapshots ?? []).map(({ name }) => name.split('@')[0] ?? '');
	if (versions.loadedModule.known && versions.loadedModule.value === undefined) return taken;
	return taken.filter((name) => pools.known && !pools.value.some((pool) => pool.name === name));
}

/** What is on the pools and in the run folder, against what was recorded. */
export async function probe(context: StepContext): Promise<Probe> {
	const { evidence, pools } = context.state();
	const away = await poolsAway(context);
	const here = pools.filter((pool) => !away.includes(pool));
	const taken = here.length === 0 ? new Map() : await findTaken(context, here);
	if (taken === undefined) return { state: 'partial', evidence: 'The snapshots could not be listed.' };
	const missing = here.filter((pool) => taken.get(pool)?.isHeld !== true);
	if (taken.size === 0 && here.length > 0) return { state: 'todo', evidence: 'No snapshot of this run is there.' };
	if (missing.length > 0) {
		return {
			state: 'partial',
			evidence: `Not snapshotted and held: ${missing.map((pool) => `"${pool}"`).join(', ')}.`,
		};
	}
	const { savedPackages, heldJobs, inventory, snapshots } = evidence;
	if ([savedPackages, heldJobs, inventory, snapshots].includes(undefined)) {
		return {
			state: 'partial',
			evidence: 'The snapshots are there; packages, jobs or the inventory are not saved and recorded yet.',
		};
	}
	const lost = await findLost(context);
	if (lost.length > 0) return { state: 'partial', evidence: `Kept, and not there any more: ${lost.join(', ')}.` };
	const missingCopies = (evidence.chosenBackups ?? []).filter(
		({ pool }) => !(evidence.backups ?? []).some((backup) => backup.pool === pool),
	);
	if (missingCopies.length > 0) {
		const named = missingCopies.map(({ pool, destination }) => `"${pool}" to ${destination}`).join(', ');
		return { state: 'partial', evidence: `Not copied yet, though it was asked for: ${named}.` };
	}
	if (!(await areHeld(context.host, heldJobs ?? []))) {
		return { state: 'partial', evidence: 'A replication job that was put on hold is not on hold any more.' };
	}
	return {
		state: 'done',
		evidence: `${count(pools.length, 'pool')} snapshotted and held; ${count(savedPackages?.length ?? 0, 'package')} kept; ${count(heldJobs?.length ?? 0, 'job')} on hold.`,
	};
}
