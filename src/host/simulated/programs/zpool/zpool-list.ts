import { niceBytes, percentOf } from '../../numbers.js';
import { hasOption, optionValue, parseOptions } from '../../options.js';
import type { Pool, Vdev } from '../../pool.js';
import { poolColumnTitles, poolProperty, poolPropertyName, poolPropertyNames } from '../../pool-properties.js';
import { describeSource } from '../../property-values.js';
import type { Session } from '../../session.js';
import { allocatedBytes } from '../../space.js';
import { openLibrary } from '../zfs/library.js';
import { jsonDocument, jsonProperty } from '../zfs/zfs-json.js';
import { jsonOptions, refuseOptions, refuseUsage, selectPools } from './usage.js';
import { poolHead } from './zpool-status-json.js';

const defaultColumns =
	'name,size,allocated,free,checkpoint,expandsize,fragmentation,capacity,dedupratio,health,altroot';
const leftAligned = new Set(['name', 'altroot', 'cachefile', 'comment', 'bootfs']);

export function zpoolList(session: Session, args: readonly string[]): number {
	const json = jsonOptions(session);
	const parsed = parseOptions(args, { short: `gHLo:pPT:v${json.short}`, long: json.long });
	const refused = refuseOptions(session, 'list', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	const words = (optionValue(parsed, 'o') ?? defaultColumns).split(',');
	const columns = words.flatMap((word) => (word === 'all' ? ['name', ...poolPropertyNames(session.machine)] : [word]));
	const names = columns.map((word) => poolPropertyName(session.machine, word));
	const bad = names.indexOf(undefined);
	if (bad >= 0) return refuseUsage(session, 'list', `bad property list: invalid property '${columns[bad]}'`);
	const properties = names.filter((name) => name !== undefined);
	const { names: pools, failed } = selectPools(session, parsed.operands);
	session.wait(0.05);
	const parsable = hasOption(parsed, 'p');
	if (hasOption(parsed, 'j')) {
		const asIntegers = hasOption(parsed, 'json-int');
		if (!failed || pools.length > 0)
			printJson(session, 'zpool list', pools, properties, parsable || asIntegers, asIntegers);
		return failed ? 1 : 0;
	}
	if (pools.length === 0) {
		if (!failed) session.out('no pools available');
		return failed ? 1 : 0;
	}
	const rows = pools.map((name) => properties.map((property) => cell(session, name, property, parsable)));
	if (hasOption(parsed, 'H')) session.out(rows.map((row) => row.join('\t')).join('\n'));
	else printTable(session, pools, properties, rows, hasOption(parsed, 'v'));
	return failed ? 1 : 0;
}

function cell(session: Session, name: string, property: string, parsable: boolean): string {
	const pool = session.machine.pools[name];
	return pool === undefined ? '-' : (poolProperty(name, pool, property, parsable)?.value ?? '-');
}

function printTable(
	session: Session,
	pools: readonly string[],
	properties: readonly string[],
	rows: readonly (readonly string[])[],
	verbose: boolean,
): void {
	const titles = properties.map((property) => poolColumnTitles[property] ?? property.toUpperCase());
	const blocks = rows.map((row, index) => {
		const pool = session.machine.pools[pools[index] ?? ''];
		return [row, ...(verbose && pool !== undefined ? vdevRows(pools[index] ?? '', pool) : [])];
	});
	const table = [titles, ...blocks.flat()];
	// The column of the health is as wide as DEGRADED, whatever is in it (recordings: list-suspended).
	const widths = properties.map((property, index) =>
		property === 'health'
			? 'DEGRADED'.length
			: Math.max(property === 'name' ? 0 : 5, ...table.map((row) => (row[index] ?? '').length)),
	);
	const lines = table.map((row) =>
		row
			.map((text, index) => {
				const width = widths[index] ?? 0;
				if (leftAligned.has(properties[index] ?? ''))
					return index === properties.length - 1 ? text : text.padEnd(width);
				return text.padStart(width);
			})
			.join('  ')
			.trimEnd(),
	);
	session.out(lines.join('\n'));
}

function vdevRows(name: string, pool: Pool): readonly (readonly string[])[] {
	const allocated = allocatedBytes(name, pool);
	const size = BigInt(pool.sizeBytes);
	const rowOf = (vdev: Vdev, depth: number): readonly string[] => {
		const shown = `${'  '.repeat(depth)}${vdev.type === 'file' ? (vdev.path ?? vdev.name) : vdev.name}`;
		if (depth > 1) return [shown, niceBytes(size), '-', '-', '-', '-', '-', '-', '-', vdev.state];
		const used = `${percentOf(allocated, size)}%`;
		return [
			shown,
			niceBytes(size),
			niceBytes(allocated),
			niceBytes(size - allocated),
			'-',
			'-',
			'8%',
			used,
			'-',
			vdev.state,
		];
	};
	return pool.vdevs.flatMap((vdev) => [rowOf(vdev, 1), ...vdev.children.map((child) => rowOf(child, 2))]);
}

function printJson(
	session: Session,
	command: string,
	pools: readonly string[],
	properties: readonly string[],
	parsable: boolean,
	asIntegers: boolean,
): void {
	const described = pools.flatMap((name): (readonly [string, unknown])[] => {
		const pool = session.machine.pools[name];
		if (pool === undefined) return [];
		const values = properties
			.filter((property) => property !== 'name')
			.map((property) => {
				const value = poolProperty(name, pool, property, parsable);
				return [property, jsonProperty(value, asIntegers)] as const;
			});
		return [[name, { ...poolHead(name, pool, asIntegers, 'POOL'), properties: Object.fromEntries(values) }]];
	});
	session.out(jsonDocument(command, { pools: Object.fromEntries(described) }));
}

export function zpoolGet(session: Session, args: readonly string[]): number {
	const json = jsonOptions(session);
	const parsed = parseOptions(args, { short: `Hpo:${json.short}`, long: json.long });
	const refused = refuseOptions(session, 'get', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	const [wanted, ...operands] = parsed.operands;
	if (wanted === undefined) return refuseUsage(session, 'get', 'missing property argument');
	const words = wanted.split(',').flatMap((word) => (word === 'all' ? poolPropertyNames(session.machine) : [word]));
	const bad = words.find((word) => poolPropertyName(session.machine, word) === undefined);
	if (bad !== undefined) return refuseUsage(session, 'get', `bad property list: invalid property '${bad}'`);
	const properties = words.flatMap((word) => poolPropertyName(session.machine, word) ?? []);
	const { names, failed } = selectPools(session, operands);
	session.wait(0.05);
	const parsable = hasOption(parsed, 'p');
	if (hasOption(parsed, 'j')) {
		const asIntegers = hasOption(parsed, 'json-int');
		if (!failed || names.length > 0)
			printJson(session, 'zpool get', names, properties, parsable || asIntegers, asIntegers);
		return failed ? 1 : 0;
	}
	const columns = (optionValue(parsed, 'o') ?? 'name,property,value,source').split(',');
	const shown = columns.includes('all') ? ['name', 'property', 'value', 'source'] : columns;
	const unknown = shown.find((column) => !['name', 'property', 'value', 'source'].includes(column));
	if (unknown !== undefined) return refuseUsage(session, 'get', `invalid column name '${unknown}'`);
	const rows = names.flatMap((name) => properties.map((property) => getRow(session, name, property, parsable, shown)));
	if (rows.length === 0) return failed ? 1 : 0;
	if (hasOption(parsed, 'H')) session.out(rows.map((row) => row.join('\t')).join('\n'));
	else {
		const table = [shown.map((column) => column.toUpperCase()), ...rows];
		const widths = shown.map((_, index) => Math.max(...table.map((row) => (row[index] ?? '').length)));
		const lines = table.map((row) =>
			row
				.map((text, index) => text.padEnd(widths[index] ?? 0))
				.join('  ')
				.trimEnd(),
		);
		session.out(lines.join('\n'));
	}
	return failed ? 1 : 0;
}

function getRow(
	session: Session,
	name: string,
	property: string,
	parsable: boolean,
	columns: readonly string[],
): readonly string[] {
	const pool = session.machine.pools[name];
	const found = pool === undefined ? undefined : poolProperty(name, pool, property, parsable);
	const fields: Readonly<Record<string, string>> = {
		name,
		property,
		value: found?.value ?? '-',
		source: found === undefined ? '-' : describeSource(found.source),
	};
	return columns.map((column) => fields[column] ?? '-');
}
