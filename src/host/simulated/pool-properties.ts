/** Pool properties in the order of `zpool get all` (recordings: zpool-get-all). */
import type { Machine } from './machine.js';
import { niceBytes, percentOf } from './numbers.js';
import type { Pool } from './pool.js';
import { poolHealth, visibleFeatures } from './pool-status.js';
import type { PropertyValue, Source } from './property-values.js';
import { allocatedBytes } from './space.js';
import { bothAtLeast } from './zfs-version.js';

type Kind = 'bytes' | 'percent' | 'ratio' | 'text';

interface Rule {
	readonly kind: Kind;
	readonly value: (name: string, pool: Pool) => string;
	readonly source: 'none' | 'default';
	readonly isNew?: true;
}

function fixed(value: string, source: 'none' | 'default' = 'default'): Rule {
	return { kind: 'text', source, value: () => value };
}

const rules: Readonly<Record<string, Rule>> = {
	size: { kind: 'bytes', source: 'none', value: (_, pool) => pool.sizeBytes },
	capacity: {
		kind: 'percent',
		source: 'none',
		value: (name, pool) => String(percentOf(allocatedBytes(name, pool), BigInt(pool.sizeBytes))),
	},
	altroot: fixed('-'),
	health: { kind: 'text', source: 'none', value: (_, pool) => poolHealth(pool) },
	guid: { kind: 'text', source: 'none', value: (_, pool) => pool.guid },
	version: fixed('-'),
	bootfs: fixed('-'),
	delegation: fixed('on'),
	autoreplace: fixed('off'),
	cachefile: fixed('-'),
	failmode: fixed('wait'),
	listsnapshots: fixed('off'),
	autoexpand: fixed('off'),
	dedupratio: { kind: 'ratio', source: 'none', value: () => '1.00' },
	free: {
		kind: 'bytes',
		source: 'none',
		value: (name, pool) => String(BigInt(pool.sizeBytes) - allocatedBytes(name, pool)),
	},
	allocated: { kind: 'bytes', source: 'none', value: (name, pool) => String(allocatedBytes(name, pool)) },
	readonly: { kind: 'text', source: 'none', value: (_, pool) => (pool.readOnly ? 'on' : 'off') },
	ashift: fixed('0'),
	comment: fixed('-'),
	expandsize: fixed('-', 'none'),
	freeing: fixed('0', 'none'),
	fragmentation: { kind: 'percent', source: 'none', value: () => '8' },
	leaked: fixed('0', 'none'),
	multihost: fixed('off'),
	checkpoint: { kind: 'bytes', source: 'none', value: (_, pool) => pool.checkpoint?.bytes ?? '-' },
	load_guid: { kind: 'text', source: 'none', value: (_, pool) => pool.loadGuid },
	autotrim: fixed('off'),
	compatibility: fixed('off'),
	bcloneused: { kind: 'text', source: 'none', value: () => '0', isNew: true },
	bclonesaved: { kind: 'text', source: 'none', value: () => '0', isNew: true },
	bcloneratio: { kind: 'ratio', source: 'none', value: () => '1.00', isNew: true },
	dedup_table_size: { ...fixed('0', 'none'), isNew: true },
	dedup_table_quota: { ...fixed('auto'), isNew: true },
	last_scrubbed_txg: { ...fixed('0', 'none'), isNew: true },
};

const shortNames: Readonly<Record<string, string>> = {
	alloc: 'allocated',
	cap: 'capacity',
	ckpoint: 'checkpoint',
	dedup: 'dedupratio',
	expandsz: 'expandsize',
	frag: 'fragmentation',
	rdonly: 'readonly',
	listsnaps: 'listsnapshots',
};

export const poolColumnTitles: Readonly<Record<string, string>> = {
	allocated: 'ALLOC',
	capacity: 'CAP',
	checkpoint: 'CKPOINT',
	dedupratio: 'DEDUP',
	expandsize: 'EXPANDSZ',
	fragmentation: 'FRAG',
	readonly: 'RDONLY',
};

/** The full name of a property, or undefined when there is none of that name. */
export function poolPropertyName(machine: Machine, name: string): string | undefined {
	const full = shortNames[name] ?? name;
	if (full === 'name') return 'name';
	if (full.startsWith('feature@')) return full;
	const rule = rules[full];
	if (rule === undefined || (rule.isNew === true && !bothAtLeast(machine, [2, 3]))) return undefined;
	return full;
}

export function poolPropertyNames(machine: Machine): readonly string[] {
	const isNew = bothAtLeast(machine, [2, 3]);
	const native = Object.entries(rules).flatMap(([name, rule]) => (rule.isNew === true && !isNew ? [] : [name]));
	return [...native, ...visibleFeatures(machine).map(({ name }) => `feature@${name}`)];
}

/** Undefined for something that is no property. */
export function poolProperty(name: string, pool: Pool, property: string, parsable: boolean): PropertyValue | undefined {
	if (property === 'name') return { value: name, source: { kind: 'none' } };
	if (property.startsWith('feature@')) {
		return { value: pool.features[property.slice('feature@'.length)] ?? 'disabled', source: { kind: 'local' } };
	}
	const rule = rules[property];
	if (rule === undefined) return undefined;
	const set = pool.properties[property];
	const source: Source = set === undefined ? { kind: rule.source } : { kind: 'local' };
	return { value: format(rule.kind, set ?? rule.value(name, pool), parsable), source };
}

function format(kind: Kind, value: string, parsable: boolean): string {
	if (value === '-' || parsable) return value;
	switch (kind) {
		case 'bytes':
			return niceBytes(BigInt(value));
		case 'percent':
			return `${value}%`;
		case 'ratio':
			return `${value}x`;
		case 'text':
			return value;
	}
}
