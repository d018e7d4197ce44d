/** `zpool get all`: the properties and features of all imported pools in one command. */

import type { Command } from '../host/host.js';
import { orUndefined, parseGuid, parseOptionalCount, parsePrintedName, parseWord } from './fields.js';
import { getObject, getText, parseJsonObject, toObject } from './json.js';
import { limits } from './limits.js';
import { type PoolName, parsePoolName } from './names.js';
import type { FeatureState, Pool } from './pool.js';
import { parseHealth } from './pool-health.js';
import { parseRows, type RowForm } from './rows.js';

/** A pool without what only `zpool status` knows. */
export type PoolProperties = Omit<Pool, 'status' | 'permanentErrors'>;

const subject = 'zpool get';

export const poolPropertiesCommand: Command = {
	argv: ['zpool', 'get', '-Hp', '-o', 'name,property,value,source', 'all'],
	timeoutSeconds: limits.state,
};

/**
 * String mode, never `--json-int`, which rounds guids. The locale because the tools stop in the middle of the JSON at
 * the first character that the locale does not have (libnvpair_json.c), and the C locale has only ASCII.
 */
export const poolPropertiesJsonCommand: Command = {
	argv: ['zpool', 'get', '-jp', 'all'],
	env: { LC_ALL: 'C.UTF-8' },
	timeoutSeconds: limits.state,
};

const rowForm: RowForm = {
	subject,
	columns: 4,
	isLast: (field) => /^(?:-|default|local|temporary|received|none)$/.test(field) || field.startsWith('inherited from '),
	freeColumn: 2,
};

/** @throws ZfsParseError */
export function parsePoolProperties(output: string): readonly PoolProperties[] {
	const byPool = new Map<string, Map<string, string>>();
	for (const [pool = '', property = '', value = ''] of parseRows(output, rowForm)) {
		const properties = byPool.get(pool) ?? new Map<string, string>();
		byPool.set(pool, properties.set(property, value));
	}
	return [...byPool].map(([name, properties]) => toPool(name, properties));
}

/** @throws ZfsParseError */
export function parsePoolPropertiesJson(output: string): readonly PoolProperties[] {
	const pools = getObject(parseJsonObject(output, subject), 'pools', subject) ?? {};
	return Object.entries(pools).map(([name, pool]) => {
		const properties = getObject(toObject(pool, subject, name), 'properties', subject) ?? {};
		const values = Object.entries(properties).map(
			([key, property]) => [key, getText(toObject(property, subject, key), 'value', subject) ?? '-'] as const,
		);
		return toPool(name, new Map(values));
	});
}

function toPool(name: string, properties: ReadonlyMap<string, string>): PoolProperties {
	const bytes = (property: string) => parseOptionalCount(properties.get(property), subject);
	return {
		name: parsePrintedName(name, parsePoolName, subject) satisfies PoolName,
		guid: parseGuid(properties.get('guid'), subject),
		health: parseHealth(properties.get('health')),
		size: bytes('size'),
		allocated: bytes('allocated'),
		free: bytes('free'),
		capacity: toPercent(bytes('capacity')),
		fragmentation: toPercent(bytes('fragmentation')),
		freeing: bytes('freeing'),
		checkpointSpace: bytes('checkpoint'),
		isReadOnly: parseSwitch(properties.get('readonly')),
		altroot: orUndefined(properties.get('altroot')),
		cachefile: orUndefined(properties.get('cachefile')),
		bootfs: orUndefined(properties.get('bootfs')),
		compatibility: orUndefined(properties.get('compatibility')),
		hasMultihost: parseSwitch(properties.get('multihost')),
		features: parseFeatures(properties),
		unsupportedFeatures: [...properties.keys()].filter(isUnsupported).map(withoutPrefix),
	};
}

const featureStates: readonly FeatureState[] = ['disabled', 'enabled', 'active'];

function parseFeatures(properties: ReadonlyMap<string, string>): ReadonlyMap<string, FeatureState> {
	const features = [...properties].filter(([property]) => property.startsWith('feature@'));
	return new Map(
		features.map(([property, value]) => [withoutPrefix(property), parseWord(value, featureStates, subject)]),
	);
}

function isUnsupported(property: string): boolean {
	return property.startsWith('unsupported@');
}

function withoutPrefix(property: string): string {
	return property.slice(property.indexOf('@') + 1);
}

function parseSwitch(value: string | undefined): boolean | undefined {
	if (value === 'on') return true;
	return value === 'off' ? false : undefined;
}

function toPercent(count: bigint | undefined): number | undefined {
	return count === undefined ? undefined : Number(count);
}
