import { expect, it } from 'vitest';
import { featuresOutsideGrubSet, GRUB_SETS, grubSetOf } from '../../src/knowledge/grub.js';
import { findFeature } from '../../src/knowledge/pool-features.js';

it.each([
	['2.02~beta3-5', 'grub2-2.06'],
	['2.06-13+deb12u1', 'grub2-2.06'],
	['1:2.06-114.el9', 'grub2-2.06'],
	['2.12-9', 'grub2-2.12'],
	['2.14-1', 'grub2-2.12'],
	['unknown', undefined],
])('GRUB %s reads the set %s', (version, set) => {
	expect(grubSetOf(version)).toBe(set);
});

it('names only features that exist, each once', () => {
	for (const set of Object.values(GRUB_SETS)) {
		expect(set.filter((name) => findFeature(name) === undefined)).toEqual([]);
		expect(new Set(set).size).toBe(set.length);
	}
	expect([GRUB_SETS['grub2-2.06'].length, GRUB_SETS['grub2-2.12'].length]).toEqual([14, 22]);
});

it('shows which features of a boot pool GRUB cannot read, and none that are disabled', () => {
	const features = [
		{ name: 'feature@lz4_compress', state: 'active' },
		{ name: 'feature@extensible_dataset', state: 'active' },
		{ name: 'feature@zstd_compress', state: 'enabled' },
		{ name: 'feature@encryption', state: 'disabled' },
	];
	expect(featuresOutsideGrubSet(features, 'grub2-2.12').map(({ name }) => name)).toEqual(['feature@zstd_compress']);
	expect(featuresOutsideGrubSet(features, 'grub2-2.06').map(({ name }) => name)).toEqual([
		'feature@extensible_dataset',
		'feature@zstd_compress',
	]);
});
