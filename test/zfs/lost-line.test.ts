import { describe, expect, it } from 'vitest';
import type { PoolStatus, Vdev } from '../../src/zfs/pool.js';
import { parsePoolStatus } from '../../src/zfs/zpool-status.js';
import { loadRecording } from '../fixtures/load.js';

describe('a lost line', () => {
	it.each(['status-degraded-offline', 'status-missing-device', 'status-resilver-running', 'status-suspended'])(
		'never makes the pool of %s look healthy',
		(recording) => {
			const lines = loadRecording(`lab/zfs-2.1.11/${recording}.txt`).stdout.split('\n');
			for (const index of lines.keys()) {
				const text = lines.toSpliced(index, 1).join('\n');
				expect(looksHealthy(text), `without ${JSON.stringify(lines[index])}`).toBe(false);
			}
		},
	);

	function looksHealthy(text: string): boolean {
		try {
			return [...parsePoolStatus(text).values()].some(isHealthy);
		} catch {
			return false;
		}
	}

	function isHealthy({ state, errorCount, root }: PoolStatus): boolean {
		return state === 'ONLINE' && errorCount === 0n && root !== undefined && isOnline(root);
	}

	function isOnline({ state, children }: Vdev): boolean {
		return state === 'ONLINE' && children.every(isOnline);
	}
});
