import { mount, mountsByItself, unmount } from '../../dataset-changes.js';
import { datasetsBelow, type Entry, findEntry, recordChange, withDataset } from '../../dataset-names.js';
import type { Machine } from '../../machine.js';
import { hasOption, parseOptions } from '../../options.js';
import { findRule, isUserProperty } from '../../properties.js';
import type { Session } from '../../session.js';
import { openLibrary } from './library.js';
import { refuseOptions, refuseUsage } from './usage.js';
import { parseProperties } from './zfs-create.js';

export function zfsSet(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: 'u' });
	const refused = refuseOptions(session, 'set', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	const pairs = parsed.operands.filter((operand) => operand.includes('='));
	const names = parsed.operands.filter((operand) => !operand.includes('='));
	if (pairs.length === 0) return refuseUsage(session, 'set', 'missing property=value argument');
	if (names.length === 0) return refuseUsage(session, 'set', 'missing dataset name');
	const properties = parseProperties(pairs);
	let code = 0;
	for (const name of names) {
		const entry = findEntry(session.machine, name);
		if (entry === undefined) {
			session.err(`cannot open '${name}': dataset does not exist`);
			code = 1;
			continue;
		}
		const problem = typeof properties === 'string' ? properties : unsettable(entry, properties);
		if (problem !== undefined) {
			session.err(`cannot set property for '${name}': ${problem}`);
			code = 1;
			continue;
		}
		session.wait(0.1);
		const set = changeProperties(session.machine, entry, (old) => ({ ...old, ...(properties as object) }));
		session.change(recordChange(set, entry.poolName, `zfs set ${args.join(' ')}`));
	}
	return code;
}

function unsettable(entry: Entry, properties: Readonly<Record<string, string>>): string | undefined {
	for (const name of Object.keys(properties)) {
		const rule = findRule(name);
		if (rule?.kind === 'once') return `'${name}' is readonly`;
		if (rule !== undefined && !rule.appliesTo.includes(entry.kind.charAt(0))) {
			return `'${name}' does not apply to datasets of this type`;
		}
	}
	return entry.pool.readOnly ? 'pool is read-only' : undefined;
}

/** A file system whose mount point changes is mounted anew, with all below it. */
function changeProperties(
	machine: Machine,
	entry: Entry,
	change: (old: Readonly<Record<string, string>>) => Readonly<Record<string, string>>,
): Machine {
	if (entry.kind === 'snapshot') {
		const snapshot = { ...entry.snapshot, properties: change(entry.snapshot.properties) };
		const snapshots = { ...entry.dataset.snapshots, [entry.shortName]: snapshot };
		return withDataset(machine, entry.datasetName, { ...entry.dataset, snapshots });
	}
	const properties = change(entry.dataset.properties);
	const isMoved = ['mountpoint', 'canmount'].some((name) => properties[name] !== entry.dataset.properties[name]);
	const mounted = datasetsBelow(entry.pool, entry.name).filter((name) => entry.pool.datasets[name]?.mounted === true);
	if (!isMoved) return withDataset(machine, entry.name, { ...entry.dataset, properties });
	let moved = mounted.reduceRight(unmount, machine);
	const dataset = findEntry(moved, entry.name)?.dataset ?? entry.dataset;
	moved = withDataset(moved, entry.name, { ...dataset, properties });
	return mounted.reduce((current, name) => (mountsByItself(current, name) ? mount(current, name) : current), moved);
}

export function zfsInherit(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: 'rS' });
	const refused = refuseOptions(session, 'inherit', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	const [property, ...names] = parsed.operands;
	if (property === undefined) return refuseUsage(session, 'inherit', 'missing property argument');
	if (names.length === 0) return refuseUsage(session, 'inherit', 'missing dataset argument');
	const rule = findRule(property);
	if (rule === undefined && !isUserProperty(property)) {
		return refuseUsage(session, 'inherit', `invalid property '${property}'`);
	}
	if (rule !== undefined && rule.kind !== 'inherited' && rule.kind !== 'own') {
		session.err(`'${property}' property is read-only`);
		return 1;
	}
	let code = 0;
	for (const name of names) {
		const root = findEntry(session.machine, name);
		if (root === undefined) {
			session.err(`cannot open '${name}': dataset does not exist`);
			code = 1;
			continue;
		}
		const targets = hasOption(parsed, 'r') ? datasetsBelow(root.pool, name) : [name];
		session.wait(0.1);
		const key = rule?.name ?? property;
		const inherited = targets.reduce((machine, one) => {
			const entry = findEntry(machine, one);
			return entry === undefined ? machine : changeProperties(machine, entry, (old) => without(old, key));
		}, session.machine);
		session.change(recordChange(inherited, root.poolName, `zfs inherit ${args.join(' ')}`));
	}
	return code;
}

function without(properties: Readonly<Record<string, string>>, name: string): Readonly<Record<string, string>> {
	return Object.fromEntries(Object.entries(properties).filter(([one]) => one !== name));
}
