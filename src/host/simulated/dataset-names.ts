/** What a name of the zfs command stands for, and finding it on the machine. */
import type { Machine } from './machine.js';
import type { Bookmark, Dataset, Pool, Snapshot } from './pool.js';

interface EntryBase {
	/** Full name. */
	readonly name: string;
	readonly poolName: string;
	readonly pool: Pool;
	/** The dataset, or the one that it belongs to. */
	readonly datasetName: string;
	readonly dataset: Dataset;
}

/** Something that has a name for the zfs command. */
export type Entry =
	| (EntryBase & { readonly kind: 'filesystem' | 'volume' })
	| (EntryBase & { readonly kind: 'snapshot'; readonly shortName: string; readonly snapshot: Snapshot })
	| (EntryBase & { readonly kind: 'bookmark'; readonly shortName: string; readonly bookmark: Bookmark });

export function poolNameOf(name: string): string {
	return name.split(/[/@#]/, 1)[0] ?? name;
}

/** `tank/data@a` to `tank/data`, `@`, `a`. */
export function splitName(name: string): readonly [dataset: string, separator: '' | '@' | '#', shortName: string] {
	const at = name.search(/[@#]/);
	if (at < 0) return [name, '', ''];
	return [name.slice(0, at), name.charAt(at) as '@' | '#', name.slice(at + 1)];
}

export function findEntry(machine: Machine, name: string): Entry | undefined {
	const [datasetName, separator, shortName] = splitName(name);
	const poolName = poolNameOf(name);
	const pool = machine.pools[poolName];
	const dataset = pool?.imported === true ? pool.datasets[datasetName] : undefined;
	if (pool === undefined || dataset === undefined) return undefined;
	const base = { name, poolName, pool, datasetName, dataset };
	if (separator === '') return { ...base, kind: dataset.type };
	if (separator === '@') {
		const snapshot = dataset.snapshots[shortName];
		return snapshot === undefined ? undefined : { ...base, kind: 'snapshot', shortName, snapshot };
	}
	const bookmark = dataset.bookmarks[shortName];
	return bookmark === undefined ? undefined : { ...base, kind: 'bookmark', shortName, bookmark };
}

/** A dataset's snapshots, or bookmarks, oldest first. */
export function entriesOf(machine: Machine, datasetName: string, kind: 'snapshot' | 'bookmark'): readonly Entry[] {
	const entry = findEntry(machine, datasetName);
	if (entry === undefined) return [];
	const { dataset } = entry;
	const all = kind === 'snapshot' ? dataset.snapshots : dataset.bookmarks;
	return Object.entries(all)
		.sort(([, one], [, other]) => one.createTxg - other.createTxg)
		.flatMap(([shortName]) => {
			const found = findEntry(machine, `${datasetName}${kind === 'snapshot' ? '@' : '#'}${shortName}`);
			return found === undefined ? [] : [found];
		});
}

/** Names as the tools sort them: a dataset before what is below it. */
export function compareNames(one: string, other: string): number {
	const [a, b] = [one.split('/'), other.split('/')];
	for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
		const [x = '', y = ''] = [a[index], b[index]];
		if (x !== y) return x < y ? -1 : 1;
	}
	return a.length - b.length;
}

/** The dataset and all below it, in the tools' order. */
export function datasetsBelow(pool: Pool, name: string): readonly string[] {
	return Object.keys(pool.datasets)
		.filter((one) => one === name || one.startsWith(`${name}/`))
		.sort(compareNames);
}

/** What is wrong with a name that does not exist yet, in libzfs's words; undefined when nothing is. */
export function nameProblem(name: string): string | undefined {
	const [dataset, separator, shortName] = splitName(name);
	if (name.length > 255) return 'name is too long';
	const parts = [...dataset.split('/'), ...(separator === '' ? [] : [shortName])];
	if (parts.includes('')) return "empty component or misplaced '@' or '#' delimiter in name";
	const bad = /[^A-Za-z0-9_.:\- ]/.exec(parts.join(''))?.[0];
	if (bad !== undefined) return `invalid character '${bad}' in name`;
	return undefined;
}

/** The machine with another dataset in this place, or none. */
export function withDataset(machine: Machine, name: string, dataset: Dataset | undefined): Machine {
	const poolName = poolNameOf(name);
	const pool = machine.pools[poolName];
	if (pool === undefined) return machine;
	const { [name]: _, ...others } = pool.datasets;
	const datasets = dataset === undefined ? others : { ...pool.datasets, [name]: dataset };
	return { ...machine, pools: { ...machine.pools, [poolName]: { ...pool, datasets } } };
}

export function withPool(machine: Machine, name: string, change: (pool: Pool) => Pool): Machine {
	const pool = machine.pools[name];
	return pool === undefined ? machine : { ...machine, pools: { ...machine.pools, [name]: change(pool) } };
}

/** One more transaction group, and an event and a line of history for it. */
export function recordChange(machine: Machine, poolName: string, command: string): Machine {
	const at = machine.clock;
	const changed = withPool(machine, poolName, (pool) => ({
		...pool,
		txg: pool.txg + 1,
		history: [...pool.history, { at, command }].slice(-200),
	}));
	return withEvent(changed, 'sysevent.fs.zfs.history_event', poolName);
}

export function withEvent(machine: Machine, name: string, pool: string): Machine {
	return { ...machine, poolEvents: [...machine.poolEvents, { at: machine.clock, name, pool }].slice(-100) };
}
