import type { Entry } from '../../dataset-names.js';
import { hasOption, optionValue, parseOptions } from '../../options.js';
import { findRule } from '../../properties.js';
import { allProperties, describeSource, type PropertyValue, propertyOf } from '../../property-values.js';
import type { Session } from '../../session.js';
import { hasJson, openLibrary } from './library.js';
import { parseDepth, parseKinds, selectEntries } from './selection.js';
import { refuseOptions, refuseUsage } from './usage.js';
import { entryHead, jsonDocument, jsonProperty } from './zfs-json.js';

interface Row {
	readonly entry: Entry;
	readonly property: string;
	readonly value: PropertyValue;
}

const fields = ['name', 'property', 'value', 'received', 'source'];

export function zfsGet(session: Session, args: readonly string[]): number {
	const json = hasJson(session);
	const parsed = parseOptions(args, {
		short: `d:o:s:rt:Hp${json ? 'j' : ''}`,
		...(json ? { long: { json: 'j', 'json-int': 'json-int' } } : {}),
	});
	const refused = refuseOptions(session, 'get', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	const [wanted, ...operands] = parsed.operands;
	if (wanted === undefined) return refuseUsage(session, 'get', 'missing property argument');
	const names = wanted.split(',');
	const bad = names.find((name) => name !== 'all' && !name.includes(':') && !name.includes('@') && !findRule(name));
	if (bad !== undefined) return refuseUsage(session, 'get', `bad property list: invalid property '${bad}'`);
	const columns = (optionValue(parsed, 'o') ?? 'name,property,value,source').split(',');
	const unknown = columns.find((column) => column !== 'all' && !fields.includes(column));
	if (unknown !== undefined) return refuseUsage(session, 'get', `invalid column name '${unknown}'`);
	const kinds = parseKinds(optionValue(parsed, 't') ?? 'all');
	if (kinds === undefined) return refuseUsage(session, 'get', `invalid type '${optionValue(parsed, 't')}'`);
	const { entries, failed } = selectEntries(session, { kinds, depth: parseDepth(parsed), operands });
	const asIntegers = hasOption(parsed, 'json-int');
	const parsable = hasOption(parsed, 'p') || asIntegers;
	const rows = entries.flatMap((entry) => rowsOf(session, entry, names, parsable));
	const sources = optionValue(parsed, 's')?.split(',');
	const shown = rows.filter(({ value }) => sources === undefined || sources.includes(value.source.kind));
	session.wait(0.02 + shown.length * 0.0001);
	if (hasOption(parsed, 'j') || asIntegers) printJson(session, entries, shown, asIntegers);
	else if (shown.length > 0)
		printTable(session, shown, columns.includes('all') ? fields : columns, hasOption(parsed, 'H'));
	return failed ? 1 : 0;
}

function rowsOf(session: Session, entry: Entry, names: readonly string[], parsable: boolean): readonly Row[] {
	return names.flatMap((name): readonly Row[] => {
		if (name === 'all') {
			return allProperties(session.machine, entry, parsable).map(([property, value]) => ({ entry, property, value }));
		}
		const property = findRule(name)?.name ?? name;
		const value = propertyOf(session.machine, entry, property, parsable) ?? { value: '-', source: { kind: 'none' } };
		return [{ entry, property, value }];
	});
}

function cell({ entry, property, value }: Row, column: string): string {
	switch (column) {
		case 'name':
			return entry.name;
		case 'property':
			return property;
		case 'value':
			return value.value;
		case 'source':
			return describeSource(value.source);
		default:
			return entry.dataset.received[property] ?? '-';
	}
}

function printTable(session: Session, rows: readonly Row[], columns: readonly string[], scripted: boolean): void {
	const cells = rows.map((row) => columns.map((column) => cell(row, column)));
	if (scripted) {
		session.out(cells.map((row) => row.join('\t')).join('\n'));
		return;
	}
	const table = [columns.map((column) => column.toUpperCase()), ...cells];
	const widths = columns.map((_, index) => Math.max(...table.map((row) => (row[index] ?? '').length)));
	const lines = table.map((row) =>
		row.map((text, index) => (index === columns.length - 1 ? text : text.padEnd(widths[index] ?? 0))).join('  '),
	);
	session.out(lines.join('\n'));
}

function printJson(session: Session, entries: readonly Entry[], rows: readonly Row[], asIntegers: boolean): void {
	const datasets = entries.map((entry): readonly [string, unknown] => {
		const own = rows.filter((row) => row.entry === entry);
		const properties = own.map(({ property, value }) => [property, jsonProperty(value, asIntegers)] as const);
		return [entry.name, { ...entryHead(entry, asIntegers), properties: Object.fromEntries(properties) }];
	});
	session.out(jsonDocument('zfs get', { datasets: Object.fromEntries(datasets) }));
}
