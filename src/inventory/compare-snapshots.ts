import type { Fates } from './compare-datasets.js';
import type { Owners } from './owners.js';
import { fieldsOf } from './rows.js';
import { isAutomatic, replicationSeries } from './series.js';
import { mergeTable, type Sides } from './sides.js';

interface Point {
	readonly dataset: string;
	/** Without the dataset. */
	readonly name: string;
	readonly createtxg: bigint;
	readonly holds: string;
}

type Table = 'snapshots.tsv' | 'bookmarks.tsv';

/**
 * Snapshots or bookmarks by guid. A received snapshot has the guid of the one that was sent, so several of one pool may
 * share one. Missing is what a replication goes on from, or what somebody held; pruning is not a loss.
 */
export async function comparePoints(sides: Sides, table: Table, owners: Owners, fates: Fates): Promise<void> {
	const { found } = sides;
	const [kind, word, mark] =
		table === 'snapshots.tsv' ? (['snapshot', 'Snapshot', '@'] as const) : (['bookmark', 'Bookmark', '#'] as const);
	const newest = { before: await newestOf(sides.before(table), mark), after: await newestOf(sides.after(table), mark) };
	for await (const match of mergeTable(sides, table, 1)) {
		const before = match.before.map((row) => parsePoint(row, mark));
		const after = match.after.map((row) => parsePoint(row, mark));
		const isThere = (points: readonly Point[], dataset: string, name: string) =>
			points.some((point) => point.dataset === dataset && point.name === name);
		for (const point of before) {
			const dataset = fates.nameNow(point.dataset);
			if (isThere(after, dataset, point.name) || fates.isGone(point.dataset)) continue;
			const subject = `${point.dataset}${mark}${point.name}`;
			const other = after.find((each) => each.dataset === dataset && !isThere(before, each.dataset, each.name));
			if (other !== undefined) {
				const names = { before: point.name, after: other.name };
				found.must('warning', { kind, subject, ...names, text: `${word} "${subject}" has another name.` });
			} else if (owners.isLayer(point.dataset)) {
				found.count(kind, `${word}s of container layers that are gone`);
			} else if (point.holds !== '0') {
				found.must('blocker', { kind, subject, text: `${word} "${subject}" is gone although it was held.` });
			} else tellMissing(point, dataset, subject);
		}
		const isNew = (point: Point) => !before.some((each) => fates.nameNow(each.dataset) === point.dataset);
		for (const point of after.filter(isNew)) {
			if (!fates.isNew(point.dataset)) found.count(kind, `New ${kind}s`);
		}
	}

	function tellMissing(point: Point, dataset: string, subject: string): void {
		const series = replicationSeries(point.name);
		const last = series === undefined ? undefined : newest.before.get(`${point.dataset}${mark}${series}`);
		const next = series === undefined ? undefined : newest.after.get(`${dataset}${mark}${series}`);
		if (last === point.createtxg && (next === undefined || next < last)) {
			const text = `${word} "${subject}" is gone: replication went on from it.`;
			found.must('blocker', { kind, subject, text });
		} else if (isAutomatic(point.name)) found.count(kind, `Automatic ${kind}s that were pruned`);
		else found.must('warning', { kind, subject, text: `${word} "${subject}" is gone.` });
	}
}

/** Transaction group of the newest of each series of each dataset. */
async function newestOf(rows: AsyncIterable<string>, mark: string): Promise<ReadonlyMap<string, bigint>> {
	const newest = new Map<string, bigint>();
	for await (const row of rows) {
		const { dataset, name, createtxg } = parsePoint(row, mark);
		const series = replicationSeries(name);
		if (series === undefined) continue;
		const key = `${dataset}${mark}${series}`;
		if (createtxg > (newest.get(key) ?? -1n)) newest.set(key, createtxg);
	}
	return newest;
}

function parsePoint(row: string, mark: string): Point {
	const [, fullName = '', createtxg = '', holds = '0'] = fieldsOf(row);
	const at = fullName.indexOf(mark);
	return {
		dataset: fullName.slice(0, at),
		name: fullName.slice(at + 1),
		createtxg: /^\d{1,20}$/.test(createtxg) ? BigInt(createtxg) : 0n,
		holds: holds === '-' ? '0' : holds,
	};
}
