import type { Dataset } from '../zfs/dataset.js';
import type { Pool } from '../zfs/pool.js';
import type { ZfsVersion } from '../zfs/version.js';
import type { Fact } from './fact.js';

export interface Distribution {
	/** `ID` of os-release: `debian`, `ubuntu`, `proxmox`... */
	readonly id: string;
	readonly idLike: readonly string[];
	readonly versionId: string;
	readonly codename: string;
	readonly prettyName: string;
}

/** A system on which packages are not the way to upgrade, with the vendor's own way. */
export interface Appliance {
	readonly name: string;
	readonly evidence: string;
	readonly vendorWay: string;
}

export interface Machine {
	readonly hostname: string;
	readonly machineId: string;
	readonly architecture: string;
	readonly distribution: Fact<Distribution>;
	/** Undefined on an ordinary distribution. */
	readonly appliance: Fact<Appliance | undefined>;
	readonly isRoot: boolean;
	readonly initSystem: 'systemd' | 'other';
	readonly virtualization: Fact<string>;
}

export interface Boot {
	/** /proc/sys/kernel/random/boot_id: another one proves a reboot. */
	readonly bootId: Fact<string>;
	readonly runningKernel: Fact<string>;
	readonly nextKernel: Fact<string>;
	readonly secureBoot: Fact<'enabled' | 'disabled' | 'unsupported'>;
	/** Packages that asked for a reboot, before we began (/run/reboot-required.pkgs). */
	readonly rebootPending: Fact<readonly string[]>;
}

export interface ModuleFile {
	readonly path: string;
	readonly version: ZfsVersion;
	readonly signer: string | undefined;
}

/** One installed kernel and what it would load. */
export interface KernelFacts {
	readonly release: string;
	readonly isRunning: boolean;
	readonly isNext: boolean;
	/** `undefined` inside a known fact: there is none. */
	readonly moduleOnDisk: Fact<ModuleFile | undefined>;
	/** `version` undefined: the initramfs holds no zfs module; the whole undefined: there is no initramfs. */
	readonly initramfs: Fact<{ readonly path: string; readonly version: ZfsVersion | undefined } | undefined>;
	readonly headers: Fact<boolean>;
	readonly provider: Fact<'dkms' | 'kernel' | 'package' | 'built-in' | 'none'>;
}

/** The four versions that must agree, and what they will be after the next boot. */
export interface VersionFacts {
	readonly userspace: Fact<ZfsVersion>;
	/** `undefined` inside a known fact: the module is not loaded. */
	readonly loadedModule: Fact<ZfsVersion | undefined>;
	readonly packages: Fact<ZfsVersion>;
	readonly nextModule: Fact<ZfsVersion | undefined>;
}

export interface InstalledPackage {
	readonly name: string;
	readonly version: string;
	/** Two or three characters of dpkg's status, `ii`, `hi`, `iF`. */
	readonly status: string;
	readonly held: boolean;
	/** Newest version on offer, and every version on offer. */
	readonly candidate: string | undefined;
	readonly offered: readonly string[];
}

export interface DkmsEntry {
	readonly module: string;
	readonly version: string;
	readonly kernel: string | undefined;
	readonly state: 'added' | 'built' | 'installed' | 'broken';
	readonly warning: string | undefined;
}

export interface PackageFacts {
	readonly manager: Fact<'apt' | 'dnf' | 'pacman' | 'zypper'>;
	/** The ZFS set. */
	readonly installed: Fact<readonly InstalledPackage[]>;
	readonly dkms: Fact<readonly DkmsEntry[]>;
	/** Half-configured packages and the like that must be mended first. */
	readonly interrupted: Fact<readonly string[]>;
	/** Who holds the package manager's lock, if anybody. */
	readonly lockHolder: Fact<string | undefined>;
	readonly kernelPackages: Fact<readonly string[]>;
	/** All holds as they were found. */
	readonly holds: Fact<readonly string[]>;
	readonly initramfsTool: Fact<'initramfs-tools' | 'dracut' | 'none'>;
}

export interface FreeSpace {
	readonly path: string;
	readonly freeBytes: bigint;
	readonly totalBytes: bigint;
	readonly readOnly: boolean;
}

export interface ZfsUnit {
	readonly name: string;
	readonly activeState: string;
	/** `no`: systemd skipped it because its condition failed, which `systemctl --failed` does not show. */
	readonly conditionResult: string;
	readonly unitFileState: string;
}

/** Everything that was read from the host in one pass. Plain data; checks and plan see nothing else. */
export interface HostFacts {
	/** Seconds since the epoch. */
	readonly takenAt: number;
	readonly machine: Machine;
	readonly boot: Boot;
	readonly kernels: Fact<readonly KernelFacts[]>;
	readonly versions: VersionFacts;
	readonly packages: PackageFacts;
	readonly pools: Fact<readonly Pool[]>;
	readonly datasets: Fact<readonly Dataset[]>;
	/** Dataset mounted on /, where / is ZFS. */
	readonly rootDataset: Fact<string | undefined>;
	readonly space: Fact<readonly FreeSpace[]>;
	readonly units: Fact<readonly ZfsUnit[]>;
}
