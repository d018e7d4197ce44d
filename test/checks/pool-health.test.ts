import { describe, expect, it } from 'vitest';
import { poolHealthTopic } from '../../src/checks/pool-health.js';
import type { Pool } from '../../src/zfs/pool.js';
import { factsWith, happyPool, poolsOfRecording, poolWith, set, unread, verdictsOf, wordsOf } from './facts.js';

const ofPools = (...pools: readonly Pool[]) => ({ facts: factsWith({ pools: set(pools) }) });

describe('the health of the pools', () => {
	it('is stated once for all of them when nothing is wrong', () => {
		expect(verdictsOf(poolHealthTopic, ofPools(happyPool, poolWith({ name: 'tank' })))).toEqual(['ok pool.healthy']);
	});

	it.each([
		['zfs-2.1.11/status-degraded-offline', ['blocker pool.degraded'], 'm2 (OFFLINE)'],
		['zfs-2.1.11/status-missing-device', ['blocker pool.degraded'], 'was /var/tmp/fx/m3'],
		['zfs-2.1.11/status-resilver-running', ['blocker pool.degraded'], 'm2 (OFFLINE)'],
		['zfs-2.1.11/status-checksum-errors', ['warning pool.device-errors'], 'checksum 496'],
		['zfs-2.1.11/status-scrub-running', ['ok pool.healthy'], ''],
		['zfs-2.1.11/status-scrubbed', ['ok pool.healthy'], ''],
	])('is read from what a real pool said: %s', async (file, verdicts, words) => {
		const facts = factsWith({ pools: await poolsOfRecording(`lab/${file}.txt`) });
		expect(verdictsOf(poolHealthTopic, { facts })).toEqual(verdicts);
		const id = verdicts[0]?.split(' ')[1] ?? '';
		expect(wordsOf(poolHealthTopic, id, { facts })).toContain(words);
	});

	it('of a suspended pool blocks, with its devices and data errors named', async () => {
		const facts = factsWith({ pools: await poolsOfRecording('lab/zfs-2.1.11/status-suspended.txt') });
		expect(verdictsOf(poolHealthTopic, { facts })).toEqual([
			'blocker pool.suspended',
			'warning pool.device-errors',
			'warning pool.permanent-errors',
		]);
		expect(wordsOf(poolHealthTopic, 'pool.suspended', { facts })).toContain('zpool clear fx');
		expect(wordsOf(poolHealthTopic, 'pool.permanent-errors', { facts })).toContain('17 data errors');
	});

	it('counts permanent errors and names the files', async () => {
		const facts = factsWith({ pools: await poolsOfRecording('lab/zfs-2.1.11/status-permanent-errors.txt') });
		expect(verdictsOf(poolHealthTopic, { facts })).toContain('warning pool.permanent-errors');
		expect(wordsOf(poolHealthTopic, 'pool.permanent-errors', { facts })).toContain('/fx/d/f');
	});

	it.each(['FAULTED', 'UNAVAIL', 'OFFLINE', 'REMOVED', 'SPLIT'] as const)('blocks a pool that is %s', (health) => {
		expect(verdictsOf(poolHealthTopic, ofPools(poolWith({ health })))).toEqual(['blocker pool.faulted']);
	});

	it('is the worse of what the property and the status say', () => {
		expect(verdictsOf(poolHealthTopic, ofPools(poolWith({ health: 'DEGRADED' })))).toEqual(['blocker pool.degraded']);
		expect(verdictsOf(poolHealthTopic, ofPools(poolWith({ status: { state: 'DEGRADED' } })))).toEqual([
			'blocker pool.degraded',
		]);
	});

	it('does not pass where it is a word that nobody knows, or was not read', () => {
		expect(verdictsOf(poolHealthTopic, ofPools(poolWith({ health: 'UNKNOWN' })))).toEqual([
			'blocker pool.health-unknown',
		]);
		expect(verdictsOf(poolHealthTopic, ofPools({ ...happyPool, status: unread }))).toEqual([
			'warning pool.health-unknown',
		]);
		const uncounted = poolWith({ status: { errorCount: undefined }, permanentErrors: unread });
		expect(verdictsOf(poolHealthTopic, ofPools(uncounted))).toEqual(['warning pool.health-unknown']);
		expect(verdictsOf(poolHealthTopic, { facts: factsWith({ pools: unread }) })).toEqual(['blocker pool.unreadable']);
	});

	it('names one sick pool among healthy ones', () => {
		const pools = ofPools(happyPool, poolWith({ name: 'tank', health: 'DEGRADED' }));
		expect(verdictsOf(poolHealthTopic, pools)).toEqual(['blocker pool.degraded']);
		expect(wordsOf(poolHealthTopic, 'pool.degraded', pools)).toContain('Pool tank is degraded');
	});

	it('finds a cache device that is gone although the pool is online', () => {
		const root = happyPool.status.known ? happyPool.status.value.root : undefined;
		if (root === undefined) throw new Error('the recording has no vdevs');
		const cache = { ...root, type: 'leaf', class: 'cache', name: 'sdx', state: 'UNAVAIL', children: [] } as const;
		const pool = poolWith({ status: { root: { ...root, children: [...root.children, cache] } } });
		expect(verdictsOf(poolHealthTopic, ofPools(pool))).toEqual(['warning pool.device-errors']);
		const spare = { ...cache, class: 'spare', state: 'AVAIL' } as const;
		const withSpare = poolWith({ status: { root: { ...root, children: [...root.children, spare] } } });
		expect(verdictsOf(poolHealthTopic, ofPools(withSpare))).toEqual(['ok pool.healthy']);
	});

	it('shows no control character of a file name', () => {
		const pool = poolWith({ permanentErrors: set(['/tank/\x1b[2Jevil\n']) });
		const words = wordsOf(poolHealthTopic, 'pool.permanent-errors', ofPools(pool));
		expect(words).toContain('/tank/?[2Jevil?');
		expect(words).not.toContain('\x1b');
	});
});

describe('the pools themselves', () => {
	it('are missed when none is imported', () => {
		expect(verdictsOf(poolHealthTopic, ofPools())).toEqual(['warning pool.none-imported']);
	});

	it('named by --pool have to be imported', () => {
		expect(verdictsOf(poolHealthTopic, { pools: ['fx', 'backup'] })).toEqual([
			'blocker pool.asked-missing',
			'ok pool.healthy',
		]);
		expect(wordsOf(poolHealthTopic, 'pool.asked-missing', { pools: ['backup'] })).toContain('called backup');
	});

	it('cannot be read without the module, which is said once elsewhere', () => {
		const facts = factsWith({ pools: unread, versions: { loadedModule: set(undefined) } });
		expect(verdictsOf(poolHealthTopic, { facts })).toEqual([]);
	});
});
