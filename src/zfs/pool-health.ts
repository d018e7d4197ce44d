import type { PoolHealth } from './pool.js';

const healths: ReadonlySet<string> = new Set<PoolHealth>([
	'ONLINE',
	'DEGRADED',
	'FAULTED',
	'OFFLINE',
	'UNAVAIL',
	'REMOVED',
	'SUSPENDED',
	'SPLIT',
]);

/** The state of a pool as the tools name it; a word that we do not know is `UNKNOWN`, which nobody takes for healthy. */
export function parseHealth(word: string | undefined): PoolHealth {
	return word !== undefined && healths.has(word) ? (word as PoolHealth) : 'UNKNOWN';
}
