/** Which streams a `zfs send` consists of. */
import { datasetsBelow, type Entry, findEntry, splitName } from '../../dataset-names.js';
import type { Machine, Tree } from '../../machine.js';
import type { Snapshot } from '../../pool.js';
import { isKeyLoaded } from '../../property-values.js';
import { snapshotsInOrder } from '../../space.js';
import { changedObjects, type StreamRecord, streamSize } from '../../stream.js';

export interface SendOptions {
	readonly replicate: boolean;
	readonly skipMissing: boolean;
	readonly allSteps: boolean;
	/** Base of an increment as it was written: `@a`, `#a`, `tank/data@a`. */
	readonly base: string | undefined;
	readonly raw: boolean;
	readonly properties: boolean;
	readonly flags: readonly string[];
}

/** The stream of one snapshot. */
export interface StreamPlan {
	readonly name: string;
	/** As `-nP` shows it; undefined for a full stream. */
	readonly fromShown: string | undefined;
	readonly records: readonly StreamRecord[];
	readonly bytes: bigint;
}

export type SendPlan =
	| { readonly ok: true; readonly streams: readonly StreamPlan[]; readonly warnings: readonly string[] }
	| { readonly ok: false; readonly stderr: string };

function refuse(stderr: string): SendPlan {
	return { ok: false, stderr };
}

/** @param name of a snapshot */
export function planSend(machine: Machine, name: string, options: SendOptions): SendPlan {
	const entry = findEntry(machine, name);
	if (entry === undefined) return refuse(`cannot open '${name}': dataset does not exist`);
	if (entry.pool.suspended) return refuse(`cannot open '${name}': pool I/O is currently suspended`);
	if (entry.kind !== 'snapshot') {
		return refuse(`warning: cannot send '${name}': target is busy; if a filesystem, it must not be mounted`);
	}
	if (options.replicate) return planReplication(machine, entry, options);
	const problem = encryptionProblem(entry, options);
	if (problem !== undefined) return refuse(problem);
	if (options.base === undefined) {
		return { ok: true, warnings: [], streams: [planOne(entry, undefined, undefined, options, '')] };
	}
	const base = findBase(machine, entry, options.base);
	if (base === undefined) return refuse(`incremental source (${options.base}) does not exist`);
	if (!options.allSteps) {
		const streams = [planOne(entry, base, base.shown, options, '')];
		return { ok: true, warnings: [], streams };
	}
	return { ok: true, warnings: [], streams: stepsBetween(machine, entry, base, options, '') };
}

interface Base {
	readonly guid: string;
	readonly name: string;
	readonly shown: string;
	readonly createTxg: number;
	readonly content: Tree;
}

function findBase(machine: Machine, target: Entry, word: string): Base | undefined {
	const name = /^[@#]/.test(word)
		? `${target.datasetName}${word}`
		: /[@#]/.test(word)
			? word
			: `${target.datasetName}@${word}`;
	const entry = findEntry(machine, name);
	if (entry?.kind === 'snapshot') {
		const { guid, createTxg, content } = entry.snapshot;
		return { guid, name, shown: name, createTxg, content };
	}
	if (entry?.kind !== 'bookmark') return undefined;
	const { guid, createTxg } = entry.bookmark;
	// A bookmark has no contents: what was born after it is sent. The snapshot that it was made of tells us what.
	const origin = Object.values(entry.dataset.snapshots).find((snapshot) => snapshot.guid === guid);
	return { guid, name, shown: name, createTxg, content: origin?.content ?? {} };
}

function encryptionProblem(entry: Entry & { kind: 'snapshot' }, options: SendOptions): string | undefined {
	const { dataset, pool, name, datasetName } = entry;
	if (dataset.encryption === null || options.raw) return undefined;
	if (options.properties || options.replicate) {
		// Recordings: recv-enc-under-plain.
		return `cannot send ${name}: encrypted dataset ${datasetName} may not be sent with properties without the raw flag\nwarning: cannot send '${name}': backup failed`;
	}
	return isKeyLoaded(pool, dataset) ? undefined : `warning: cannot send '${name}': dataset key must be loaded`;
}

function planReplication(machine: Machine, entry: Entry & { kind: 'snapshot' }, options: SendOptions): SendPlan {
	const streams: StreamPlan[] = [];
	const warnings: string[] = [];
	const skipped: string[] = [];
	for (const datasetName of datasetsBelow(entry.pool, entry.datasetName)) {
		if (skipped.some((top) => datasetName.startsWith(`${top}/`))) continue;
		const name = `${datasetName}@${entry.shortName}`;
		const one = findEntry(machine, name);
		if (one?.kind !== 'snapshot') {
			// libzfs_sendrecv.c, send_iterate_fs.
			if (!options.skipMissing) {
				return refuse(`cannot send ${entry.name} recursively: snapshot ${name} does not exist`);
			}
			const what = `${datasetName} and its children: snapshot ${entry.shortName}`;
			warnings.push(`WARNING: skipping dataset ${what} does not exist`);
			skipped.push(datasetName);
			continue;
		}
		const problem = encryptionProblem(one, options);
		if (problem !== undefined) return refuse(problem.replace(`'${one.name}'`, `'${entry.name}'`));
		const below = datasetName.slice(entry.datasetName.length);
		const base =
			options.base === undefined ? undefined : findBase(machine, one, `@${splitName(options.base)[2] || options.base}`);
		if (options.base !== undefined && base === undefined && datasetName === entry.datasetName) {
			return refuse(`cannot send '${entry.name}': incremental source (${options.base}) does not exist`);
		}
		streams.push(
			...(base !== undefined && !options.allSteps
				? [planOne(one, base, splitName(base.name)[2], options, below)]
				: stepsBetween(machine, one, base, options, below)),
		);
	}
	return { ok: true, streams, warnings };
}

/** Every snapshot after the base, or from the first one on, up to the one that was named. */
function stepsBetween(
	machine: Machine,
	target: Entry & { kind: 'snapshot' },
	base: Base | undefined,
	options: SendOptions,
	below: string,
): readonly StreamPlan[] {
	const wanted = snapshotsInOrder(target.dataset).filter(
		([, { createTxg }]) => createTxg <= target.snapshot.createTxg && createTxg > (base?.createTxg ?? -1),
	);
	let previous = base;
	return wanted.flatMap(([shortName]): readonly StreamPlan[] => {
		const name = `${target.datasetName}@${shortName}`;
		const entry = findEntry(machine, name);
		if (entry?.kind !== 'snapshot') return [];
		const plan = planOne(entry, previous, previous && splitName(previous.name)[2], options, below);
		const { guid, createTxg, content } = entry.snapshot;
		previous = { guid, name, shown: name, createTxg, content };
		return [plan];
	});
}

function planOne(
	entry: Entry & { kind: 'snapshot' },
	base: Base | undefined,
	fromShown: string | undefined,
	options: SendOptions,
	below: string,
): StreamPlan {
	const records = snapshotRecords(entry, base, options, below);
	return { name: entry.name, fromShown, records, bytes: streamSize(records) };
}

function snapshotRecords(
	{ name, dataset, snapshot, pool }: Entry & { kind: 'snapshot' },
	base: Base | undefined,
	options: SendOptions,
	below: string,
): readonly StreamRecord[] {
	const { encryption } = dataset;
	const root = encryption === null ? undefined : pool.datasets[encryption.root];
	const withKey = options.raw && encryption !== null;
	return [
		{
			kind: 'begin',
			toGuid: snapshot.guid,
			toName: name,
			fromGuid: base?.guid ?? null,
			fromName: base?.name ?? null,
			type: dataset.type,
			creation: snapshot.creation,
			raw: withKey,
			encrypted: encryption !== null,
			suite: withKey ? encryption.suite : null,
			keyFormat: withKey ? encryption.keyFormat : null,
			secret: withKey ? (root?.encryption?.secret ?? '') : null,
			flags: options.flags,
			properties: options.properties || options.replicate ? sentProperties(dataset.properties) : null,
			skipped: null,
			below,
		},
		...changedObjects(base?.content ?? {}, snapshot.content),
		{ kind: 'end', toGuid: snapshot.guid },
	];
}

function sentProperties(properties: Snapshot['properties']): Readonly<Record<string, string>> {
	return Object.fromEntries(Object.entries(properties).filter(([name]) => name !== 'keylocation'));
}
