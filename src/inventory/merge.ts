/** Walks two sorted tables side by side, so that neither is ever in memory as a whole. */

/** The rows of one key on both sides; at least one of them has some. */
export interface Match {
	readonly key: string;
	readonly before: readonly string[];
	readonly after: readonly string[];
}

/** A table is not in the order that sort(1) writes: nothing may be concluded from it. */
export class UnsortedError extends Error {
	override readonly name = 'UnsortedError';
}

/**
 * @param keyOf the beginning of a row up to a tab; ASCII, so that code units have the order of bytes
 * @throws UnsortedError
 */
export async function* mergeSorted(
	before: AsyncIterable<string>,
	after: AsyncIterable<string>,
	keyOf: (row: string) => string,
): AsyncGenerator<Match, void, undefined> {
	const left = groups(before, keyOf);
	const right = groups(after, keyOf);
	let one = await nextOf(left);
	let other = await nextOf(right);
	while (one !== undefined || other !== undefined) {
		const key = firstOf(one?.key, other?.key);
		const isLeft = one?.key === key;
		const isRight = other?.key === key;
		yield { key, before: (isLeft && one?.rows) || [], after: (isRight && other?.rows) || [] };
		if (isLeft) one = await nextOf(left);
		if (isRight) other = await nextOf(right);
	}
}

interface Group {
	readonly key: string;
	readonly rows: string[];
}

async function nextOf(side: AsyncIterator<Group, void>): Promise<Group | undefined> {
	const next = await side.next();
	return next.done === true ? undefined : next.value;
}

function firstOf(one: string | undefined, other: string | undefined): string {
	if (one === undefined) return other ?? '';
	return other === undefined || one < other ? one : other;
}

async function* groups(
	rows: AsyncIterable<string>,
	keyOf: (row: string) => string,
): AsyncGenerator<Group, void, undefined> {
	let group: Group | undefined;
	for await (const row of rows) {
		const key = keyOf(row);
		if (group?.key === key) {
			group.rows.push(row);
			continue;
		}
		if (group !== undefined) {
			if (key < group.key) throw new UnsortedError(`the row of ${JSON.stringify(key)} is out of order`);
			yield group;
		}
		group = { key, rows: [row] };
	}
	if (group !== undefined) yield group;
}
