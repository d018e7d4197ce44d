/** What is known of an imported pool. The text parsers (tools up to 2.2) and the JSON parsers (2.3 on) both yield it. */
import type { Fact } from '../facts/fact.js';
import type { PoolName } from './names.js';

/** `UNKNOWN` where the tools said nothing or a word that we do not know: never taken for healthy. */
export type PoolHealth =
	| 'ONLINE'
	| 'DEGRADED'
	| 'FAULTED'
	| 'OFFLINE'
	| 'UNAVAIL'
	| 'REMOVED'
	| 'SUSPENDED'
	| 'SPLIT'
	| 'UNKNOWN';

export type FeatureState = 'disabled' | 'enabled' | 'active';

export interface Pool {
	readonly name: PoolName;
	/** Decimal; exceeds 2^53. */
	readonly guid: string;
	readonly health: PoolHealth;
	/** Bytes. Undefined while the pool cannot be opened. */
	readonly size: bigint | undefined;
	readonly allocated: bigint | undefined;
	readonly free: bigint | undefined;
	/** Percent of the size that is allocated. */
	readonly capacity: number | undefined;
	/** Percent. */
	readonly fragmentation: number | undefined;
	/** Bytes that an asynchronous destroy still has to free. */
	readonly freeing: bigint | undefined;
	/** Bytes that a checkpoint keeps; undefined without a checkpoint. */
	readonly checkpointSpace: bigint | undefined;
	readonly isReadOnly: boolean | undefined;
	readonly altroot: string | undefined;
	/** Undefined: the default, /etc/zfs/zpool.cache. `none`: the pool is in no cache file. */
	readonly cachefile: string | undefined;
	readonly bootfs: string | undefined;
	/** `off`, `legacy` or names of feature sets; undefined for tools before 2.1, which do not know the property. */
	readonly compatibility: string | undefined;
	readonly hasMultihost: boolean | undefined;
	/** By short name (`head_errlog`), as far as tools and module know them. */
	readonly features: ReadonlyMap<string, FeatureState>;
	/** Full names (`com.klarasystems:vdev_zaps_v2`) of features in the pool that this module does not know. */
	readonly unsupportedFeatures: readonly string[];
	readonly status: Fact<PoolStatus>;
	/** What `zpool status -v` lists: paths, or `dataset:<0x2a>` where there is no path any more. */
	readonly permanentErrors: Fact<readonly string[]>;
}

/** What `zpool status` says beyond the properties. */
export interface PoolStatus {
	readonly state: PoolHealth;
	/** Why the pool is not as it should be, or could be better; line breaks folded. */
	readonly status: string | undefined;
	readonly action: string | undefined;
	/** `ZFS-8000-9P`. The same in all versions, so decide on this and not on the text. */
	readonly messageId: string | undefined;
	readonly scan: Scan;
	readonly checkpoint: 'none' | 'exists' | 'discarding';
	readonly isRemovingDevice: boolean;
	readonly isExpandingRaidz: boolean;
	/** The root vdev; its children are the top-level vdevs of all classes. Undefined: ZFS could not tell. */
	readonly root: Vdev | undefined;
	/** Data errors; undefined where the tools did not say. */
	readonly errorCount: bigint | undefined;
}

export type Scan =
	| { readonly function: 'none' }
	| {
			readonly function: 'scrub' | 'resilver' | 'error-scrub';
			readonly state: 'scanning' | 'paused';
			/** 0 to 100; undefined while ZFS does not know. */
			readonly percent: number | undefined;
	  }
	| {
			readonly function: 'scrub' | 'resilver' | 'error-scrub';
			readonly state: 'finished';
			/** Errors that it could not repair. */
			readonly errors: bigint | undefined;
	  }
	| { readonly function: 'scrub' | 'resilver' | 'error-scrub'; readonly state: 'canceled' };

export type VdevClass = 'normal' | 'dedup' | 'special' | 'log' | 'cache' | 'spare';

export interface Vdev {
	/** As `zpool status` shows it: `mirror-0`, `sda`, `/var/tmp/file`, a guid for a missing device. */
	readonly name: string;
	readonly type: 'root' | 'mirror' | 'raidz' | 'draid' | 'replacing' | 'spare' | 'leaf';
	readonly class: VdevClass;
	/** Like a pool's health; a hot spare is `AVAIL` or `INUSE`. */
	readonly state: Exclude<PoolHealth, 'SUSPENDED'> | 'AVAIL' | 'INUSE';
	/** Undefined for hot spares. */
	readonly errors: VdevErrors | undefined;
	/** Why it is not online: `was /dev/sdb1`, `too many errors`. */
	readonly reason: string | undefined;
	readonly children: readonly Vdev[];
}

export interface VdevErrors {
	readonly read: bigint;
	readonly write: bigint;
	readonly checksum: bigint;
}
