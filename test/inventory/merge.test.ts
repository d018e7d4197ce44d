import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Match, mergeSorted, UnsortedError } from '../../src/inventory/merge.js';

async function* each(rows: readonly string[]): AsyncGenerator<string, void, undefined> {
	yield* rows;
}

function keyOf(row: string): string {
	return row.split('\t')[0] ?? '';
}

async function merge(before: readonly string[], after: readonly string[]): Promise<readonly Match[]> {
	const matches: Match[] = [];
	for await (const match of mergeSorted(each(before), each(after), keyOf)) matches.push(match);
	return matches;
}

/** As sort(1) with `LC_ALL=C`. */
function sorted(rows: readonly string[]): readonly string[] {
	return rows.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

const rows = fc.array(
	fc.tuple(
		fc.bigInt({ min: 0n, max: 60n }),
		fc.string({ unit: fc.constantFrom('a', 'b', 'ä', '😀', ' '), maxLength: 3 }),
	),
	{ maxLength: 40 },
);

describe('two sorted tables', () => {
	it('are matched exactly as if both were in memory', async () => {
		await fc.assert(
			fc.asyncProperty(rows, rows, async (one, other) => {
				const toRows = (list: typeof one) => sorted(list.map(([guid, name]) => `${guid}\t${name}`));
				const [before, after] = [toRows(one), toRows(other)];
				const keys = new Set([...before, ...after].map(keyOf));
				const expected = [...keys].sort().map((key) => ({
					key,
					before: before.filter((row) => keyOf(row) === key),
					after: after.filter((row) => keyOf(row) === key),
				}));
				expect(await merge(before, after)).toEqual(expected);
			}),
		);
	});

	it('give each row back once', async () => {
		await fc.assert(
			fc.asyncProperty(rows, rows, async (one, other) => {
				const [before, after] = [one, other].map((list) => sorted(list.map(([guid, name]) => `${guid}\t${name}`)));
				const matches = await merge(before ?? [], after ?? []);
				expect(matches.flatMap((match) => match.before)).toEqual(before);
				expect(matches.flatMap((match) => match.after)).toEqual(after);
			}),
		);
	});

	it('are refused when one is out of order, instead of losing rows', async () => {
		await expect(merge(['2\ta', '1\tb'], ['1\tb'])).rejects.toThrow(UnsortedError);
		await expect(merge([], ['9\ta', '10\tb'])).rejects.toThrow(UnsortedError);
	});

	it('may be empty', async () => {
		expect(await merge([], [])).toEqual([]);
		expect(await merge([], ['1\ta'])).toEqual([{ key: '1', before: [], after: ['1\ta'] }]);
	});
});
