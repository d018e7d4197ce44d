import type { Pairs } from './measure.ts';
import { ratiosOf, spreadOf } from './measure.ts';

/** One line of the table. */
export interface Result {
	readonly what: string;
	readonly yardstick: string;
	/** As shown: `12 ms (11 to 15)`. */
	readonly measured: string;
	readonly measuredYardstick: string;
	/** `1.21 (1.18 to 1.30)`; empty where the goal is no ratio. */
	readonly ratio: string;
	/** Empty: it is only stated. */
	readonly goal: string;
	readonly passes: boolean | undefined;
}

/** Milliseconds, seconds, mebibytes: how a number is written. */
export type Unit = 'ms' | 's' | 'MiB' | 'MiB/s';

export function written(value: number, unit: Unit): string {
	const digits = value >= 100 || unit === 'MiB' || unit === 'MiB/s' ? 0 : value >= 10 ? 1 : 2;
	return `${value.toFixed(digits)} ${unit}`;
}

function writtenSpread(values: readonly number[], unit: Unit): string {
	const { median, least, most } = spreadOf(values);
	return `${written(median, unit)} (${written(least, unit)} to ${written(most, unit)})`;
}

export interface Goal {
	readonly kind: 'at most' | 'at least';
	readonly ratio: number;
}

/** A row whose goal is a ratio of medians of pairs; without a goal it is only stated. */
export function compare(
	labels: { readonly what: string; readonly yardstick: string; readonly unit: Unit },
	pairs: Pairs,
	goal?: Goal,
): Result {
	const { median, least, most } = ratiosOf(pairs);
	return {
		what: labels.what,
		yardstick: labels.yardstick,
		measured: writtenSpread(pairs.ours, labels.unit),
		measuredYardstick: writtenSpread(pairs.yardstick, labels.unit),
		ratio: `${median.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`,
		goal: goal === undefined ? '' : `${goal.kind === 'at most' ? '<=' : '>='} ${goal.ratio}`,
		passes: goal && (goal.kind === 'at most' ? median <= goal.ratio : median >= goal.ratio),
	};
}

/** A row whose goal is a limit of its own. */
export function limit(
	labels: { readonly what: string; readonly yardstick: string; readonly measuredYardstick: string },
	measured: { readonly value: number; readonly unit: Unit; readonly most: number },
): Result {
	return {
		...labels,
		measured: written(measured.value, measured.unit),
		ratio: '',
		goal: `<= ${measured.most} ${measured.unit}`,
		passes: measured.value <= measured.most,
	};
}
