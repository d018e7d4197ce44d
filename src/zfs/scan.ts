import type { Scan } from './pool.js';

/**
 * The one that matters where a pool has several (a past scrub beside a running rebuild): what runs now, a resilver
 * before a scrub, otherwise the first.
 */
export function chooseScan(scans: readonly Scan[]): Scan {
	const running = scans.filter((scan) => scan.function !== 'none' && scan.state === 'scanning');
	return running.find((scan) => scan.function === 'resilver') ?? running[0] ?? scans[0] ?? { function: 'none' };
}
