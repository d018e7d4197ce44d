import type { FeatureState } from './rollback-impact.js';
import { compareVersions, parseSeries } from './version.js';

/** Names of the files in /usr/share/zfs/compatibility.d, usable as the pool property `compatibility`. */
export type GrubSet = 'grub2-2.06' | 'grub2-2.12';

const BEFORE_2_12 = [
	'allocation_classes',
	'async_destroy',
	'block_cloning',
	'device_rebuild',
	'embedded_data',
	'empty_bpobj',
	'enabled_txg',
	'hole_birth',
	'log_spacemap',
	'lz4_compress',
	'resilver_defer',
	'spacemap_histogram',
	'spacemap_v2',
	'zpool_checkpoint',
];

/**
 * Features that a pool may have for GRUB to read it. Before 2.12 extensible_dataset and all that depends on it are out,
 * since a snapshot of the top-level boot dataset then hides the pool from GRUB (openzfs/zfs#13873).
 * Source: cmd/zpool/compatibility.d of 2.4.4.
 */
export const GRUB_SETS: Readonly<Record<GrubSet, readonly string[]>> = {
	'grub2-2.06': BEFORE_2_12,
	'grub2-2.12': [
		...BEFORE_2_12,
		'bookmarks',
		'extensible_dataset',
		'filesystem_limits',
		'large_blocks',
		'livelist',
		'project_quota',
		'userobj_accounting',
		'zilsaxattr',
	],
};

/** The set for a GRUB version in any spelling (`2.06-13+deb12u1`); undefined where the text is no version. */
export function grubSetOf(version: string): GrubSet | undefined {
	const series = parseSeries(version);
	if (series === undefined) {
		return undefined;
	}
	return compareVersions(series, '2.12') < 0 ? 'grub2-2.06' : 'grub2-2.12';
}

/** Features of a boot pool that are enabled or active and outside the set, in the order given. */
export function featuresOutsideGrubSet(features: readonly FeatureState[], set: GrubSet): readonly FeatureState[] {
	const readable = new Set(GRUB_SETS[set]);
	return features.filter(({ name, state }) => state !== 'disabled' && !readable.has(name.replace(/^feature@/, '')));
}
