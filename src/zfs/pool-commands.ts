/** Commands on pools. On purpose there is none for `zpool upgrade`: nothing takes a feature back. */

import type { Command } from '../host/host.js';
import { limits } from './limits.js';
import type { PoolName } from './names.js';

/** Keeps the state of the whole pool, one at a time, until it is discarded or rewound to. */
export function createCheckpoint(pool: PoolName): Command {
	return { argv: ['zpool', 'checkpoint', pool], timeoutSeconds: limits.change };
}

/**
 * Gives up the pool's checkpoint and returns when its space is free. A checkpoint has no name that could prove whose it
 * is: only for one that the journal says the run made.
 */
export function discardCheckpoint(pool: PoolName): Command {
	return { argv: ['zpool', 'checkpoint', '-d', '-w', pool], timeoutSeconds: limits.change };
}

/** The events that the module remembers, oldest first. With a 2.3.1 on one side it fails with EBADF. */
export function listEvents(): Command {
	return { argv: ['zpool', 'events', '-H'], timeoutSeconds: limits.errors };
}

export type PoolActivity = 'discard' | 'free' | 'initialize' | 'replace' | 'remove' | 'resilver' | 'scrub' | 'trim';

/**
 * Returns when nothing of the kind goes on in the pool any more; since 2.0.
 * @param timeoutSeconds how long to wait at most
 */
export function waitForPool(
	pool: PoolName,
	activities: readonly [PoolActivity, ...PoolActivity[]],
	timeoutSeconds: number,
): Command {
	return { argv: ['zpool', 'wait', '-t', activities.join(','), pool], timeoutSeconds };
}

/** Unmounts and closes a pool in good order; fails while anything in it is in use. */
export function exportPool(pool: PoolName): Command {
	return { argv: ['zpool', 'export', pool], timeoutSeconds: limits.change };
}

/**
 * Opens an exported pool by the device paths that a copy of the cache file has, so that it comes back by the names it
 * had; a scan could find others.
 * @param cacheFile absolute path of a copy that was made while the pool was imported
 */
export function importPool(pool: PoolName, cacheFile: string): Command {
	return { argv: ['zpool', 'import', '-c', cacheFile, pool], timeoutSeconds: limits.change };
}
