import { removeSnapshot } from '../../dataset-changes.js';
import {
	compareNames,
	datasetsBelow,
	type Entry,
	findEntry,
	poolNameOf,
	recordChange,
	splitName,
	withDataset,
} from '../../dataset-names.js';
import { isAtLeast } from '../../features.js';
import { niceBytes } from '../../numbers.js';
import { hasOption, type ParsedOptions, parseOptions } from '../../options.js';
import { clonesOf } from '../../property-values.js';
import type { Session } from '../../session.js';
import { snapshotsInOrder, snapshotUsedBytes } from '../../space.js';
import { openLibrary, toolsSeries } from './library.js';
import { refuseOptions, refuseUsage } from './usage.js';

export function zfsDestroy(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: 'vpndfrR' });
	const refused = refuseOptions(session, 'destroy', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	const [name, ...more] = parsed.operands;
	if (name === undefined) return refuseUsage(session, 'destroy', 'missing dataset argument');
	if (more.length > 0) return refuseUsage(session, 'destroy', 'too many arguments');
	const [datasetName, separator, shortNames] = splitName(name);
	if (session.machine.pools[poolNameOf(name)]?.suspended === true) {
		session.err(`cannot open '${name}': pool I/O is currently suspended`);
		return 1;
	}
	if (separator === '@') return destroySnapshots(session, datasetName, shortNames, parsed);
	if (separator === '#') return destroyBookmark(session, name);
	return destroyDataset(session, name, parsed);
}

function destroyBookmark(session: Session, name: string): number {
	const entry = findEntry(session.machine, name);
	if (entry?.kind !== 'bookmark') {
		session.err(`bookmark '${name}' does not exist.`);
		return 1;
	}
	const { [entry.shortName]: _, ...bookmarks } = entry.dataset.bookmarks;
	session.wait(0.1);
	const removed = withDataset(session.machine, entry.datasetName, { ...entry.dataset, bookmarks });
	session.change(recordChange(removed, entry.poolName, `zfs destroy ${name}`));
	return 0;
}

/** `a`, `a,b`, `a%c`, `%c`: the snapshots of one dataset that such a word means. */
function expandRange(entry: Entry, words: string): readonly string[] {
	const order = snapshotsInOrder(entry.dataset).map(([name]) => name);
	return words.split(',').flatMap((word) => {
		if (!word.includes('%')) return order.includes(word) ? [word] : [];
		const [first = '', last = ''] = word.split('%');
		const from = first === '' ? 0 : order.indexOf(first);
		const to = last === '' ? order.length - 1 : order.indexOf(last);
		return from < 0 || to < 0 ? [] : order.slice(from, to + 1);
	});
}

function destroySnapshots(session: Session, datasetName: string, words: string, parsed: ParsedOptions): number {
	const root = findEntry(session.machine, datasetName);
	if (root === undefined) {
		session.err(`cannot open '${datasetName}': dataset does not exist`);
		return 1;
	}
	const datasets = hasOption(parsed, 'r') ? datasetsBelow(root.pool, datasetName) : [datasetName];
	const names = datasets.flatMap((one) => {
		const entry = findEntry(session.machine, one);
		return entry === undefined ? [] : expandRange(entry, words).map((shortName) => `${one}@${shortName}`);
	});
	if (names.length === 0) {
		session.err('could not find any snapshots to destroy; check snapshot names.');
		return 1;
	}
	if (hasOption(parsed, 'v') || hasOption(parsed, 'n')) sayDestroys(session, names);
	if (hasOption(parsed, 'n')) return 0;
	const problems = hasOption(parsed, 'd') ? [] : names.flatMap((name) => obstacle(session, name) ?? []);
	if (problems.length > 0) {
		session.err(problems.join('\n'));
		return 1;
	}
	session.wait(0.2 + names.length * 0.01);
	const removed = names.reduce((machine, name) => destroyOne(session, machine, name), session.machine);
	session.change(recordChange(removed, poolNameOf(datasetName), `zfs destroy ${datasetName}@${words}`));
	return 0;
}

function sayDestroys(session: Session, names: readonly string[]): void {
	let bytes = 0n;
	for (const name of names) {
		session.out(`will destroy ${name}`);
		const entry = findEntry(session.machine, name);
		if (entry?.kind === 'snapshot') bytes += snapshotUsedBytes(entry.dataset, entry.shortName);
	}
	session.out(`will reclaim ${niceBytes(bytes)}`);
}

function obstacle(session: Session, name: string): string | undefined {
	const entry = findEntry(session.machine, name);
	if (entry?.kind !== 'snapshot') return undefined;
	if (Object.keys(entry.snapshot.holds).length > 0) {
		// Recordings: zfs-holds.
		return isAtLeast(toolsSeries(session), [2, 2])
			? `cannot destroy snapshot ${name}: it's being held. Run 'zfs holds -r ${name}' to see holders.`
			: `cannot destroy snapshot ${name}: dataset is busy`;
	}
	const clones = clonesOf(session.machine, name);
	if (clones.length === 0) return undefined;
	return `cannot destroy '${name}': snapshot has dependent clones\nuse '-R' to destroy the following datasets:\n${clones.join('\n')}`;
}

function destroyOne(session: Session, machine: Session['machine'], name: string): Session['machine'] {
	return obstacle(session, name) === undefined ? removeSnapshot(machine, name) : deferDestroy(machine, name);
}

function deferDestroy(machine: Session['machine'], name: string): Session['machine'] {
	const entry = findEntry(machine, name);
	if (entry?.kind !== 'snapshot') return machine;
	const snapshots = { ...entry.dataset.snapshots, [entry.shortName]: { ...entry.snapshot, deferDestroy: true } };
	return withDataset(machine, entry.datasetName, { ...entry.dataset, snapshots });
}

function destroyDataset(session: Session, name: string, parsed: ParsedOptions): number {
	const entry = findEntry(session.machine, name);
	if (entry === undefined) {
		session.err(`cannot open '${name}': dataset does not exist`);
		return 1;
	}
	if (!name.includes('/')) {
		session.err(`cannot destroy '${name}': operation does not apply to pools`);
		session.err(`use 'zfs destroy -r ${name}' to destroy all datasets in the pool`);
		session.err(`use 'zpool destroy ${name}' to destroy the pool itself`);
		return 1;
	}
	const below = datasetsBelow(entry.pool, name);
	const snapshots = below.flatMap((one) => snapshotNames(session, one));
	const isRecursive = hasOption(parsed, 'r') || hasOption(parsed, 'R');
	if (!isRecursive && (below.length > 1 || snapshots.length > 0)) {
		session.err(`cannot destroy '${name}': ${entry.kind} has children`);
		session.err(`use '-r' to destroy the following datasets:`);
		session.err([...below.slice(1), ...snapshots].sort(compareNames).join('\n'));
		return 1;
	}
	const problems = snapshots.flatMap((one) => obstacle(session, one) ?? []);
	if (problems.length > 0) {
		session.err(problems.join('\n'));
		return 1;
	}
	if (hasOption(parsed, 'n')) return 0;
	session.wait(0.5 + below.length * 0.1);
	const removed = below.reduce((machine, one) => withDataset(machine, one, undefined), session.machine);
	session.change(recordChange(removed, entry.poolName, `zfs destroy ${name}`));
	return 0;
}

function snapshotNames(session: Session, name: string): readonly string[] {
	const dataset = findEntry(session.machine, name)?.dataset;
	return dataset === undefined ? [] : Object.keys(dataset.snapshots).map((one) => `${name}@${one}`);
}
