import type { MissingPools } from './compare-pools.js';
import { columns } from './listings.js';
import type { Owners } from './owners.js';
import { fieldsOf, poolIn } from './rows.js';
import { mergeTable, type Sides } from './sides.js';

/** What became of the datasets, for the tables that name them. Each set holds only those that changed. */
export interface Fates {
	/** Nothing about it can be compared: it or its pool is gone, which is told once. */
	isGone(dataset: string): boolean;
	isNew(dataset: string): boolean;
	isUnmounted(dataset: string): boolean;
	/** The name that it has now. */
	nameNow(dataset: string): string;
	readonly renamed: ReadonlyMap<string, string>;
}

type Column = (typeof columns.datasets)[number];

/** Datasets by guid, so that a renamed one is not taken for a lost one. */
export async function compareDatasets(sides: Sides, owners: Owners, missingPools: MissingPools): Promise<Fates> {
	const { found } = sides;
	const [gone, added, unmounted] = [new Set<string>(), new Set<string>(), new Set<string>()];
	const renamed = new Map<string, string>();
	for await (const {
		before: [before],
		after: [after],
	} of mergeTable(sides, 'datasets.tsv', 1)) {
		const old = before === undefined ? undefined : readerOf(before);
		const now = after === undefined ? undefined : readerOf(after);
		if (old === undefined) {
			const name = now?.('name') ?? '';
			added.add(name);
			if (owners.isLayer(name)) found.count('dataset', 'New layers of container runtimes');
			else found.may({ kind: 'dataset', subject: name, text: `Dataset "${name}" is new.` });
			continue;
		}
		const name = old('name');
		if (now === undefined) {
			gone.add(name);
			if (missingPools.has(poolIn(name))) continue;
			if (owners.isLayer(name)) found.count('dataset', 'Layers of container runtimes that are gone');
			else found.must('blocker', { kind: 'dataset', subject: name, text: `Dataset "${name}" is gone.` });
			continue;
		}
		if (now('name') !== name) renamed.set(name, now('name'));
		if (old('mounted') === 'yes' && now('mounted') === 'no') unmounted.add(name);
		compareOne(sides, owners, old, now);
	}
	for (const [name, newName] of renamed) {
		const parent = name.slice(0, name.lastIndexOf('/'));
		const moved = renamed.get(parent);
		// A renamed dataset takes its children along.
		if (moved !== undefined && `${moved}${name.slice(parent.length)}` === newName) continue;
		found.must('warning', {
			kind: 'dataset',
			subject: name,
			before: name,
			after: newName,
			text: `Dataset "${name}" has another name.`,
		});
	}
	return {
		isGone: (dataset) => gone.has(dataset) || missingPools.has(poolIn(dataset)),
		isNew: (dataset) => added.has(dataset),
		isUnmounted: (dataset) => unmounted.has(dataset),
		nameNow: (dataset) => renamed.get(dataset) ?? dataset,
		renamed,
	};
}

function readerOf(row: string): (column: Column) => string {
	const fields = fieldsOf(row);
	return (column) => fields[columns.datasets.indexOf(column)] ?? '-';
}

function compareOne(sides: Sides, owners: Owners, old: (column: Column) => string, now: (column: Column) => string) {
	const { found } = sides;
	const name = old('name');
	const change = (column: Column) => ({ subject: name, before: old(column), after: now(column) });
	if (old('mounted') === 'yes' && now('mounted') === 'no') {
		const mount = { kind: 'mount' as const, ...change('mounted'), text: `Dataset "${name}" is not mounted any more.` };
		if (owners.isLayer(name)) found.count('mount', 'Layers of container runtimes that are not mounted');
		// noauto: somebody mounted it by hand.
		else found.must(old('canmount') === 'noauto' ? 'warning' : 'blocker', mount);
	}
	if (old('keystatus') === 'available' && now('keystatus') !== 'available') {
		const root = now('encryptionroot') === '-' ? name : now('encryptionroot');
		const text = `The key of "${name}" is not loaded: zfs load-key '${root}'`;
		// Its children have the same key.
		if (root === now('name')) found.must('warning', { kind: 'key', ...change('keystatus'), text });
	}
	if (old('origin') !== now('origin')) {
		found.may({ kind: 'dataset', ...change('origin'), text: `The origin of "${name}" changed.` });
	}
	if (old('used') !== now('used') || old('referenced') !== now('referenced')) {
		found.count('dataset', 'Datasets that changed in size');
	}
}
