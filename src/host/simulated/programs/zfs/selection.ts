/** Which datasets, snapshots and bookmarks a listing of the zfs command is about. */
import { compareNames, datasetsBelow, type Entry, entriesOf, findEntry } from '../../dataset-names.js';
import { mountedDatasets } from '../../mounts.js';
import { hasOption, optionValue, type ParsedOptions } from '../../options.js';
import type { Session } from '../../session.js';

export type Kind = Entry['kind'];

const kindsByWord: Readonly<Record<string, readonly Kind[]>> = {
	filesystem: ['filesystem'],
	fs: ['filesystem'],
	volume: ['volume'],
	vol: ['volume'],
	snapshot: ['snapshot'],
	snap: ['snapshot'],
	bookmark: ['bookmark'],
	all: ['filesystem', 'volume', 'snapshot', 'bookmark'],
};

/** Undefined when a word is no type. */
export function parseKinds(words: string): ReadonlySet<Kind> | undefined {
	const lists = words.split(',').map((word) => kindsByWord[word]);
	return lists.includes(undefined) ? undefined : new Set(lists.flatMap((list) => list ?? []));
}

/** The depth that `-r` and `-d` allow below what was named; 0 without them. */
export function parseDepth(parsed: ParsedOptions): number {
	const depth = optionValue(parsed, 'd');
	if (depth !== undefined) return Number(depth);
	return hasOption(parsed, 'r') ? Number.POSITIVE_INFINITY : 0;
}

export interface Selection {
	readonly kinds: ReadonlySet<Kind>;
	readonly depth: number;
	readonly operands: readonly string[];
}

export interface Selected {
	readonly entries: readonly Entry[];
	/** Something that was named is not there; stderr says what. */
	readonly failed: boolean;
}

/** In the tools' order. Without names it is everything in all imported pools. */
export function selectEntries(session: Session, { kinds, depth, operands }: Selection): Selected {
	const { machine } = session;
	const imported = Object.keys(machine.pools).filter((name) => machine.pools[name]?.imported === true);
	const names = operands.length > 0 ? operands : imported.sort(compareNames);
	const reach = operands.length > 0 ? depth : Number.POSITIVE_INFINITY;
	const entries: Entry[] = [];
	let failed = false;
	for (const name of names) {
		const entry = findEntry(machine, datasetMountedAt(session, name) ?? name);
		if (entry === undefined) {
			session.err(`cannot open '${name}': dataset does not exist`);
			failed = true;
		} else if (entry.kind === 'filesystem' || entry.kind === 'volume') {
			entries.push(...entriesBelow(session, entry, kinds, reach));
		} else if (kinds.has(entry.kind)) entries.push(entry);
		else {
			session.err(`cannot open '${name}': operation not applicable to datasets of this type`);
			failed = true;
		}
	}
	return { entries, failed };
}

/** A mount point may stand for its file system. */
export function datasetMountedAt(session: Session, path: string): string | undefined {
	if (!path.startsWith('/')) return undefined;
	return mountedDatasets(session.machine).find((mount) => mount.path === path)?.dataset;
}

function entriesBelow(session: Session, root: Entry, kinds: ReadonlySet<Kind>, depth: number): readonly Entry[] {
	const rootLevel = root.name.split('/').length;
	return datasetsBelow(root.pool, root.name).flatMap((name): readonly Entry[] => {
		const level = name.split('/').length - rootLevel;
		const entry = findEntry(session.machine, name);
		if (entry === undefined || level > depth) return [];
		const own = kinds.has(entry.kind) ? [entry] : [];
		// A snapshot is one level below its dataset.
		const parts = level < depth ? (['snapshot', 'bookmark'] as const).filter((kind) => kinds.has(kind)) : [];
		return [...own, ...parts.flatMap((kind) => entriesOf(session.machine, name, kind))];
	});
}
