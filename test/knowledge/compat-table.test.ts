import { describe, expect, it } from 'vitest';
import { pairVerdict } from '../../src/knowledge/abi.js';
import { compatTable } from '../../src/knowledge/compat-table.js';
import { RELEASES } from '../../src/knowledge/releases.js';

describe('the table of releases, kernels and known-bad pairs', () => {
	it('has a row for each release, without an empty field', () => {
		const rows = compatTable();
		expect(rows.map(({ version }) => version)).toEqual(RELEASES.map(({ version }) => version));
		expect(rows.filter((row) => row.aboveMaximum === '' || row.newFeatures.length === 0)).toEqual([]);
		expect(rows.filter((row) => row.isLatestOfSeries).map(({ version }) => version)).toEqual([
			'0.8.6',
			'2.0.7',
			'2.1.16',
			'2.2.11',
			'2.3.9',
			'2.4.4',
		]);
	});

	it('shows one release in full', () => {
		expect(compatTable('zfs-2.3.2-2~bpo12+2')).toEqual([
			{
				version: '2.3.2',
				date: '2025-05-01',
				kernels: { min: '4.18', max: '6.14' },
				aboveMaximum: expect.stringContaining('--enable-linux-experimental'),
				isLatestOfSeries: false,
				newFeatures: ['redaction_list_spill', 'raidz_expansion', 'fast_dedup', 'longname', 'large_microzap'],
				knownBadPairs: expect.arrayContaining([
					{
						id: 'pair-abi-2-3-1',
						title: expect.stringContaining('2.3.1'),
						side: 'either',
						other: '2.3.1',
					},
					{
						id: 'pair-scrub-2-4-tools',
						title: expect.stringContaining('scrub'),
						side: 'module',
						other: '>=2.4.0',
					},
				]),
			},
		]);
	});

	it('shows for 2.3.1 that it fits no other release', () => {
		const pairs = compatTable('2.3.1')[0]?.knownBadPairs ?? [];
		expect(pairs.find(({ id }) => id === 'pair-abi-2-3-1')?.other).toBe('not 2.3.1');
	});

	it('shows a series', () => {
		expect(compatTable('2.0').map(({ version }) => version)).toEqual([
			'2.0.0',
			'2.0.1',
			'2.0.2',
			'2.0.3',
			'2.0.4',
			'2.0.5',
			'2.0.6',
			'2.0.7',
		]);
	});

	it('has no row for what it does not know', () => {
		expect(compatTable('2.4.5')).toEqual([]);
		expect(compatTable('2.5')).toEqual([]);
		expect(compatTable('newest')).toEqual([]);
	});

	it('names every break that the verdict on a pair names', () => {
		for (const [userspace, module] of [
			['2.4.4', '2.3.9'],
			['2.2.0', '2.1.13'],
			['0.8.3', '2.0.2'],
			['2.3.2', '2.3.1'],
		] as const) {
			const named = (version: string, side: string) =>
				(compatTable(version)[0]?.knownBadPairs ?? [])
					.filter((pair) => pair.side === side || pair.side === 'either')
					.map(({ id }) => id);
			for (const { id } of pairVerdict(userspace, module).breaks) {
				expect(named(userspace, 'userspace')).toContain(id);
				expect(named(module, 'module')).toContain(id);
			}
		}
	});
});
