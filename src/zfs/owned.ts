/**
 * Proof that something was made by a run, carried in its name. Only what can be proven so may be destroyed, received
 * into or written to: the builders of those commands take nothing else.
 */
import {
	type BookmarkName,
	type DatasetName,
	datasetOf,
	parseBookmarkName,
	parseDatasetName,
	parseSnapshotName,
	type SnapshotName,
	shortNameOf,
	snapshotOf,
} from './names.js';

declare const brand: unique symbol;

type Owned = { readonly [brand]: 'owned' };

/** A dataset of a run: `tank/zfs-lockstep-20261122-213000`, or one below it. */
export type OwnedDataset = DatasetName & Owned;
/** A snapshot of a run: `tank/data@zfs-lockstep-20261122-213000`, or any snapshot of an owned dataset. */
export type OwnedSnapshot = SnapshotName & Owned;
/** A bookmark of a run: `tank/data#zfs-lockstep-20261122-213000`, or any bookmark of an owned dataset. */
export type OwnedBookmark = BookmarkName & Owned;

/** The name does not carry the run's mark, so the run may not touch what bears it. */
export class NotOwnedError extends Error {
	override readonly name = 'NotOwnedError';
	readonly text: string;

	constructor(text: string, mark: string) {
		super(`the name does not carry this run's mark ${mark}`);
		this.text = text;
	}
}

/**
 * The mark in the names of a run: `zfs-lockstep-20261122-213000`. A label may follow after a dot, which no run id
 * contains, so one run's mark is never the beginning of another's.
 * @throws RangeError when the id is not made of at least 8 letters, digits and dashes
 */
export function runMark(runId: string): string {
	if (!/^[A-Za-z0-9][A-Za-z0-9-]{7,39}$/.test(runId)) throw new RangeError(`not a run id: ${JSON.stringify(runId)}`);
	return `zfs-lockstep-${runId}`;
}

/**
 * The name of a snapshot that the run may make.
 * @param label tells apart several snapshots of one dataset: letters, digits, dashes
 * @throws InvalidNameError when the whole would be too long
 */
export function ownSnapshot(dataset: DatasetName, runId: string, label?: string): OwnedSnapshot {
	return snapshotOf(dataset, labelled(runMark(runId), label)) as OwnedSnapshot;
}

/**
 * The name of a dataset that the run may make below `parent`.
 * @throws InvalidNameError when the whole would be too long
 */
export function ownDataset(parent: DatasetName, runId: string, label?: string): OwnedDataset {
	return parseDatasetName(`${parent}/${labelled(runMark(runId), label)}`) as OwnedDataset;
}

/** @throws InvalidNameError when the whole would be too long */
export function ownBookmark(dataset: DatasetName, runId: string, label?: string): OwnedBookmark {
	return parseBookmarkName(`${dataset}#${labelled(runMark(runId), label)}`) as OwnedBookmark;
}

/** A dataset below an owned one. @throws InvalidNameError */
export function ownedChild(parent: OwnedDataset, name: string): OwnedDataset {
	return parseDatasetName(`${parent}/${name}`) as OwnedDataset;
}

/** A snapshot of an owned dataset. @throws InvalidNameError */
export function ownedSnapshotOf(dataset: OwnedDataset, short: string): OwnedSnapshot {
	return snapshotOf(dataset, short) as OwnedSnapshot;
}

/** @throws InvalidNameError, NotOwnedError */
export function claimDataset(text: string, runId: string): OwnedDataset {
	const name = parseDatasetName(text);
	if (!isBelowMark(name, runMark(runId))) throw new NotOwnedError(text, runMark(runId));
	return name as OwnedDataset;
}

/** @throws InvalidNameError, NotOwnedError */
export function claimSnapshot(text: string, runId: string): OwnedSnapshot {
	const name = parseSnapshotName(text);
	if (!isMarked(name, runMark(runId))) throw new NotOwnedError(text, runMark(runId));
	return name as OwnedSnapshot;
}

/** @throws InvalidNameError, NotOwnedError */
export function claimBookmark(text: string, runId: string): OwnedBookmark {
	const name = parseBookmarkName(text);
	if (!isMarked(name, runMark(runId))) throw new NotOwnedError(text, runMark(runId));
	return name as OwnedBookmark;
}

function labelled(mark: string, label: string | undefined): string {
	return label === undefined ? mark : `${mark}.${label}`;
}

function isMarked(name: SnapshotName | BookmarkName, mark: string): boolean {
	return carries(shortNameOf(name), mark) || isBelowMark(datasetOf(name), mark);
}

/** The pool itself never counts, whatever it is called. */
function isBelowMark(name: DatasetName, mark: string): boolean {
	return name
		.split('/')
		.slice(1)
		.some((part) => carries(part, mark));
}

function carries(part: string, mark: string): boolean {
	return part === mark || part.startsWith(`${mark}.`);
}
