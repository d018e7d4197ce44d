/** Pool features that each series of tools and modules knows, in the order in which the tools print them. */

export interface Feature {
	readonly name: string;
	readonly guid: string;
	readonly description: string;
	/** A module without it can still import the pool read-only. */
	readonly readOnlyCompatible: boolean;
	/** Becomes active by itself in a new pool. */
	readonly activeFromTheStart: boolean;
	/** First series with it, `[2, 3]`. */
	readonly since: readonly [number, number];
}

type Row = readonly [
	name: string,
	guid: string,
	since: readonly [number, number],
	flags: '' | 'ro' | 'active' | 'ro active',
	text: string,
];

/** Source: recordings zfs-2.1.11 and zfs-2.3.2 (`zpool upgrade -v`, `zpool get all`), zfeature_common.c. */
const rows: readonly Row[] = [
	['async_destroy', 'com.delphix:async_destroy', [0, 6], 'ro', 'Destroy filesystems asynchronously.'],
	['empty_bpobj', 'com.delphix:empty_bpobj', [0, 6], 'ro active', 'Snapshots use less space.'],
	['lz4_compress', 'org.illumos:lz4_compress', [0, 6], 'active', 'LZ4 compression algorithm support.'],
	['multi_vdev_crash_dump', 'com.joyent:multi_vdev_crash_dump', [0, 6], '', 'Crash dumps to multiple vdev pools.'],
	['spacemap_histogram', 'com.delphix:spacemap_histogram', [0, 6], 'ro active', 'Spacemaps maintain space histograms.'],
	['enabled_txg', 'com.delphix:enabled_txg', [0, 6], 'ro active', 'Record txg at which a feature is enabled'],
	['hole_birth', 'com.delphix:hole_birth', [0, 6], 'active', 'Retain hole birth txg for more precise zfs send'],
	[
		'extensible_dataset',
		'com.delphix:extensible_dataset',
		[0, 6],
		'active',
		'Enhanced dataset functionality, used by other features.',
	],
	[
		'embedded_data',
		'com.delphix:embedded_data',
		[0, 6],
		'active',
		'Blocks which compress very well use even less space.',
	],
	['bookmarks', 'com.delphix:bookmarks', [0, 6], 'ro', '"zfs bookmark" command'],
	['filesystem_limits', 'com.joyent:filesystem_limits', [0, 6], 'ro', 'Filesystem and snapshot limits.'],
	['large_blocks', 'org.open-zfs:large_blocks', [0, 6], '', 'Support for blocks larger than 128KB.'],
	['large_dnode', 'org.zfsonlinux:large_dnode', [0, 7], '', 'Variable on-disk size of dnodes.'],
	['sha512', 'org.illumos:sha512', [0, 7], '', 'SHA-512/256 hash algorithm.'],
	['skein', 'org.illumos:skein', [0, 7], '', 'Skein hash algorithm.'],
	['edonr', 'org.illumos:edonr', [0, 7], '', 'Edon-R hash algorithm.'],
	['userobj_accounting', 'org.zfsonlinux:userobj_accounting', [0, 7], 'ro active', 'User/Group object accounting.'],
	['encryption', 'com.datto:encryption', [0, 8], '', 'Support for dataset level encryption'],
	[
		'project_quota',
		'org.zfsonlinux:project_quota',
		[0, 8],
		'ro active',
		'space/object accounting based on project ID.',
	],
	[
		'device_removal',
		'com.delphix:device_removal',
		[0, 8],
		'',
		'Top-level vdevs can be removed, reducing logical pool size.',
	],
	[
		'obsolete_counts',
		'com.delphix:obsolete_counts',
		[0, 8],
		'ro',
		'Reduce memory used by removed devices when their blocks are freed or remapped.',
	],
	[
		'zpool_checkpoint',
		'com.delphix:zpool_checkpoint',
		[0, 8],
		'ro',
		'Pool state can be checkpointed, allowing rewind later.',
	],
	[
		'spacemap_v2',
		'com.delphix:spacemap_v2',
		[0, 8],
		'ro active',
		'Space maps representing large segments are more efficient.',
	],
	['allocation_classes', 'org.zfsonlinux:allocation_classes', [0, 8], 'ro', 'Support for separate allocation classes.'],
	[
		'resilver_defer',
		'com.datto:resilver_defer',
		[0, 8],
		'ro',
		'Support for deferring new resilvers when one is already running.',
	],
	['bookmark_v2', 'com.datto:bookmark_v2', [0, 8], '', 'Support for larger bookmarks'],
	[
		'redaction_bookmarks',
		'com.delphix:redaction_bookmarks',
		[2, 0],
		'',
		'Support for bookmarks which store redaction lists for zfs redacted send/recv.',
	],
	[
		'redacted_datasets',
		'com.delphix:redacted_datasets',
		[2, 0],
		'',
		'Support for redacted datasets, produced by receiving a redacted zfs send stream.',
	],
	[
		'bookmark_written',
		'com.delphix:bookmark_written',
		[2, 0],
		'',
		'Additional accounting, enabling the written#<bookmark> property (space written since a bookmark), and estimates of send stream sizes for incrementals from bookmarks.',
	],
	[
		'log_spacemap',
		'com.delphix:log_spacemap',
		[2, 0],
		'ro active',
		'Log metaslab changes on a single spacemap and flush them periodically.',
	],
	['livelist', 'com.delphix:livelist', [2, 0], 'ro', 'Improved clone deletion performance.'],
	['device_rebuild', 'org.openzfs:device_rebuild', [2, 0], 'ro', 'Support for sequential mirror/dRAID device rebuilds'],
	['zstd_compress', 'org.freebsd:zstd_compress', [2, 0], '', 'zstd compression algorithm support.'],
	['draid', 'org.openzfs:draid', [2, 1], '', 'Support for distributed spare RAID'],
	['zilsaxattr', 'org.openzfs:zilsaxattr', [2, 2], 'ro', 'Support for xattr=sa extended attribute logging in ZIL.'],
	['head_errlog', 'com.delphix:head_errlog', [2, 2], 'active', 'Support for per-dataset on-disk error logs.'],
	['blake3', 'org.openzfs:blake3', [2, 2], '', 'BLAKE3 hash algorithm.'],
	[
		'block_cloning',
		'com.fudosecurity:block_cloning',
		[2, 2],
		'ro',
		'Support for block cloning via Block Reference Table.',
	],
	['vdev_zaps_v2', 'com.klarasystems:vdev_zaps_v2', [2, 2], 'active', 'Support for root vdev ZAP.'],
	[
		'redaction_list_spill',
		'com.delphix:redaction_list_spill',
		[2, 3],
		'',
		'Support for increased number of redaction_snapshot arguments in zfs redact.',
	],
	['raidz_expansion', 'org.openzfs:raidz_expansion', [2, 3], '', 'Support for raidz expansion'],
	['fast_dedup', 'com.klarasystems:fast_dedup', [2, 3], 'ro', 'Support for advanced deduplication'],
	['longname', 'org.zfsonlinux:longname', [2, 3], '', 'support filename up to 1024 bytes'],
	['large_microzap', 'com.klarasystems:large_microzap', [2, 3], 'ro', 'Support for microzaps larger than 128KB.'],
];

export const features: readonly Feature[] = rows.map(([name, guid, since, flags, description]) => ({
	name,
	guid,
	description,
	since,
	readOnlyCompatible: flags.startsWith('ro'),
	activeFromTheStart: flags.endsWith('active'),
}));

/** Features of a series, such as `[2, 1]`. */
export function featuresOf(series: readonly [number, number]): readonly Feature[] {
	return features.filter(({ since }) => isAtLeast(series, since));
}

export function isAtLeast(one: readonly [number, number], other: readonly [number, number]): boolean {
	return one[0] > other[0] || (one[0] === other[0] && one[1] >= other[1]);
}
