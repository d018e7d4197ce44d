import { SERIES, type Series } from './releases.js';

/** One pool feature, as `feature@name` names it. */
export interface PoolFeature {
	readonly name: string;
	/** What `unsupported@...` and import errors call it. */
	readonly guid: string;
	/** First series that knows it; no patch release added any. */
	readonly since: Series;
	/** A pool on which it is active can still be imported with `-o readonly=on` by a release that lacks it. */
	readonly readOnlyCompatible: boolean;
	/** ZFEATURE_FLAG_ACTIVATE_ON_ENABLE: active as soon as it is enabled, without being used. */
	readonly activatesOnEnable: boolean;
	/** Active soon after it is enabled although nobody asks for it. True for all that activate on enable. */
	readonly activatesUnasked: boolean;
	/** `zpool upgrade` leaves it alone; it has to be enabled by name. */
	readonly skippedByUpgrade: boolean;
}

/** ro: read-only compatible, enable: activates on enable, unasked: activates unasked, skipped: not by zpool upgrade. */
type Flag = 'ro' | 'enable' | 'unasked' | 'skipped';

/**
 * Source: module/zcommon/zfeature_common.c of 0.8.6, 2.0.7, 2.1.16, 2.2.11, 2.3.9 and 2.4.4; `unasked` from
 * spa_log_spacemap.c (log_spacemap) and vdev_construct_zaps in vdev.c (vdev_zaps_v2, at the next configuration sync),
 * both also seen on recorded pools.
 */
const TABLE: readonly (readonly [Series, string, ...Flag[]])[] = [
	['0.8', 'com.delphix:async_destroy', 'ro'],
	['0.8', 'com.delphix:empty_bpobj', 'ro'],
	['0.8', 'org.illumos:lz4_compress', 'enable'],
	['0.8', 'com.joyent:multi_vdev_crash_dump'],
	['0.8', 'com.delphix:spacemap_histogram', 'ro'],
	['0.8', 'com.delphix:enabled_txg', 'ro'],
	['0.8', 'com.delphix:hole_birth', 'enable'],
	['0.8', 'com.delphix:zpool_checkpoint', 'ro'],
	['0.8', 'com.delphix:spacemap_v2', 'ro', 'enable'],
	['0.8', 'com.delphix:extensible_dataset'],
	['0.8', 'com.delphix:bookmarks', 'ro'],
	['0.8', 'com.joyent:filesystem_limits', 'ro'],
	['0.8', 'com.delphix:embedded_data', 'enable'],
	['0.8', 'org.open-zfs:large_blocks'],
	['0.8', 'org.zfsonlinux:large_dnode'],
	['0.8', 'org.illumos:sha512'],
	['0.8', 'org.illumos:skein'],
	['0.8', 'org.illumos:edonr'],
	['0.8', 'com.delphix:device_removal'],
	['0.8', 'com.delphix:obsolete_counts', 'ro'],
	['0.8', 'org.zfsonlinux:userobj_accounting', 'ro'],
	['0.8', 'com.datto:bookmark_v2'],
	['0.8', 'com.datto:encryption'],
	['0.8', 'org.zfsonlinux:project_quota', 'ro'],
	['0.8', 'org.zfsonlinux:allocation_classes', 'ro'],
	['0.8', 'com.datto:resilver_defer', 'ro'],
	['2.0', 'com.delphix:livelist', 'ro'],
	['2.0', 'com.delphix:log_spacemap', 'ro', 'unasked'],
	['2.0', 'com.delphix:redaction_bookmarks'],
	['2.0', 'com.delphix:redacted_datasets'],
	['2.0', 'com.delphix:bookmark_written'],
	['2.0', 'org.openzfs:device_rebuild', 'ro'],
	['2.0', 'org.freebsd:zstd_compress'],
	['2.1', 'org.openzfs:draid'],
	['2.2', 'org.openzfs:zilsaxattr', 'ro'],
	['2.2', 'com.delphix:head_errlog', 'enable'],
	['2.2', 'org.openzfs:blake3'],
	['2.2', 'com.fudosecurity:block_cloning', 'ro'],
	['2.2', 'com.klarasystems:vdev_zaps_v2', 'unasked'],
	['2.3', 'com.delphix:redaction_list_spill'],
	['2.3', 'org.openzfs:raidz_expansion'],
	['2.3', 'com.klarasystems:fast_dedup', 'ro'],
	['2.3', 'org.zfsonlinux:longname'],
	['2.3', 'com.klarasystems:large_microzap', 'ro'],
	['2.4', 'com.truenas:block_cloning_endian', 'ro'],
	['2.4', 'com.klarasystems:dynamic_gang_header', 'skipped'],
	['2.4', 'com.truenas:physical_rewrite', 'ro'],
];

/** Every feature of 0.8 to 2.4. */
export const POOL_FEATURES: readonly PoolFeature[] = TABLE.map(([since, guid, ...flags]) => ({
	name: guid.slice(guid.indexOf(':') + 1),
	guid,
	since,
	readOnlyCompatible: flags.includes('ro'),
	activatesOnEnable: flags.includes('enable'),
	activatesUnasked: flags.includes('enable') || flags.includes('unasked'),
	skippedByUpgrade: flags.includes('skipped'),
}));

/** Features that a series knows: its own and those of all series before it. */
export function featuresKnownTo(series: Series): readonly PoolFeature[] {
	return POOL_FEATURES.filter((feature) => SERIES.indexOf(feature.since) <= SERIES.indexOf(series));
}

/** Features that the newer series knows and the older does not; empty when going back or staying. */
export function featuresAddedBetween(older: Series, newer: Series): readonly PoolFeature[] {
	return featuresKnownTo(newer).filter((feature) => SERIES.indexOf(feature.since) > SERIES.indexOf(older));
}

/** The feature with this name, guid, `feature@name` or `unsupported@guid`; undefined for one that is not in the data. */
export function findFeature(spelling: string): PoolFeature | undefined {
	const key = spelling.replace(/^(?:feature|unsupported)@/, '');
	return POOL_FEATURES.find((feature) => feature.name === key || feature.guid === key);
}
