/** Pools and datasets as the simulated disks hold them. */
import type { Tree } from './machine.js';

type VdevState = 'ONLINE' | 'DEGRADED' | 'OFFLINE' | 'UNAVAIL' | 'FAULTED';

export interface Vdev {
	readonly type: 'disk' | 'file' | 'mirror' | 'raidz1';
	/** `mirror-0`, `sda`. */
	readonly name: string;
	/** Of a leaf. */
	readonly path?: string;
	readonly guid: string;
	readonly state: VdevState;
	readonly errors: readonly [read: number, write: number, checksum: number];
	readonly children: readonly Vdev[];
}

export interface Scan {
	readonly function: 'scrub' | 'resilver';
	readonly startedAt: number;
	/** When it will have ended, or has. */
	readonly endsAt: number;
	readonly state: 'running' | 'finished' | 'canceled' | 'paused';
	readonly repairedBytes: string;
	readonly errors: number;
}

export interface Pool {
	readonly guid: string;
	readonly loadGuid: string;
	/** Known to the kernel now; everything else is on the disks. */
	readonly imported: boolean;
	readonly readOnly: boolean;
	readonly suspended: boolean;
	/** Its devices are not there: it cannot even be found. */
	readonly missing: boolean;
	readonly vdevs: readonly Vdev[];
	readonly sizeBytes: string;
	readonly txg: number;
	/** States on disk; a feature that is not named is disabled. */
	readonly features: Readonly<Record<string, 'enabled' | 'active'>>;
	readonly properties: Readonly<Record<string, string>>;
	readonly scan: Scan | null;
	/** Files with permanent errors. */
	readonly permanentErrors: readonly string[];
	readonly checkpoint: { readonly at: number; readonly bytes: string } | null;
	readonly history: readonly { readonly at: number; readonly command: string }[];
	/** By full name, the pool's own among them. */
	readonly datasets: Readonly<Record<string, Dataset>>;
}

export interface Encryption {
	/** Dataset that has the key. */
	readonly root: string;
	readonly suite: string;
	readonly keyFormat: 'passphrase' | 'raw' | 'hex';
	/** Meaningful on the root: what `zfs load-key` must be given. */
	readonly secret: string;
	/** Meaningful on the root. */
	readonly keyLoaded: boolean;
}

/** A receive that was cut off, kept by `zfs receive -s`. */
export interface PartialReceive {
	readonly toGuid: string;
	readonly toName: string;
	readonly fromGuid: string | null;
	readonly objectsDone: number;
	readonly bytesDone: string;
	readonly flags: readonly string[];
	readonly content: Tree;
}

export interface Dataset {
	readonly type: 'filesystem' | 'volume';
	readonly guid: string;
	readonly createTxg: number;
	readonly creation: number;
	readonly objsetId: number;
	/** Set here, user properties too. Encryption's are derived. */
	readonly properties: Readonly<Record<string, string>>;
	readonly received: Readonly<Record<string, string>>;
	/** Paths are relative to the mount point; a volume has one node, at the empty path. */
	readonly content: Tree;
	readonly snapshots: Readonly<Record<string, Snapshot>>;
	readonly bookmarks: Readonly<Record<string, Bookmark>>;
	readonly mounted: boolean;
	readonly origin: string | null;
	readonly encryption: Encryption | null;
	readonly partial: PartialReceive | null;
	/** Only half received, and has no snapshot yet. */
	readonly inconsistent: boolean;
}

export interface Snapshot {
	readonly guid: string;
	readonly createTxg: number;
	readonly creation: number;
	readonly objsetId: number;
	readonly content: Tree;
	readonly properties: Readonly<Record<string, string>>;
	/** Tag to time. */
	readonly holds: Readonly<Record<string, number>>;
	/** `zfs destroy -d` waits for the holds to go. */
	readonly deferDestroy: boolean;
}

export interface Bookmark {
	readonly guid: string;
	readonly createTxg: number;
	readonly creation: number;
	/** For `referenced`. */
	readonly bytes: string;
}
