import type { Entry } from '../../dataset-names.js';
import { isAtLeast } from '../../features.js';
import { hasOption, optionValue, type ParsedOptions, parseOptions } from '../../options.js';
import { findRule } from '../../properties.js';
import { propertyOf } from '../../property-values.js';
import type { Session } from '../../session.js';
import { hasJson, openLibrary, toolsSeries } from './library.js';
import { type Kind, parseDepth, parseKinds, selectEntries } from './selection.js';
import { refuseOptions, refuseUsage } from './usage.js';
import { entryHead, jsonDocument, jsonProperty } from './zfs-json.js';

const defaultColumns = 'name,used,available,referenced,mountpoint';

interface Form {
	readonly columns: readonly string[];
	readonly parsable: boolean;
}

export function zfsList(session: Session, args: readonly string[]): number {
	const json = hasJson(session);
	const parsed = parseOptions(args, {
		short: `HS:d:o:prs:t:${json ? 'j' : ''}`,
		...(json ? { long: { json: 'j', 'json-int': 'json-int' } } : {}),
	});
	const refused = refuseOptions(session, 'list', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	const kinds = parseKinds(optionValue(parsed, 't') ?? kindsNamed(parsed.operands));
	if (kinds === undefined) return refuseUsage(session, 'list', `invalid type '${optionValue(parsed, 't')}'`);
	const columns = (optionValue(parsed, 'o') ?? defaultColumns).split(',').flatMap(expandColumn);
	const bad = columns.find((column) => column !== 'name' && !isKnownColumn(session, column));
	if (bad !== undefined) return refuseUsage(session, 'list', `bad property list: invalid property '${bad}'`);
	const { entries, failed } = selectEntries(session, {
		kinds,
		depth: depthOf(parsed, kinds),
		operands: parsed.operands,
	});
	const sorted = sortEntries(session, entries, parsed);
	session.wait(0.02 + sorted.length * 0.0005);
	const asIntegers = hasOption(parsed, 'json-int');
	const form = { columns, parsable: hasOption(parsed, 'p') || asIntegers };
	if (hasOption(parsed, 'j') || asIntegers) {
		// An error leaves no document (recordings: json-zfs-list--j--o-name-used-nosuch).
		if (!failed || sorted.length > 0) printJson(session, sorted, form, asIntegers);
	} else if (sorted.length > 0) printTable(session, sorted, form, hasOption(parsed, 'H'));
	else if (!failed) session.err('no datasets available');
	return failed ? 1 : 0;
}

/** Without -t: file systems and volumes, and whatever else is named. */
function kindsNamed(operands: readonly string[]): string {
	const snapshots = operands.some((name) => name.includes('@')) ? ',snapshot' : '';
	const bookmarks = operands.some((name) => name.includes('#')) ? ',bookmark' : '';
	return `filesystem,volume${snapshots}${bookmarks}`;
}

/** `zfs list -t snapshot DATASET` is about the snapshots of that dataset (zfs_do_list). */
function depthOf(parsed: ParsedOptions, kinds: ReadonlySet<Kind>): number {
	const depth = parseDepth(parsed);
	const isOneKindOfPart = kinds.size === 1 && (kinds.has('snapshot') || kinds.has('bookmark'));
	return depth === 0 && isOneKindOfPart ? 1 : depth;
}

function expandColumn(column: string): readonly string[] {
	if (column !== 'space') return [findRule(column)?.name ?? column];
	const columns = ['available', 'used', 'usedbysnapshots', 'usedbydataset', 'usedbyrefreservation', 'usedbychildren'];
	return ['name', ...columns];
}

function isKnownColumn(session: Session, column: string): boolean {
	if (column.includes(':') || column.startsWith('written@')) return true;
	const rule = findRule(column);
	return rule !== undefined && (rule.since === undefined || isAtLeast(toolsSeries(session), rule.since));
}

function sortEntries(session: Session, entries: readonly Entry[], parsed: ParsedOptions): readonly Entry[] {
	const keys = parsed.given.filter(([name]) => name === 's' || name === 'S').reverse();
	return keys.reduce<readonly Entry[]>((sorted, [direction, column]) => {
		const sortKey = (entry: Entry) =>
			propertyOf(session.machine, entry, findRule(column)?.name ?? column, true)?.value ?? '';
		const sign = direction === 'S' ? -1 : 1;
		return sorted.toSorted((one, other) => sign * compareValues(sortKey(one), sortKey(other)));
	}, entries);
}

function compareValues(one: string, other: string): number {
	if (/^\d+$/.test(one) && /^\d+$/.test(other)) return Number(BigInt(one) - BigInt(other));
	return one < other ? -1 : one > other ? 1 : 0;
}

function cell(session: Session, entry: Entry, column: string, { parsable }: Form): string {
	return propertyOf(session.machine, entry, column, parsable)?.value ?? '-';
}

function printTable(session: Session, entries: readonly Entry[], form: Form, scripted: boolean): void {
	const { columns } = form;
	const rows = entries.map((entry) => columns.map((column) => cell(session, entry, column, form)));
	if (scripted) {
		session.out(rows.map((row) => row.join('\t')).join('\n'));
		return;
	}
	const table = [columns.map((column) => findRule(column)?.title ?? column.toUpperCase()), ...rows];
	const widths = columns.map(
		(column, index) => fixedWidth(session, column) ?? Math.max(...table.map((row) => (row[index] ?? '').length)),
	);
	const lines = table.map((row) =>
		row
			.map((text, index) => {
				const width = widths[index] ?? 0;
				if (isRightAligned(columns[index] ?? '')) return text.padStart(width);
				return index === columns.length - 1 ? text : text.padEnd(width);
			})
			.join('  '),
	);
	session.out(lines.join('\n'));
}

/** Tools before 2.2 do not fit some columns to what is in them (recordings: zfs-list). */
function fixedWidth(session: Session, column: string): number | undefined {
	if (isAtLeast(toolsSeries(session), [2, 2])) return undefined;
	if (column === 'referenced') return 8;
	return ['used', 'available', 'guid'].includes(column) ? 5 : undefined;
}

function isRightAligned(column: string): boolean {
	const rule = findRule(column);
	if (rule === undefined) return false;
	return rule.format !== 'text' || ['guid', 'createtxg', 'objsetid', 'userrefs', 'copies'].includes(rule.name);
}

function printJson(session: Session, entries: readonly Entry[], form: Form, asIntegers: boolean): void {
	const columns = form.columns.filter((column) => column !== 'name');
	const datasets = entries.map((entry): readonly [string, unknown] => {
		const properties = columns.map((column) => {
			return [column, jsonProperty(propertyOf(session.machine, entry, column, form.parsable), asIntegers)] as const;
		});
		return [entry.name, { ...entryHead(entry, asIntegers), properties: Object.fromEntries(properties) }];
	});
	session.out(jsonDocument('zfs list', { datasets: Object.fromEntries(datasets) }));
}
