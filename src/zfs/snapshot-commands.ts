/** Commands that make and remove snapshots, holds and bookmarks. None takes anything that the run did not make. */

import type { Command } from '../host/host.js';
import { changeZfs } from './change-command.js';
import { limits } from './limits.js';
import type { SnapshotName } from './names.js';
import { type OwnedBookmark, type OwnedSnapshot, runMark } from './owned.js';

declare const brand: unique symbol;

/** Tag of the holds of a run; another run's, or the administrator's, cannot be released with it. */
export type HoldTag = string & { readonly [brand]: 'hold tag' };

/** @throws RangeError when the id is not made of at least 8 letters, digits and dashes */
export function holdTagOf(runId: string): HoldTag {
	return runMark(runId) as HoldTag;
}

export interface SnapshotOptions {
	/** Also of all descendants, at the same moment. */
	readonly recursive?: boolean;
}

/** All snapshots of one pool are made at the same moment, or none. */
export function createSnapshots(
	names: readonly [OwnedSnapshot, ...OwnedSnapshot[]],
	options: SnapshotOptions = {},
): Command {
	return changeZfs('snapshot', ...recursiveFlag(options), ...names);
}

export function holdSnapshot(tag: HoldTag, snapshot: SnapshotName, options: SnapshotOptions = {}): Command {
	return changeZfs('hold', ...recursiveFlag(options), tag, snapshot);
}

export function releaseSnapshot(tag: HoldTag, snapshot: SnapshotName, options: SnapshotOptions = {}): Command {
	return changeZfs('release', ...recursiveFlag(options), tag, snapshot);
}

/** Fails as long as something holds the snapshot or a clone of it lives. */
export function destroySnapshot(snapshot: OwnedSnapshot, options: SnapshotOptions = {}): Command {
	return changeZfs('destroy', ...recursiveFlag(options), snapshot);
}

/** @param snapshot of the same dataset */
export function createBookmark(snapshot: SnapshotName, bookmark: OwnedBookmark): Command {
	return changeZfs('bookmark', snapshot, bookmark);
}

export function destroyBookmark(bookmark: OwnedBookmark): Command {
	return changeZfs('destroy', bookmark);
}

/** What changed between two snapshots of one dataset, tab-separated. */
export function diffSnapshots(from: SnapshotName, to: SnapshotName): Command {
	return { argv: ['zfs', 'diff', '-H', from, to], timeoutSeconds: limits.listing };
}

function recursiveFlag({ recursive = false }: SnapshotOptions): readonly string[] {
	return recursive ? ['-r'] : [];
}
