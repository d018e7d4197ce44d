/** The JSON that the zfs command prints since 2.3. */
import type { Entry } from '../../dataset-names.js';
import type { PropertyValue } from '../../property-values.js';

/** A number of any size: JSON has no limit, JavaScript's numbers do. */
class JsonNumber {
	readonly digits: string;

	constructor(digits: string) {
		this.digits = digits;
	}
}

const marker = '\u0001';

/** One line of JSON, with `JsonNumber`s as bare numbers. */
function stringify(value: unknown): string {
	const text = JSON.stringify(value, (_, item: unknown) =>
		item instanceof JsonNumber ? `${marker}${item.digits}${marker}` : item,
	);
	return text.replaceAll(/"\\u0001(\d+)\\u0001"/g, '$1');
}

/** A number as text, or with `--json-int` as a number. */
export function jsonNumber(value: string | number | bigint, asInteger: boolean): unknown {
	return asInteger && /^\d+$/.test(String(value)) ? new JsonNumber(String(value)) : String(value);
}

/** What every dataset of a document begins with. */
export function entryHead(entry: Entry, asIntegers: boolean): Readonly<Record<string, unknown>> {
	const parts = entry.kind === 'snapshot' ? { dataset: entry.datasetName, snapshot_name: entry.shortName } : {};
	return {
		name: entry.name,
		type: entry.kind.toUpperCase(),
		pool: entry.poolName,
		createtxg: jsonNumber(createTxgOf(entry), asIntegers),
		...parts,
	};
}

function createTxgOf(entry: Entry): number {
	if (entry.kind === 'snapshot') return entry.snapshot.createTxg;
	return entry.kind === 'bookmark' ? entry.bookmark.createTxg : entry.dataset.createTxg;
}

export function jsonProperty(property: PropertyValue | undefined, asIntegers: boolean): unknown {
	return { value: jsonNumber(property?.value ?? '-', asIntegers), source: jsonSource(property) };
}

function jsonSource(property: PropertyValue | undefined): unknown {
	const source = property?.source ?? { kind: 'none' };
	return { type: source.kind.toUpperCase(), data: source.kind === 'inherited' ? source.from : '-' };
}

export function jsonDocument(command: string, contents: Readonly<Record<string, unknown>>): string {
	return stringify({ output_version: { command, vers_major: 0, vers_minor: 1 }, ...contents });
}
