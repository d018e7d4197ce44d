import { addBookmark, changeSnapshot, removeSnapshot, takeSnapshots } from '../../dataset-changes.js';
import { datasetsBelow, findEntry, nameProblem, poolNameOf, recordChange, splitName } from '../../dataset-names.js';
import { holdDate } from '../../numbers.js';
import { hasOption, optionValues, parseOptions } from '../../options.js';
import type { Session } from '../../session.js';
import { openLibrary } from './library.js';
import { refuseOptions, refuseUsage } from './usage.js';
import { parseProperties, withActiveFeature } from './zfs-create.js';

export function zfsSnapshot(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: 'ro:' });
	const refused = refuseOptions(session, 'snapshot', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	if (parsed.operands.length === 0) return refuseUsage(session, 'snapshot', 'missing snapshot argument');
	const properties = parseProperties(optionValues(parsed, 'o'));
	if (typeof properties === 'string') return refuseUsage(session, 'snapshot', properties);
	const names: string[] = [];
	for (const operand of parsed.operands) {
		const [datasetName, separator, shortName] = splitName(operand);
		if (separator !== '@')
			return refuseUsage(session, 'snapshot', `Cannot snapshot '${operand}': missing '@' delimiter in snapshot name`);
		const bad = nameProblem(operand);
		if (bad !== undefined) {
			session.err(`cannot create snapshot '${operand}': ${bad}`);
			return 1;
		}
		const entry = findEntry(session.machine, datasetName);
		if (entry === undefined || entry.pool.suspended) {
			// Recordings: write-suspended.
			const why = entry === undefined ? 'dataset does not exist' : 'pool I/O is currently suspended';
			return refuseUsage(session, 'snapshot', `cannot open '${datasetName}': ${why}`);
		}
		const datasets = hasOption(parsed, 'r') ? datasetsBelow(entry.pool, datasetName) : [datasetName];
		names.push(...datasets.map((one) => `${one}@${shortName}`));
	}
	const existing = names.filter((name) => findEntry(session.machine, name) !== undefined);
	if (existing.length > 0) {
		for (const name of existing) session.err(`cannot create snapshot '${name}': dataset already exists`);
		session.err('no snapshots were created');
		return 1;
	}
	const readOnly = names.find((name) => session.machine.pools[poolNameOf(name)]?.readOnly === true);
	if (readOnly !== undefined) {
		session.err(`cannot create snapshots : pool is read-only`);
		return 1;
	}
	session.wait(0.2 + names.length * 0.02);
	const taken = takeSnapshots(session.machine, names, properties);
	session.change(recordChange(taken, poolNameOf(names[0] ?? ''), `zfs snapshot ${args.join(' ')}`));
	return 0;
}

/** The snapshots that a recursive command on one of them means; undefined when there is none. */
function expand(session: Session, name: string, recursive: boolean): readonly string[] | undefined {
	const [datasetName, separator, shortName] = splitName(name);
	const root = findEntry(session.machine, datasetName);
	if (separator !== '@' || root === undefined) return undefined;
	const datasets = recursive ? datasetsBelow(root.pool, datasetName) : [datasetName];
	const names = datasets.map((one) => `${one}@${shortName}`);
	const found = names.filter((one) => findEntry(session.machine, one) !== undefined);
	return found.length === 0 ? undefined : found;
}

export function zfsHold(session: Session, args: readonly string[]): number {
	return changeHolds(session, args, 'hold');
}

export function zfsRelease(session: Session, args: readonly string[]): number {
	return changeHolds(session, args, 'release');
}

function changeHolds(session: Session, args: readonly string[], action: 'hold' | 'release'): number {
	const parsed = parseOptions(args, { short: 'rt' });
	const refused = refuseOptions(session, action, parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	const [tag, ...operands] = parsed.operands;
	if (tag === undefined || operands.length === 0) return refuseUsage(session, action, 'missing snapshot argument');
	if (action === 'hold' && tag.startsWith('.')) return refuseUsage(session, action, "tag may not start with '.'");
	let code = 0;
	for (const operand of operands) {
		const names = expand(session, operand, hasOption(parsed, 'r'));
		if (names === undefined) {
			const what =
				action === 'hold' ? `cannot hold snapshot '${operand}'` : `cannot release hold from snapshot '${operand}'`;
			session.err(`${what}: dataset does not exist`);
			code = 1;
			continue;
		}
		const wrong = names.filter((name) => hasTag(session, name, tag) === (action === 'hold'));
		for (const name of wrong) {
			const why = action === 'hold' ? 'tag already exists on this dataset' : 'no such tag on this dataset';
			const what = action === 'hold' ? 'cannot hold snapshot' : 'cannot release hold from snapshot';
			session.err(`${what} '${name}': ${why}`);
			code = 1;
		}
		session.wait(0.1 + names.length * 0.005);
		const right = names.filter((name) => !wrong.includes(name));
		if (right.length === 0) continue;
		const changed = right.reduce(
			(machine, name) => (action === 'hold' ? addHold(machine, name, tag) : dropHold(machine, name, tag)),
			session.machine,
		);
		session.change(recordChange(changed, poolNameOf(operand), `zfs ${action} ${args.join(' ')}`));
	}
	return code;
}

function hasTag(session: Session, name: string, tag: string): boolean {
	const entry = findEntry(session.machine, name);
	return entry?.kind === 'snapshot' && Object.hasOwn(entry.snapshot.holds, tag);
}

function addHold(machine: Session['machine'], name: string, tag: string): Session['machine'] {
	const at = Math.floor(machine.clock);
	return changeSnapshot(machine, name, (snapshot) => ({ ...snapshot, holds: { ...snapshot.holds, [tag]: at } }));
}

function dropHold(machine: Session['machine'], name: string, tag: string): Session['machine'] {
	const dropped = changeSnapshot(machine, name, (snapshot) => {
		const { [tag]: _, ...holds } = snapshot.holds;
		return { ...snapshot, holds };
	});
	const entry = findEntry(dropped, name);
	const isDue =
		entry?.kind === 'snapshot' && entry.snapshot.deferDestroy && Object.keys(entry.snapshot.holds).length === 0;
	return isDue ? removeSnapshot(dropped, name) : dropped;
}

export function zfsHolds(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: 'rHp' });
	const refused = refuseOptions(session, 'holds', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	if (parsed.operands.length === 0) return refuseUsage(session, 'holds', 'missing snapshot argument');
	const rows: (readonly [string, string, string])[] = [];
	let code = 0;
	for (const operand of parsed.operands) {
		const names = expand(session, operand, hasOption(parsed, 'r'));
		if (names === undefined) {
			session.err(`cannot open '${operand}': dataset does not exist`);
			code = 1;
			continue;
		}
		for (const name of names) {
			const entry = findEntry(session.machine, name);
			if (entry?.kind !== 'snapshot') continue;
			for (const [tag, at] of Object.entries(entry.snapshot.holds)) {
				rows.push([name, tag, hasOption(parsed, 'p') ? String(at) : holdDate(at)]);
			}
		}
	}
	session.wait(0.02 + rows.length * 0.0005);
	if (rows.length === 0) return code;
	if (hasOption(parsed, 'H')) {
		session.out(rows.map((row) => row.join('\t')).join('\n'));
		return code;
	}
	const table = [['NAME', 'TAG', 'TIMESTAMP'] as const, ...rows];
	const [first, second] = [0, 1].map((index) => Math.max(...table.map((row) => (row[index] ?? '').length)));
	session.out(
		table.map(([name, tag, at]) => `${name.padEnd(first ?? 0)}  ${tag.padEnd(second ?? 0)}  ${at}`).join('\n'),
	);
	return code;
}

export function zfsBookmark(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: '' });
	const refused = refuseOptions(session, 'bookmark', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	const [source, bookmark, ...more] = parsed.operands;
	if (source === undefined) return refuseUsage(session, 'bookmark', 'missing source argument');
	if (bookmark === undefined) return refuseUsage(session, 'bookmark', 'missing bookmark argument');
	if (more.length > 0) return refuseUsage(session, 'bookmark', 'too many arguments');
	const entry = findEntry(session.machine, source);
	const target = bookmark.startsWith('#') ? `${splitName(source)[0]}${bookmark}` : bookmark;
	if (entry?.kind !== 'snapshot') {
		session.err(`cannot create bookmark '${target}': dataset does not exist`);
		return 1;
	}
	if (findEntry(session.machine, target) !== undefined) {
		session.err(`cannot create bookmark '${target}': bookmark exists`);
		return 1;
	}
	if (splitName(target)[0] !== entry.datasetName) {
		session.err(`cannot create bookmark '${target}': source is not an ancestor of the new bookmark's dataset`);
		return 1;
	}
	session.wait(0.1);
	const made = withActiveFeature(addBookmark(session.machine, source, target), entry.poolName, ['bookmarks']);
	session.change(recordChange(made, entry.poolName, `zfs bookmark ${source} ${target}`));
	return 0;
}
