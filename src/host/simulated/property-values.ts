/** Values of properties and where they come from, as `zfs get` tells them. */

import type { Entry } from './dataset-names.js';
import { isAtLeast } from './features.js';
import type { Machine } from './machine.js';
import { mountpointOf, parentDataset } from './mounts.js';
import { niceBytes, niceNumber, propertyDate } from './numbers.js';
import type { Dataset, Pool } from './pool.js';
import { findRule, type PropertyRule, propertyRules } from './properties.js';
import { encodeToken } from './resume-token.js';
import {
	availableBytes,
	referencedBytes,
	snapshotUsedBytes,
	usedByChildrenBytes,
	usedByReservationBytes,
	usedBySnapshotsBytes,
	usedBytes,
	writtenBytes,
} from './space.js';
import { bothAtLeast, seriesOf, toolsVersion } from './zfs-version.js';

export type Source =
	| { readonly kind: 'none' | 'default' | 'local' | 'received' }
	| { readonly kind: 'inherited'; readonly from: string };

export interface PropertyValue {
	readonly value: string;
	readonly source: Source;
}

const noValue: PropertyValue = { value: '-', source: { kind: 'none' } };

/** Undefined: the property does not apply to this kind of thing, or one of the halves does not know it. */
export function propertyOf(machine: Machine, entry: Entry, name: string, parsable: boolean): PropertyValue | undefined {
	if (name === 'name') return { value: entry.name, source: { kind: 'none' } };
	if (name.includes(':')) return userProperty(entry, name);
	const writtenSince = /^written@(?<snapshot>.+)$/.exec(name)?.groups?.snapshot;
	if (writtenSince !== undefined) {
		const bytes = writtenBytes(entry.dataset, writtenSince.split('@').at(-1));
		return computed(parsable ? String(bytes) : niceNumber(bytes));
	}
	const rule = findRule(name);
	if (rule === undefined || !rule.appliesTo.includes(letterOf(entry))) return undefined;
	if (rule.since !== undefined && !bothAtLeast(machine, rule.since)) return undefined;
	const raw = rawValue(machine, entry, rule);
	return raw === undefined ? undefined : { ...raw, value: shown(machine, rule, raw.value, parsable) };
}

/** Of all that apply, in the tools' order, user properties last. */
export function allProperties(
	machine: Machine,
	entry: Entry,
	parsable: boolean,
): readonly (readonly [name: string, value: PropertyValue])[] {
	const names = [...propertyRules.map((rule) => rule.name), ...userPropertyNames(entry)];
	return names.flatMap((name) => {
		const value = propertyOf(machine, entry, name, parsable);
		const isEmpty = value === undefined || (value.value === '-' && value.source.kind === 'none');
		return isEmpty ? [] : [[name, value] as const];
	});
}

function letterOf(entry: Entry): string {
	return entry.kind.charAt(0);
}

function computed(value: string): PropertyValue {
	return { value, source: { kind: 'none' } };
}

function shown(machine: Machine, rule: PropertyRule, value: string, parsable: boolean): string {
	if (value === '-') return value;
	const hasNewTools = isAtLeast(seriesOf(toolsVersion(machine) ?? '0.8'), [2, 2]);
	switch (rule.format) {
		case 'text':
			return value;
		case 'bytes':
			if (parsable) return value;
			if (value === '0' && rule.kind === 'own') return 'none';
			return niceBytes(BigInt(value));
		case 'count':
			return parsable ? value : niceNumber(BigInt(value));
		case 'ratio':
			return parsable ? value : `${value}x`;
		case 'date':
			return parsable ? value : propertyDate(Number(value), rule.name === 'snapshots_changed');
		case 'limit':
			return value === 'none' && parsable && !hasNewTools ? '18446744073709551615' : value;
	}
}

function rawValue(machine: Machine, entry: Entry, rule: PropertyRule): PropertyValue | undefined {
	const encrypted = encryptionValue(entry, rule.name);
	if (encrypted !== undefined) return encrypted;
	switch (entry.kind) {
		case 'bookmark':
			return bookmarkValue(entry, rule.name);
		case 'snapshot':
			return snapshotValue(machine, entry, rule);
		default:
			return rule.kind === 'computed' ? datasetValue(entry, rule) : settableValue(machine, entry, rule);
	}
}

function bookmarkValue(entry: Entry & { kind: 'bookmark' }, name: string): PropertyValue | undefined {
	const { bookmark } = entry;
	const values: Readonly<Record<string, string>> = {
		type: 'bookmark',
		creation: String(bookmark.creation),
		referenced: bookmark.bytes,
		createtxg: String(bookmark.createTxg),
		guid: bookmark.guid,
	};
	return values[name] === undefined ? undefined : computed(values[name]);
}

function snapshotValue(
	machine: Machine,
	entry: Entry & { kind: 'snapshot' },
	rule: PropertyRule,
): PropertyValue | undefined {
	const { snapshot, dataset, shortName } = entry;
	const values: Readonly<Record<string, () => string>> = {
		type: () => 'snapshot',
		creation: () => String(snapshot.creation),
		used: () => String(snapshotUsedBytes(dataset, shortName)),
		referenced: () => String(referencedBytes(snapshot)),
		logicalreferenced: () => String(referencedBytes(snapshot)),
		compressratio: () => '1.00',
		refcompressratio: () => '1.00',
		createtxg: () => String(snapshot.createTxg),
		guid: () => snapshot.guid,
		objsetid: () => String(snapshot.objsetId),
		userrefs: () => String(Object.keys(snapshot.holds).length),
		defer_destroy: () => (snapshot.deferDestroy ? 'on' : 'off'),
		written: () => String(writtenInSnapshot(dataset, shortName)),
		clones: () => clonesOf(machine, entry.name).join(','),
		encryption: () => 'off',
		encryptionroot: () => '-',
		keystatus: () => '-',
	};
	return computed(values[rule.name]?.() ?? rule.defaultValue);
}

function writtenInSnapshot(dataset: Dataset, name: string): bigint {
	const snapshot = dataset.snapshots[name];
	if (snapshot === undefined) return 0n;
	const earlier = Object.entries(dataset.snapshots).filter(([, one]) => one.createTxg < snapshot.createTxg);
	return writtenBytes({ ...dataset, content: snapshot.content, snapshots: Object.fromEntries(earlier) });
}

export function clonesOf(machine: Machine, snapshot: string): readonly string[] {
	return Object.values(machine.pools).flatMap(({ datasets }) =>
		Object.entries(datasets).flatMap(([name, { origin }]) => (origin === snapshot ? [name] : [])),
	);
}

function datasetValue(entry: Entry, rule: PropertyRule): PropertyValue | undefined {
	const { dataset, pool, name } = entry;
	const values: Readonly<Record<string, () => string>> = {
		type: () => dataset.type,
		creation: () => String(dataset.creation),
		used: () => String(usedBytes(pool, name)),
		available: () => String(availableBytes(pool, name)),
		referenced: () => String(referencedBytes(dataset)),
		compressratio: () => '1.00',
		refcompressratio: () => '1.00',
		mounted: () => (dataset.mounted ? 'yes' : 'no'),
		origin: () => dataset.origin ?? '-',
		createtxg: () => String(dataset.createTxg),
		guid: () => dataset.guid,
		objsetid: () => String(dataset.objsetId),
		usedbysnapshots: () => String(usedBySnapshotsBytes(dataset)),
		usedbydataset: () => String(referencedBytes(dataset)),
		usedbychildren: () => String(usedByChildrenBytes(pool, name)),
		usedbyrefreservation: () => String(usedByReservationBytes(dataset)),
		written: () => String(writtenBytes(dataset)),
		logicalused: () => String(usedBytes(pool, name)),
		logicalreferenced: () => String(referencedBytes(dataset)),
		receive_resume_token: () => (dataset.partial === null ? '-' : encodeToken(dataset.partial)),
		snapshots_changed: () => {
			const times = Object.values(dataset.snapshots).map((snapshot) => snapshot.creation);
			return times.length === 0 ? '-' : String(Math.max(...times));
		},
		encryptionroot: () => '-',
		keystatus: () => '-',
	};
	return computed(values[rule.name]?.() ?? rule.defaultValue);
}

/** Undefined where the dataset is not encrypted: the ordinary rules hold. */
function encryptionValue({ pool, dataset, kind }: Entry, name: string): PropertyValue | undefined {
	const { encryption } = dataset;
	if (encryption === null || kind === 'bookmark') return undefined;
	const root = pool.datasets[encryption.root];
	const isRoot = root === dataset;
	switch (name) {
		case 'encryption':
			return computed(encryption.suite);
		case 'encryptionroot':
			return computed(encryption.root);
		case 'keystatus':
			return computed(root?.encryption?.keyLoaded === true ? 'available' : 'unavailable');
		case 'keyformat':
			return computed(encryption.keyFormat);
		case 'pbkdf2iters':
			return computed(encryption.keyFormat === 'passphrase' ? '350000' : '0');
		case 'keylocation':
			return isRoot
				? { value: dataset.properties.keylocation ?? 'prompt', source: { kind: 'local' } }
				: { value: 'none', source: { kind: 'default' } };
		default:
			return undefined;
	}
}

export function isKeyLoaded(pool: Pool, dataset: Dataset): boolean {
	return dataset.encryption === null || pool.datasets[dataset.encryption.root]?.encryption?.keyLoaded === true;
}

function settableValue(machine: Machine, { name, pool, dataset }: Entry, rule: PropertyRule): PropertyValue {
	if (rule.name === 'mountpoint') return mountpointValue(pool, name);
	const own = ownValue(dataset, rule.name);
	if (own !== undefined) return own;
	if (rule.kind === 'inherited') {
		for (let above = parentDataset(name); above !== undefined; above = parentDataset(above)) {
			const ancestor = pool.datasets[above];
			const inherited = ancestor === undefined ? undefined : ownValue(ancestor, rule.name);
			if (inherited !== undefined) return { value: inherited.value, source: { kind: 'inherited', from: above } };
		}
	}
	const { newer, defaultValue } = rule;
	const isNewer = newer !== undefined && isAtLeast(seriesOf(toolsVersion(machine) ?? '0.8'), newer.since);
	return { value: isNewer ? newer.defaultValue : defaultValue, source: { kind: 'default' } };
}

function ownValue({ properties, received }: Dataset, name: string): PropertyValue | undefined {
	if (properties[name] !== undefined) return { value: properties[name], source: { kind: 'local' } };
	return received[name] === undefined ? undefined : { value: received[name], source: { kind: 'received' } };
}

function mountpointValue(pool: Pool, name: string): PropertyValue {
	const value = mountpointOf(pool.datasets, name);
	for (let one: string | undefined = name; one !== undefined; one = parentDataset(one)) {
		const dataset = pool.datasets[one];
		const own = dataset === undefined ? undefined : ownValue(dataset, 'mountpoint');
		if (own !== undefined) return { value, source: one === name ? own.source : { kind: 'inherited', from: one } };
	}
	return { value, source: { kind: 'default' } };
}

function userProperty(entry: Entry, name: string): PropertyValue {
	if (entry.kind === 'bookmark') return noValue;
	const onSnapshot = entry.kind === 'snapshot' ? entry.snapshot.properties[name] : undefined;
	if (onSnapshot !== undefined) return { value: onSnapshot, source: { kind: 'local' } };
	for (let one: string | undefined = entry.datasetName; one !== undefined; one = parentDataset(one)) {
		const dataset = entry.pool.datasets[one];
		const own = dataset === undefined ? undefined : ownValue(dataset, name);
		if (own !== undefined)
			return { ...own, source: one === entry.name ? own.source : { kind: 'inherited', from: one } };
	}
	return noValue;
}

function userPropertyNames(entry: Entry): readonly string[] {
	const names = new Set<string>();
	for (let one: string | undefined = entry.datasetName; one !== undefined; one = parentDataset(one)) {
		const dataset = entry.pool.datasets[one];
		for (const name of Object.keys({ ...dataset?.properties, ...dataset?.received }))
			if (name.includes(':')) names.add(name);
	}
	if (entry.kind === 'snapshot') for (const name of Object.keys(entry.snapshot.properties)) names.add(name);
	return entry.kind === 'bookmark' ? [] : [...names].sort();
}

/** `local`, `inherited from tank`, `-`. */
export function describeSource(source: Source): string {
	if (source.kind === 'inherited') return `inherited from ${source.from}`;
	return source.kind === 'none' ? '-' : source.kind;
}
