/**
 * The simulated machine as one piece of plain data: what a real machine keeps on its disks, in its kernel and in its
 * memory. It is stored as JSON, so guids and byte counts are decimal text, never numbers.
 */
import type { Job } from './job.js';
import type { Pool } from './pool.js';

/** Raise it when the shape changes: a stored machine of another shape is refused. */
export const machineSchemaVersion = 1;

/** Something at a path, in the root's tree or inside a dataset. */
export type Node = FileNode | DirectoryNode | SymlinkNode;

interface NodeBase {
	readonly mode: number;
	readonly uid: number;
	/** Seconds since the epoch. */
	readonly mtime: number;
}

export interface FileNode extends NodeBase {
	readonly kind: 'file';
	/** What reading it gives. A big file is a short text with a declared size. */
	readonly text: string;
	/** Declared size in bytes, where it is not the text's. */
	readonly bytes?: string;
	/** Declared SHA-256, for files of the archive whose checksum is published. */
	readonly sha256?: string;
	/** A block device, whose `type` is `other` for `stat`. */
	readonly device?: true;
}

export interface DirectoryNode extends NodeBase {
	readonly kind: 'directory';
}

export interface SymlinkNode extends NodeBase {
	readonly kind: 'symlink';
	readonly target: string;
}

/** Path to node; parents of a node are there too. */
export type Tree = Readonly<Record<string, Node>>;

/** A mounted file system that is not ZFS. */
interface FileSystem {
	readonly path: string;
	readonly type: 'ext4' | 'tmpfs';
	readonly totalBytes: string;
	/** In use by what the tree does not show. */
	readonly usedBytes: string;
	readonly readOnly: boolean;
}

/** dpkg's states that the simulation reaches (dpkg(1)). */
type PackageState = 'installed' | 'unpacked' | 'half-configured' | 'half-installed' | 'config-files';

export interface Package {
	readonly version: string;
	readonly state: PackageState;
	readonly want: 'install' | 'hold' | 'deinstall';
	readonly reinstallRequired?: true;
	/** Installed as somebody's dependency: `apt autoremove` may take it. */
	readonly automatic: boolean;
}

interface Archive {
	/** Names of the suites that the machine's sources name. */
	readonly suites: readonly string[];
	/** Versions that the archive no longer has. */
	readonly withdrawn: readonly string[];
	/** No network: nothing can be fetched. */
	readonly isUnreachable: boolean;
}

/** Another process has dpkg's frontend lock. */
interface AptLock {
	readonly pid: number;
	readonly process: string;
	/** Simulated time at which it lets go. */
	readonly until: number;
}

export interface LoadedModule {
	readonly version: string;
	readonly srcversion: string;
	readonly bytes: string;
	readonly usedBy: readonly string[];
	/** The layout of `zfs_cmd_t` that it was compiled with: only 2.3.1's is shifted. */
	readonly layout: AbiLayout;
}

/** facts: openzfs/zfs#17330; two words in the middle of zfs_cmd_t moved what follows by 16 bytes in 2.3.1. */
export type AbiLayout = 'ordinary' | 'shifted';

export interface UnitState {
	readonly activeState: 'active' | 'inactive' | 'failed' | 'activating';
	readonly subState: string;
	/** Of the last start: `no` when systemd skipped it. */
	readonly conditionResult: 'yes' | 'no';
	readonly enabled: boolean;
	readonly masked: boolean;
	/** Simulated time of the last change; 0 before the first. */
	readonly since: number;
	readonly mainPid: number;
}

/** What will go wrong, set by the scenario. */
interface Faults {
	/** Upstream versions whose DKMS build fails, and for which kernels; an empty list means all. */
	readonly buildFails: readonly { readonly version: string; readonly kernels: readonly string[] }[];
	/** The initramfs hook leaves the module out for these kernels. */
	readonly initramfsWithoutModule: readonly string[];
	/** Upstream versions whose source carries the layout of 2.3.1 although it is named otherwise. */
	readonly shiftedSources: readonly string[];
	/** Kernel that comes up at the next boot, whatever GRUB's menu says; used up by that boot. */
	readonly nextBootKernel: string | null;
	/** Pools whose devices are gone at the next boot; used up by that boot. */
	readonly poolsMissingAfterBoot: readonly string[];
}

interface LogEntry {
	readonly at: number;
	readonly unit: string;
	readonly text: string;
}

export interface Machine {
	readonly schemaVersion: typeof machineSchemaVersion;
	readonly scenario: string;
	readonly seed: number;
	/** Counts what was drawn at random (guids, boot ids), so that a run can be repeated. */
	readonly drawn: number;
	/** Seconds since the epoch, with fractions. */
	readonly clock: number;
	readonly power: 'on' | 'rebooting' | 'off';
	readonly hostname: string;
	readonly machineId: string;
	readonly bootId: string;
	readonly bootedAt: number;
	readonly boots: number;
	readonly runningKernel: string;
	/** A reboot that `shutdown +N` has set for this time. */
	readonly rebootAt: number | null;
	readonly files: Tree;
	/** What a power cut may put back: the node of each path when it was last known to be on the disk. */
	readonly unsynced: Readonly<Record<string, Node | null>>;
	readonly fileSystems: readonly FileSystem[];
	readonly modules: Readonly<Record<string, LoadedModule>>;
	readonly packages: Readonly<Record<string, Package>>;
	readonly archive: Archive;
	readonly aptLock: AptLock | null;
	readonly units: Readonly<Record<string, UnitState>>;
	/** Unit files changed since the last `systemctl daemon-reload`: what systemd still believes. */
	readonly loadedDropIns: Readonly<Record<string, string>>;
	readonly pools: Readonly<Record<string, Pool>>;
	readonly poolEvents: readonly { readonly at: number; readonly name: string; readonly pool: string }[];
	readonly jobs: Readonly<Record<string, Job>>;
	readonly log: readonly LogEntry[];
	readonly faults: Faults;
}
