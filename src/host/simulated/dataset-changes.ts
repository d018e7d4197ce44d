/** Changes of datasets, without the words of any command: used by the zfs command and by the scenarios. */
import { findEntry, poolNameOf, splitName, withDataset, withPool } from './dataset-names.js';
import { drawGuid } from './draw.js';
import type { Machine, Tree } from './machine.js';
import { mountpointOf, parentDataset } from './mounts.js';
import { file } from './node.js';
import type { Dataset, Encryption, Snapshot } from './pool.js';
import { isKeyLoaded } from './property-values.js';
import { referencedBytes } from './space.js';
import { exists, makeFolder } from './tree.js';

export interface NewDataset {
	readonly type?: 'filesystem' | 'volume';
	readonly properties?: Readonly<Record<string, string>>;
	readonly content?: Tree;
	readonly encryption?: Encryption | null;
	readonly origin?: string;
}

/** Puts a dataset below an existing parent; it is not mounted yet. */
export function addDataset(machine: Machine, name: string, made: NewDataset = {}): Machine {
	const [guid, drawn] = drawGuid(machine);
	const pool = drawn.pools[poolNameOf(name)];
	if (pool === undefined) return machine;
	const { type = 'filesystem', properties = {}, content = emptyContent(type), origin = null } = made;
	const dataset: Dataset = {
		type,
		guid,
		createTxg: pool.txg + 1,
		creation: Math.floor(drawn.clock),
		objsetId: 64 + pool.txg,
		properties,
		received: {},
		content,
		snapshots: {},
		bookmarks: {},
		mounted: false,
		origin,
		encryption: made.encryption === undefined ? inheritedEncryption(drawn, name) : made.encryption,
		partial: null,
		inconsistent: false,
	};
	return withPool(withDataset(drawn, name, dataset), poolNameOf(name), (one) => ({ ...one, txg: one.txg + 1 }));
}

/** A child of an encrypted dataset is encrypted with the same key. */
export function inheritedEncryption(machine: Machine, name: string): Encryption | null {
	const parent = parentDataset(name);
	const above = parent === undefined ? undefined : findEntry(machine, parent)?.dataset.encryption;
	return above === undefined || above === null ? null : { ...above, secret: '', keyLoaded: false };
}

function emptyContent(type: 'filesystem' | 'volume'): Tree {
	return type === 'filesystem' ? {} : { '': { ...file(''), device: true } };
}

/** Snapshots of several datasets at one moment. */
export function takeSnapshots(
	machine: Machine,
	names: readonly string[],
	properties: Readonly<Record<string, string>> = {},
): Machine {
	const taken = names.reduce((current, name) => takeSnapshot(current, name, properties), machine);
	return [...new Set(names.map(poolNameOf))].reduce(
		(current, pool) => withPool(current, pool, (one) => ({ ...one, txg: one.txg + 1 })),
		taken,
	);
}

function takeSnapshot(machine: Machine, name: string, properties: Readonly<Record<string, string>>): Machine {
	const [datasetName, , shortName] = splitName(name);
	const [guid, drawn] = drawGuid(machine);
	const entry = findEntry(drawn, datasetName);
	if (entry === undefined) return machine;
	const { dataset, pool } = entry;
	const snapshot: Snapshot = {
		guid,
		createTxg: pool.txg + 1,
		creation: Math.floor(drawn.clock),
		objsetId: 64 + pool.txg,
		content: dataset.content,
		properties,
		holds: {},
		deferDestroy: false,
	};
	const snapshots = { ...dataset.snapshots, [shortName]: snapshot };
	return withDataset(drawn, datasetName, { ...dataset, snapshots });
}

export function removeSnapshot(machine: Machine, name: string): Machine {
	const [datasetName, , shortName] = splitName(name);
	const dataset = findEntry(machine, datasetName)?.dataset;
	if (dataset === undefined) return machine;
	const { [shortName]: _, ...snapshots } = dataset.snapshots;
	return withDataset(machine, datasetName, { ...dataset, snapshots });
}

export function changeSnapshot(machine: Machine, name: string, change: (snapshot: Snapshot) => Snapshot): Machine {
	const entry = findEntry(machine, name);
	if (entry?.kind !== 'snapshot') return machine;
	const snapshots = { ...entry.dataset.snapshots, [entry.shortName]: change(entry.snapshot) };
	return withDataset(machine, entry.datasetName, { ...entry.dataset, snapshots });
}

export function addBookmark(machine: Machine, snapshotName: string, bookmarkName: string): Machine {
	const entry = findEntry(machine, snapshotName);
	const [datasetName, , shortName] = splitName(bookmarkName);
	if (entry?.kind !== 'snapshot') return machine;
	const { snapshot, dataset } = entry;
	const bookmark = {
		guid: snapshot.guid,
		createTxg: snapshot.createTxg,
		creation: snapshot.creation,
		bytes: String(referencedBytes(snapshot)),
	};
	return withDataset(machine, datasetName, { ...dataset, bookmarks: { ...dataset.bookmarks, [shortName]: bookmark } });
}

/** Why a file system cannot be mounted now, in the tool's words; undefined when it can. */
export function mountObstacle(machine: Machine, name: string): string | undefined {
	const entry = findEntry(machine, name);
	if (entry === undefined) return 'dataset does not exist';
	const { dataset, pool } = entry;
	const mountpoint = mountpointOf(pool.datasets, name);
	if (mountpoint === 'legacy' || mountpoint === 'none') return `no mountpoint set`;
	if (dataset.properties.canmount === 'off') return `'canmount' property is set to 'off'`;
	if (!isKeyLoaded(pool, dataset)) return 'encryption key not loaded';
	return undefined;
}

/** The file system is in the tree at its mount point, which is made. */
export function mount(machine: Machine, name: string): Machine {
	const entry = findEntry(machine, name);
	if (entry === undefined || entry.kind !== 'filesystem' || entry.dataset.mounted) return machine;
	const place = mountpointOf(entry.pool.datasets, name);
	const prepared = exists(machine, place) ? machine : makeFolder(machine, place);
	const dataset = findEntry(prepared, name)?.dataset;
	return dataset === undefined ? machine : withDataset(prepared, name, { ...dataset, mounted: true });
}

export function unmount(machine: Machine, name: string): Machine {
	const dataset = findEntry(machine, name)?.dataset;
	return dataset?.mounted === true ? withDataset(machine, name, { ...dataset, mounted: false }) : machine;
}

/** Whether `zfs mount -a` mounts it. */
export function mountsByItself(machine: Machine, name: string): boolean {
	const entry = findEntry(machine, name);
	if (entry?.kind !== 'filesystem' || entry.dataset.inconsistent) return false;
	return (entry.dataset.properties.canmount ?? 'on') === 'on' && mountObstacle(machine, name) === undefined;
}

/** `zfs load-key`: with the wrong secret nothing changes and the answer is false. */
export function loadKey(machine: Machine, name: string, secret: string): readonly [boolean, Machine] {
	const dataset = findEntry(machine, name)?.dataset;
	if (dataset?.encryption === null || dataset?.encryption === undefined) return [false, machine];
	if (dataset.encryption.secret !== secret) return [false, machine];
	const encryption = { ...dataset.encryption, keyLoaded: true };
	return [true, withDataset(machine, name, { ...dataset, encryption })];
}
