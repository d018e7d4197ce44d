import { describe, expect, it } from 'vitest';
import {
	featuresAddedBetween,
	featuresKnownTo,
	findFeature,
	POOL_FEATURES,
} from '../../src/knowledge/pool-features.js';
import { SERIES } from '../../src/knowledge/releases.js';
import { loadRecording } from '../fixtures/load.js';

/** Names of all `feature@` properties of a recorded `zpool get`. */
function recordedFeatures(file: string): readonly string[] {
	return [...loadRecording(file).stdout.matchAll(/\tfeature@(\w+)\t/g)].map(([, name]) => name ?? '');
}

function namesOf(features: readonly { readonly name: string }[]): readonly string[] {
	return features.map(({ name }) => name).toSorted();
}

describe('the pool features of a series', () => {
	it.each([
		['2.1', 'lab/zfs-2.1.11/zpool-get-all.txt'],
		['2.3', 'lab/zfs-2.3.2/zpool-get-all.txt'],
		['2.4', 'lab/mismatch/kmod-2.4.4+user-2.4.4/zpool-get.txt'],
	] as const)('are those that a real %s lists', (series, file) => {
		const recorded = [...new Set(recordedFeatures(file))].toSorted();
		expect(recorded.length).toBeGreaterThan(30);
		expect(namesOf(featuresKnownTo(series))).toEqual(recorded);
	});

	it('only ever grow', () => {
		expect(SERIES.map((series) => featuresKnownTo(series).length)).toEqual([26, 33, 34, 39, 44, 47]);
	});

	it('have one name and one guid each', () => {
		expect(new Set(POOL_FEATURES.map(({ name }) => name)).size).toBe(POOL_FEATURES.length);
		expect(new Set(POOL_FEATURES.map(({ guid }) => guid)).size).toBe(POOL_FEATURES.length);
		for (const { guid } of POOL_FEATURES) {
			expect(guid).toMatch(/^[a-z.-]+:[a-z0-9_]+$/);
		}
	});

	it('are enabled by zpool upgrade as the real one enabled them', () => {
		const { stdout } = loadRecording('lab/features/kmod-2.3.2-zpool-upgrade-tank.txt');
		const enabled = [...stdout.matchAll(/^ {2}(\w+)$/gm)].map(([, name]) => ({ name: name ?? '' }));
		expect(namesOf(featuresAddedBetween('2.1', '2.3'))).toEqual(namesOf(enabled));
	});

	it('are left alone by zpool upgrade where the real one marks them so', () => {
		const { stdout } = loadRecording('lab/mismatch/kmod-2.4.4+user-2.4.4/upgrade-list.txt');
		const marked = [...new Set([...stdout.matchAll(/^ +(\w+)\(\*\)$/gm)].map(([, name]) => name))];
		expect(POOL_FEATURES.filter((feature) => feature.skippedByUpgrade).map(({ name }) => name)).toEqual(marked);
	});

	it('that activate unasked are active on a real pool that uses none of them', () => {
		const { stdout } = loadRecording('lab/zfs-2.3.2/zpool-get-all.txt');
		for (const { name } of featuresKnownTo('2.3').filter((feature) => feature.activatesUnasked)) {
			expect(stdout).toContain(`\tfeature@${name}\tactive\t`);
		}
	});

	it('that leave reading to older releases are those of zpool-features(7)', () => {
		const readable = featuresAddedBetween('0.8', '2.4').filter((feature) => feature.readOnlyCompatible);
		expect(namesOf(readable)).toEqual([
			'block_cloning',
			'block_cloning_endian',
			'device_rebuild',
			'fast_dedup',
			'large_microzap',
			'livelist',
			'log_spacemap',
			'physical_rewrite',
			'zilsaxattr',
		]);
	});

	it('that activate on enable after 0.8 are head_errlog alone', () => {
		const added = featuresAddedBetween('0.8', '2.4').filter((feature) => feature.activatesOnEnable);
		expect(namesOf(added)).toEqual(['head_errlog']);
	});

	it('added between a series and an older one are none', () => {
		expect(featuresAddedBetween('2.3', '2.1')).toEqual([]);
		expect(featuresAddedBetween('2.3', '2.3')).toEqual([]);
	});
});

describe('findFeature', () => {
	it.each(['head_errlog', 'feature@head_errlog', 'com.delphix:head_errlog', 'unsupported@com.delphix:head_errlog'])(
		'finds a feature spelled %s',
		(spelling) => {
			expect(findFeature(spelling)).toEqual({
				name: 'head_errlog',
				guid: 'com.delphix:head_errlog',
				since: '2.2',
				readOnlyCompatible: false,
				activatesOnEnable: true,
				activatesUnasked: true,
				skippedByUpgrade: false,
			});
		},
	);

	it('knows nothing of a feature of later releases', () => {
		expect(findFeature('draid_failure_domains')).toBeUndefined();
	});
});
