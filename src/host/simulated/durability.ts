/** What a power cut takes: files that programs wrote and nobody synced. */
import { drawFractions } from './draw.js';
import type { FileNode, Machine, Node, Tree } from './machine.js';
import { isBelow } from './mounts.js';

/**
 * Remembers what was on the disk at each path that `after` has changed. Only the root's tree: ZFS makes its changes
 * durable by itself, dpkg syncs its database, and what lives in memory is gone after a cut anyway.
 */
export function noteUnsynced(before: Machine, after: Machine): Machine {
	if (before.files === after.files) return after;
	const unsynced: Record<string, Node | null> = { ...after.unsynced };
	for (const path of changedPaths(before.files, after.files)) {
		if (isVolatile(after, path) || Object.hasOwn(unsynced, path)) continue;
		unsynced[path] = before.files[path] ?? null;
	}
	return { ...after, unsynced };
}

/** What `after` has changed is on the disk, and with it, for a journal is in order, what was removed before. */
export function noteSynced(before: Machine, after: Machine): Machine {
	if (before.files === after.files) return after;
	const removed = Object.keys(after.unsynced).filter((path) => after.files[path] === undefined);
	return syncPaths(after, [...changedPaths(before.files, after.files), ...removed]);
}

function* changedPaths(before: Tree, after: Tree): Generator<string> {
	for (const path of Object.keys(before)) if (before[path] !== after[path]) yield path;
	for (const path of Object.keys(after)) if (!Object.hasOwn(before, path)) yield path;
}

function isVolatile(machine: Machine, path: string): boolean {
	return machine.fileSystems.some(({ type, path: top }) => type === 'tmpfs' && isBelow(path, top));
}

/** sync(1): everything is on the disk. */
export function syncAll(machine: Machine): Machine {
	return Object.keys(machine.unsynced).length === 0 ? machine : { ...machine, unsynced: {} };
}

/** fsync(2) of these paths and of the folders that they are in. */
export function syncPaths(machine: Machine, paths: readonly string[]): Machine {
	const synced = new Set(paths);
	const kept = Object.entries(machine.unsynced).filter(([path]) => !synced.has(path));
	return { ...machine, unsynced: Object.fromEntries(kept) };
}

/** What the disk has after a cut that lost this share of what was not synced, chosen at random. */
export function loseUnsynced(machine: Machine, share: number): Machine {
	const paths = Object.keys(machine.unsynced).sort();
	const [fractions, drawn] = drawFractions(machine, paths.length);
	const files: Record<string, Node> = { ...machine.files };
	const lost = new Set(paths.filter((_path, index) => (fractions[index] ?? 0) < share));
	for (const [from, to] of renames(machine)) {
		// A file system that keeps a journal moves a name whole or not at all, and not into a folder that is not there.
		const moved = movedFolder(machine, from, to);
		const isLost = lost.has(moved.from) || lost.has(parentOf(moved.to));
		for (const path of [...namesUpTo(from, moved.from), ...namesUpTo(to, moved.to)])
			isLost ? lost.add(path) : lost.delete(path);
	}
	for (const path of lost) {
		const old = machine.unsynced[path];
		if (old === null || old === undefined) delete files[path];
		else files[path] = old;
	}
	return { ...drawn, files: withoutOrphans(files), unsynced: {} };
}

/** Names that went and came with the same file since they were last on the disk. */
function* renames({ files, unsynced }: Machine): Generator<readonly [from: string, to: string]> {
	const gone = new Map<string, string>();
	for (const [path, old] of Object.entries(unsynced)) {
		if (old?.kind === 'file' && files[path] === undefined) gone.set(contentOf(old), path);
	}
	for (const [path, old] of Object.entries(unsynced)) {
		const now = files[path];
		const from = old === null && now?.kind === 'file' ? gone.get(contentOf(now)) : undefined;
		if (from !== undefined) yield [from, path];
	}
}

/** The highest folder that was moved with a file in it: that is the one name that changed. */
function movedFolder(machine: Machine, from: string, to: string): { readonly from: string; readonly to: string } {
	const above = { from: parentOf(from), to: parentOf(to) };
	const isMoved =
		nameOf(from) === nameOf(to) &&
		machine.unsynced[above.from]?.kind === 'directory' &&
		machine.files[above.from] === undefined &&
		machine.unsynced[above.to] === null &&
		machine.files[above.to]?.kind === 'directory';
	return isMoved ? movedFolder(machine, above.from, above.to) : { from, to };
}

function* namesUpTo(path: string, top: string): Generator<string> {
	yield path;
	if (path !== top) yield* namesUpTo(parentOf(path), top);
}

function nameOf(path: string): string {
	return path.slice(path.lastIndexOf('/') + 1);
}

function contentOf({ text, bytes }: FileNode): string {
	return JSON.stringify([text, bytes]);
}

function parentOf(path: string): string {
	return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** A file whose folder was lost cannot be reached. */
function withoutOrphans(files: Readonly<Record<string, Node>>): Tree {
	const kept: Record<string, Node> = {};
	for (const path of Object.keys(files).sort()) {
		const node = files[path];
		if (node !== undefined && (path === '/' || kept[parentOf(path)]?.kind === 'directory')) kept[path] = node;
	}
	return kept;
}
