import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { featuresKnownTo, POOL_FEATURES } from '../../src/knowledge/pool-features.js';
import { SERIES } from '../../src/knowledge/releases.js';
import { type FeatureState, poolUpgradeImpact, rollbackImpact } from '../../src/knowledge/rollback-impact.js';
import { loadRecording } from '../fixtures/load.js';

function recordedStates(file: string): readonly FeatureState[] {
	const { stdout } = loadRecording(file);
	return [...stdout.matchAll(/\t((?:feature|unsupported)@[\w.:]+)\t(\w+)/g)].map(([, name = '', state = '']) => ({
		name,
		state,
	}));
}

describe('the way back for a recorded pool', () => {
	it('made under 2.3.2 is barred for 2.1, as the real 2.1.11 refused it', () => {
		const impact = rollbackImpact(recordedStates('lab/zfs-2.3.2/zpool-get-all.txt'), '2.1');
		expect(impact.verdict).toBe('impossible');
		expect(impact.forbids).toEqual(['head_errlog', 'vdev_zaps_v2']);
		expect(impact.dormant).toContain('block_cloning');
		for (const refused of ['newf', 'newf-readonly', 'tank-upgraded']) {
			const recording = loadRecording(`lab/features/kmod-2.1.11-import-${refused}.txt`);
			expect(recording.exitCode).toBe(1);
			const [, name = ''] = /^\t[\w.]+:(\w+)$/m.exec(recording.stdout) ?? [];
			expect(impact.forbids).toContain(name);
		}
	});

	it('made under 2.3.2 stays open for 2.2 while the features of 2.3 are unused', () => {
		expect(rollbackImpact(recordedStates('lab/zfs-2.3.2/zpool-get-all.txt'), '2.2')).toEqual({
			verdict: 'possible',
			forbids: [],
			forbidsWriting: [],
			dormant: ['redaction_list_spill', 'raidz_expansion', 'fast_dedup', 'longname', 'large_microzap'],
		});
	});

	it('made under 2.1.11 and only imported by 2.4.4 stays open for 2.1', () => {
		const states = recordedStates('lab/mismatch/kmod-2.4.4+user-2.4.4/zpool-get.txt');
		expect(states).toHaveLength(47);
		expect(rollbackImpact(states, '2.1')).toEqual({
			verdict: 'possible',
			forbids: [],
			forbidsWriting: [],
			dormant: [],
		});
	});

	it('made under 2.1.11 is barred for 0.8 by the features of 2.0 that it uses', () => {
		const impact = rollbackImpact(recordedStates('lab/zfs-2.1.11/zpool-get-all.txt'), '0.8');
		expect(impact).toMatchObject({
			verdict: 'impossible',
			forbids: ['bookmark_written'],
			forbidsWriting: ['log_spacemap'],
		});
	});
});

describe('rollbackImpact', () => {
	it('leaves reading where only read-only compatible features are in use', () => {
		const features = [
			{ name: 'feature@block_cloning', state: 'active' },
			{ name: 'feature@lz4_compress', state: 'active' },
		];
		expect(rollbackImpact(features, '2.1')).toEqual({
			verdict: 'read-only',
			forbids: [],
			forbidsWriting: ['block_cloning'],
			dormant: [],
		});
	});

	it('takes a feature of a later release for one that forbids, unless it says otherwise', () => {
		expect(rollbackImpact([{ name: 'unsupported@org.example:new', state: 'active' }], '2.4')).toMatchObject({
			verdict: 'impossible',
			forbids: ['org.example:new'],
		});
		expect(rollbackImpact([{ name: 'unsupported@org.example:new', state: 'readonly' }], '2.4').verdict).toBe(
			'read-only',
		);
		expect(rollbackImpact([{ name: 'unsupported@org.example:new', state: 'inactive' }], '2.4')).toMatchObject({
			verdict: 'possible',
			dormant: ['org.example:new'],
		});
		expect(rollbackImpact([{ name: 'feature@head_errlog', state: 'garbled' }], '2.1').verdict).toBe('impossible');
	});

	it('never bars the series that made all features of the pool', () => {
		const series = fc.constantFrom(...SERIES);
		const state = fc.constantFrom('disabled', 'enabled', 'active');
		fc.assert(
			fc.property(series, fc.array(state, { minLength: 47, maxLength: 47 }), (old, states) => {
				const features = featuresKnownTo(old).map(({ name }, index) => ({ name, state: states[index] ?? 'active' }));
				expect(rollbackImpact(features, old)).toEqual({
					verdict: 'possible',
					forbids: [],
					forbidsWriting: [],
					dormant: [],
				});
			}),
		);
	});

	it('never gets better by going back further', () => {
		const order = ['possible', 'read-only', 'impossible'];
		const states = fc.array(fc.constantFrom('disabled', 'enabled', 'active'), { minLength: 47, maxLength: 47 });
		fc.assert(
			fc.property(states, (chosen) => {
				const features = POOL_FEATURES.map(({ name }, index) => ({ name, state: chosen[index] ?? 'disabled' }));
				const ranks = SERIES.map((series) => order.indexOf(rollbackImpact(features, series).verdict));
				expect(ranks.toSorted((a, b) => b - a)).toEqual(ranks);
			}),
		);
	});
});

describe('zpool upgrade while a way back is wanted', () => {
	it.each([
		['2.2', '2.1', 'impossible', ['head_errlog', 'vdev_zaps_v2']],
		['2.3', '2.1', 'impossible', ['head_errlog', 'vdev_zaps_v2']],
		['2.4', '2.1', 'impossible', ['head_errlog', 'vdev_zaps_v2']],
		['2.3', '2.2', 'possible', []],
		['2.4', '2.3', 'possible', []],
		['2.1', '2.0', 'possible', []],
	] as const)('under %s leaves the way to %s %s', (running, old, verdict, forbids) => {
		expect(poolUpgradeImpact(running, old)).toMatchObject({ verdict, forbids });
	});

	it('under 2.0 leaves 0.8 only reading', () => {
		expect(poolUpgradeImpact('2.0', '0.8')).toMatchObject({ verdict: 'read-only', forbidsWriting: ['log_spacemap'] });
	});

	it('names what waits for its first use, and not what zpool upgrade leaves alone', () => {
		expect(poolUpgradeImpact('2.4', '2.3').dormant).toEqual(['block_cloning_endian', 'physical_rewrite']);
	});
});
