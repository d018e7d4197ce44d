import type { Fates } from './compare-datasets.js';
import { mergeSorted } from './merge.js';
import type { Owners } from './owners.js';
import { fieldsOf } from './rows.js';
import type { Sides } from './sides.js';

/** Name and property as OpenZFS allows them. A value with line breaks makes rows that do not look like this. */
const wholeRow = /^[A-Za-z0-9][A-Za-z0-9_.: /-]*\t[a-z0-9][A-Za-z0-9_.:@-]*\t.*\t(?:local|received)$/;
/** Pieces of values with line breaks that are compared; nobody has more. */
const pieceLimit = 10_000;

/** Properties that somebody set, or that came with a received stream. */
export async function compareProperties(sides: Sides, owners: Owners, fates: Fates): Promise<void> {
	const pieces = { before: new Set<string>(), after: new Set<string>() };
	const moved = { before: new Map<string, string>(), after: new Map<string, string>() };
	const movedTo = new Set(fates.renamed.values());
	const rowsOf = (side: 'before' | 'after') => wholeRows(sides[side]('properties.tsv'), pieces[side]);
	for await (const match of mergeSorted(rowsOf('before'), rowsOf('after'), keyOf)) {
		const [dataset = '', property = ''] = fieldsOf(match.key);
		const before = valueAndSource(match.before[0]);
		const after = valueAndSource(match.after[0]);
		if (before !== undefined && fates.renamed.has(dataset)) {
			moved.before.set(`${fates.nameNow(dataset)}\t${property}`, before);
			if (after !== undefined && movedTo.has(dataset)) moved.after.set(match.key, after);
		} else if (after !== undefined && movedTo.has(dataset)) moved.after.set(match.key, after);
		else if (before !== after) tell(sides, owners, fates, dataset, property, before, after);
	}
	for (const key of new Set([...moved.before.keys(), ...moved.after.keys()])) {
		const [dataset = '', property = ''] = fieldsOf(key);
		const [before, after] = [moved.before.get(key), moved.after.get(key)];
		if (before !== after) tell(sides, owners, fates, dataset, property, before, after);
	}
	const before = [...pieces.before].find((piece) => !pieces.after.has(piece));
	const after = [...pieces.after].find((piece) => !pieces.before.has(piece));
	if (before !== undefined || after !== undefined) {
		const text = 'A property whose value has line breaks changed.';
		sides.found.must('warning', { kind: 'property', subject: '', before, after, text });
	}
}

function tell(
	{ found }: Sides,
	owners: Owners,
	fates: Fates,
	dataset: string,
	property: string,
	before: string | undefined,
	after: string | undefined,
): void {
	if (fates.isGone(dataset) || fates.isNew(dataset)) return;
	if (owners.isLayer(dataset)) {
		found.count('property', 'Changed properties of layers of container runtimes');
		return;
	}
	const text = `Property ${property} of "${dataset}" changed.`;
	found.must('warning', { kind: 'property', subject: `${dataset} ${property}`, before, after, text });
}

async function* wholeRows(rows: AsyncIterable<string>, pieces: Set<string>): AsyncGenerator<string, void, undefined> {
	for await (const row of rows) {
		if (wholeRow.test(row)) yield row;
		else if (pieces.size < pieceLimit) pieces.add(row);
	}
}

function keyOf(row: string): string {
	return row.slice(0, row.indexOf('\t', row.indexOf('\t') + 1));
}

/** Value and source. A value may hold tabs. */
function valueAndSource(row: string | undefined): string | undefined {
	if (row === undefined) return undefined;
	const [value, source] = [
		row.slice(keyOf(row).length + 1, row.lastIndexOf('\t')),
		row.slice(row.lastIndexOf('\t') + 1),
	];
	return `${value} (${source})`;
}
