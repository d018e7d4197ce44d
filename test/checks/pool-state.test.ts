import { describe, expect, it } from 'vitest';
import { poolStateTopic } from '../../src/checks/pool-state.js';
import type { Pool } from '../../src/zfs/pool.js';
import {
	datasetWith,
	factsWith,
	happyPool,
	poolsOfRecording,
	poolWith,
	set,
	unread,
	verdictsOf,
	wordsOf,
} from './facts.js';

const ofPools = (...pools: readonly Pool[]) => ({ facts: factsWith({ pools: set(pools) }) });
const problemsOf = (pool: Pool) => verdictsOf(poolStateTopic, ofPools(pool)).filter((each) => !each.startsWith('ok '));

describe('what goes on in a pool', () => {
	it('is nothing in a quiet one', () => {
		expect(verdictsOf(poolStateTopic)).toEqual(['ok pool.capacity']);
	});

	it.each([
		['zfs-2.1.11/status-resilver-running', 'warning pool.resilvering'],
		['zfs-2.1.11/status-scrub-running', 'notice pool.scrubbing'],
		['zfs-2.1.11/status-scrub-paused', 'notice pool.scrubbing'],
	])('is read from what a real pool said: %s', async (file, verdict) => {
		const facts = factsWith({ pools: await poolsOfRecording(`lab/${file}.txt`) });
		expect(verdictsOf(poolStateTopic, { facts })).toEqual([verdict, 'ok pool.capacity']);
	});

	it.each(['zfs-2.1.11/status-scrubbed', 'zfs-2.1.11/status-scrub-canceled', 'zfs-2.1.11/status-resilvered'])(
		'is over where the scan has ended: %s',
		async (file) => {
			const facts = factsWith({ pools: await poolsOfRecording(`lab/${file}.txt`) });
			expect(verdictsOf(poolStateTopic, { facts })).toEqual(['ok pool.capacity']);
		},
	);

	it.each([
		['warning pool.freeing', poolWith({ freeing: 4096n })],
		['warning pool.checkpoint', poolWith({ checkpointSpace: 1024n ** 3n })],
		['warning pool.checkpoint', poolWith({ status: { checkpoint: 'discarding' } })],
		['warning pool.device-removal', poolWith({ status: { isRemovingDevice: true } })],
		['warning pool.raidz-expansion', poolWith({ status: { isExpandingRaidz: true } })],
	])('is waited for: %s', (verdict, pool) => {
		expect(problemsOf(pool)).toEqual([verdict]);
		expect(wordsOf(poolStateTopic, verdict.split(' ')[1] ?? '', ofPools(pool))).toMatch(
			/zpool (?:wait|checkpoint).* fx/,
		);
	});
});

describe('the space of a pool', () => {
	it.each([
		[79, 'ok pool.capacity'],
		[80, 'warning pool.capacity'],
		[94, 'warning pool.capacity'],
		[95, 'blocker pool.capacity'],
		[100, 'blocker pool.capacity'],
	])('at %i %% in use is %s', (capacity, verdict) => {
		expect(verdictsOf(poolStateTopic, ofPools(poolWith({ capacity })))).toEqual([verdict]);
	});

	it('blocks a pool in which next to nothing can be written, whatever the percentage', () => {
		const facts = factsWith({ datasets: set([datasetWith({ available: 15n * 1024n ** 2n })]) });
		expect(verdictsOf(poolStateTopic, { facts })).toEqual(['blocker pool.capacity']);
		expect(wordsOf(poolStateTopic, 'pool.capacity', { facts })).toContain('15.0 MiB can be written');
	});

	it('does not pass where it could not be read', () => {
		expect(verdictsOf(poolStateTopic, ofPools(poolWith({ capacity: undefined })))).toEqual(['warning pool.capacity']);
	});
});

describe('the way a pool was imported', () => {
	it('read-only blocks the only pool and those that are asked for, and warns of others', () => {
		const readOnly = poolWith({ isReadOnly: true });
		expect(problemsOf(readOnly)).toEqual(['blocker pool.read-only']);
		const both = ofPools(readOnly, poolWith({ name: 'tank' }));
		expect(verdictsOf(poolStateTopic, both)).toContain('warning pool.read-only');
		expect(verdictsOf(poolStateTopic, { ...both, pools: ['fx'] })).toContain('blocker pool.read-only');
		expect(verdictsOf(poolStateTopic, { ...both, pools: ['tank'] })).toContain('warning pool.read-only');
	});

	it('is not taken for writable where it could not be read', () => {
		expect(problemsOf(poolWith({ isReadOnly: undefined }))).toEqual(['warning pool.read-only']);
	});

	it('under an alternate root is found, but not below --root, where every pool is', () => {
		const pool = poolWith({ altroot: '/mnt', cachefile: 'none' });
		expect(problemsOf(pool)).toEqual(['warning pool.altroot']);
		const facts = factsWith({ pools: set([pool]), machine: { environment: set('alternate-root') } });
		expect(verdictsOf(poolStateTopic, { facts })).toEqual(['ok pool.capacity']);
	});

	it('outside the cache file is a warning, for the pools of root and boot a notice', () => {
		const pool = poolWith({ cachefile: 'none' });
		expect(problemsOf(pool)).toEqual(['warning pool.not-in-cachefile']);
		expect(problemsOf(poolWith({ name: 'bpool', cachefile: 'none' }))).toEqual(['notice pool.not-in-cachefile']);
		const facts = factsWith({ pools: set([pool]), rootDataset: set('fx/ROOT/debian' as never) });
		expect(verdictsOf(poolStateTopic, { facts })).toContain('notice pool.not-in-cachefile');
	});

	it('is left to the health where no pool could be read', () => {
		expect(verdictsOf(poolStateTopic, { facts: factsWith({ pools: unread }) })).toEqual([]);
		expect(happyPool.cachefile).toBeUndefined();
	});
});
