import { type PlannedCommand, plan } from '../../src/plan/planned-command.js';
import { parsePoolName } from '../../src/zfs/names.js';
import { claimSnapshot, type OwnedSnapshot, ownSnapshot } from '../../src/zfs/owned.js';
import {
	createSnapshots,
	destroySnapshot,
	holdSnapshot,
	holdTagOf,
	releaseSnapshot,
} from '../../src/zfs/snapshot-commands.js';
import { readSnapshotMarks } from '../../src/zfs/snapshot-guids.js';
import type { TakenSnapshot } from '../run-state.js';
import type { StepContext } from '../step.js';

/** The recursive snapshot of a pool that this run takes. One name for the whole run, so that it is never taken twice. */
export function snapshotOfPool(context: StepContext, pool: string): OwnedSnapshot {
	return ownSnapshot(parsePoolName(pool), context.state().id);
}

/** Take and hold, recursively: two commands a pool. */
export function protectCommands(context: StepContext, pool: string): readonly [PlannedCommand, PlannedCommand] {
	const snapshot = snapshotOfPool(context, pool);
	return [
		plan(
			`backup.snapshot.${pool}`,
			`Snapshot every dataset of "${pool}" at one moment`,
			createSnapshots([snapshot], { recursive: true }),
		),
		plan(
			`backup.hold.${pool}`,
			`Hold the snapshots of "${pool}", so that no clean-up destroys them`,
			holdSnapshot(holdTagOf(context.state().id), snapshot, { recursive: true }),
		),
	];
}

/** Give up what `protectCommands` made. Destroying fails while another hold or a clone keeps a snapshot. */
export function unprotectCommands(
	context: StepContext,
	snapshots: readonly TakenSnapshot[],
): readonly PlannedCommand[] {
	const runId = context.state().id;
	return snapshots.flatMap(({ name }) => {
		const snapshot = claimSnapshot(name, runId);
		const pool = name.split('@')[0];
		return [
			plan(
				`backup.release.${pool}`,
				`Release the holds of this run on "${name}" and below`,
				releaseSnapshot(holdTagOf(runId), snapshot, { recursive: true }),
			),
			plan(
				`backup.destroy.${pool}`,
				`Destroy the snapshots "${name}" and below, which this run took`,
				destroySnapshot(snapshot, { recursive: true }),
			),
		];
	});
}

/** What the host shows of the run's snapshots. `unknown` when it could not be asked. */
export async function findTaken(
	context: StepContext,
	pools: readonly string[],
): Promise<ReadonlyMap<string, { readonly snapshot: TakenSnapshot; readonly isHeld: boolean }> | undefined> {
	const names = pools.map((pool) => snapshotOfPool(context, pool));
	const [first, ...rest] = names;
	if (first === undefined) return new Map();
	const marks = await readSnapshotMarks(context.host, [first, ...rest]);
	if (!marks.ok) return undefined;
	const taken = new Map<string, { snapshot: TakenSnapshot; isHeld: boolean }>();
	for (const [index, pool] of pools.entries()) {
		const name = names[index];
		const mark = name === undefined ? undefined : marks.value.get(name);
		if (name !== undefined && mark !== undefined) {
			const snapshot = { name, guid: mark.guid, holdTag: holdTagOf(context.state().id) };
			taken.set(pool, { snapshot, isHeld: mark.holds > 0 });
		}
	}
	return taken;
}
