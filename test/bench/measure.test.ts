import { describe, expect, it } from 'vitest';
import { interleave, quantile, ratiosOf } from './measure.ts';
import { compare } from './result.ts';
import { markdownTable } from './table.ts';

describe('a benchmark', () => {
	it('lets each side go first in turn, after a round that does not count', async () => {
		const order: string[] = [];
		const side = (name: string) => () => order.push(name);
		const pairs = await interleave(3, side('ours'), side('yardstick'));
		expect(order.join(' ')).toBe('ours yardstick ours yardstick yardstick ours ours yardstick');
		expect([pairs.ours.length, pairs.yardstick.length]).toEqual([3, 3]);
	});

	it('judges the pairs, so that a load on one of them counts for nothing', () => {
		const pairs = { ours: [11, 110, 11], yardstick: [10, 100, 10] };
		expect(ratiosOf(pairs).median).toBeCloseTo(1.1);
	});

	it('takes for the p99 what one of a hundred is above', () => {
		expect(
			quantile(
				Array.from({ length: 100 }, (_, index) => index + 1),
				0.99,
			),
		).toBe(100);
		expect(quantile([3, 1, 2], 0.5)).toBe(2);
	});

	it('says so where a row misses its goal', () => {
		const pairs = { ours: [2], yardstick: [1] };
		const labels = { what: 'start', yardstick: 'bare start', unit: 'ms' } as const;
		const row = compare(labels, pairs, { kind: 'at most', ratio: 1.3 });
		expect(row.passes).toBe(false);
		expect(markdownTable([row]).split('\n').at(-1)).toBe(
			'| start | 2.00 ms (2.00 ms to 2.00 ms) | bare start | 1.00 ms (1.00 ms to 1.00 ms) | 2.00 (2.00 to 2.00) | <= 1.3 | **FAIL** |',
		);
		expect(compare(labels, pairs, { kind: 'at least', ratio: 0.97 }).passes).toBe(true);
	});
});
