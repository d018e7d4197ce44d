import { type PlannedCommand, plan } from '../../src/plan/planned-command.js';
import { parseDatasetName, parsePoolName, poolOf } from '../../src/zfs/names.js';
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

/** What protects one pool, in order. */
export interface Protection {
	readonly take: PlannedCommand;
	/** Replicas are spared: their newest snapshot holds all that ours would, and ours would end their next receive. */
	readonly spare: readonly (PlannedCommand & { readonly snapshot: OwnedSnapshot })[];
	readonly hold: PlannedCommand;
}

/** @param replicas datasets of any pool */
export function protectPool(context: StepContext, pool: string, replicas: readonly string[]): Protection {
	const runId = context.state().id;
	const root = snapshotOfPool(context, pool);
	const below = replicas.map(parseDatasetName).filter((dataset) => poolOf(dataset) === pool);
	return {
		take: plan(
			`backup.snapshot.${pool}`,
			`Snapshot every dataset of "${pool}" at one moment`,
			createSnapshots([root], { recursive: true }),
		),
		spare: below.map((dataset) => {
			const snapshot = ownSnapshot(dataset, runId);
			const why = `Take it away from the replica "${dataset}" again, whose next receive it would end`;
			return { ...plan(`backup.spare.${dataset}`, why, destroySnapshot(snapshot)), snapshot };
		}),
		hold: plan(
			`backup.hold.${pool}`,
			`Hold the snapshots of "${pool}", so that no clean-up destroys them`,
			holdSnapshot(holdTagOf(runId), root, { recursive: true }),
		),
	};
}

export function protectCommands(protection: Protection): readonly PlannedCommand[] {
	return [protection.take, ...protection.spare, protection.hold];
}

/** Of the snapshots that are to be taken away again, those that are there. Undefined: that could not be read. */
export async function findUnspared(
	context: StepContext,
	{ spare }: Protection,
): Promise<readonly PlannedCommand[] | undefined> {
	const [first, ...rest] = spare.map(({ snapshot }) => snapshot);
	if (first === undefined) return [];
	const marks = await readSnapshotMarks(context.host, [first, ...rest]);
	return marks.ok ? spare.filter(({ snapshot }) => marks.value.has(snapshot)) : undefined;
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
