import { describe, expect, it } from 'vitest';
import { printLines } from '../../../src/ui/text/line.js';
import { marksFor } from '../../../src/ui/text/marks.js';
import { type Progress, progressLines } from '../../../src/ui/text/progress.js';
import { count, formatBytes, formatDuration } from '../../../src/ui/text/quantities.js';

describe('quantities', () => {
	it('are said with three digits and a binary unit', () => {
		expect([0, 812, 1024, 1_331_439_862, 123 * 2 ** 20].map(formatBytes)).toEqual([
			'0 B',
			'812 B',
			'1.00 KiB',
			'1.24 GiB',
			'123 MiB',
		]);
		expect(formatBytes(2n ** 63n)).toBe('8.00 EiB');
	});

	it('are said as people say times', () => {
		expect([0, 59.4, 60, 192, 3600, 7500].map(formatDuration)).toEqual([
			'0 s',
			'59 s',
			'1 min',
			'3 min 12 s',
			'1 h',
			'2 h 5 min',
		]);
		expect(count(1, 'warning')).toBe('1 warning');
		expect(count(2, 'warning')).toBe('2 warnings');
	});
});

describe('a progress bar', () => {
	const show = (progress: Omit<Progress, 'type' | 'id'>, width = 78): string[] =>
		printLines(progressLines({ type: 'progress', id: 'x', ...progress }, 30, width, marksFor(false)), false)
			.trimEnd()
			.split('\n');

	it('shows amount, rate, share, elapsed time and time left', () => {
		const gibibyte = 2 ** 30;
		expect(
			show({
				label: 'Sending tank',
				done: gibibyte,
				total: 4 * gibibyte,
				unit: 'bytes',
				bytesPerSecond: 100 * 2 ** 20,
				secondsLeft: 31,
			}),
		).toEqual([
			'Sending tank: 1.00 GiB of 4.00 GiB, 100 MiB/s',
			`${'#'.repeat(10)}${'.'.repeat(30)}  25 %  30 s so far, about 31 s left`,
		]);
	});

	it('draws no bar while the total is unknown', () => {
		expect(show({ label: 'Receiving', done: 3, unit: 'items', stage: 'tank/a' })).toEqual([
			'Receiving: tank/a, 3',
			'30 s so far',
		]);
	});

	it('never shows more than all of it', () => {
		expect(show({ label: 'Building', done: 400, total: 290, unit: 'items' }).at(-1)).toContain(' 100 %');
	});

	it('fits narrow terminals', () => {
		const rows = show({ label: 'Sending tank', done: 5, total: 9, unit: 'items', secondsLeft: 4000 }, 58);
		expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(58);
	});
});
