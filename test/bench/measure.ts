/** Side by side: what is measured and its yardstick take turns, so that a busy machine is busy for both. */

export interface Pairs {
	/** In the unit of what was measured, in the order of the rounds. */
	readonly ours: readonly number[];
	readonly yardstick: readonly number[];
}

type Measure = () => number | Promise<number>;

/** The first round fills caches and counts for nothing; the others begin with each side in turn. */
export async function interleave(rounds: number, ours: Measure, yardstick: Measure): Promise<Pairs> {
	await ours();
	await yardstick();
	const pairs = { ours: [] as number[], yardstick: [] as number[] };
	for (let round = 0; round < rounds; round += 1) {
		if (round % 2 === 0) pairs.ours.push(await ours());
		pairs.yardstick.push(await yardstick());
		if (round % 2 === 1) pairs.ours.push(await ours());
	}
	return pairs;
}

/** @param share 0.5 for the median, 0.99 for what all but one of a hundred stay below */
export function quantile(values: readonly number[], share: number): number {
	const sorted = values.toSorted((left, right) => left - right);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export interface Spread {
	readonly median: number;
	readonly least: number;
	readonly most: number;
}

export function spreadOf(values: readonly number[]): Spread {
	return { median: quantile(values, 0.5), least: Math.min(...values), most: Math.max(...values) };
}

/** Of the pairs, not of the medians: a load that lasts for one pair is in both of its numbers. */
export function ratiosOf({ ours, yardstick }: Pairs): Spread {
	return spreadOf(ours.map((value, index) => value / (yardstick[index] ?? Number.NaN)));
}
