import type { AutomaticUpgrades } from '../packages/apt/automatic-upgrades.js';
import type { Enrolment, SecureBoot } from '../packages/boot/secure-boot.js';
import type { PackageManagerName } from '../packages/detect.js';
import type { DkmsEntry } from '../packages/dkms/status.js';
import type { ModuleInfo } from '../packages/module/modinfo.js';
import type { ModuleProvider } from '../packages/module/provider.js';
import type { InstalledPackage, Interruption, LockHolder, PackageOffer } from '../packages/package-manager.js';
import type { Dataset } from '../zfs/dataset.js';
import type { DatasetName } from '../zfs/names.js';
import type { Pool } from '../zfs/pool.js';
import type { ZfsVersion } from '../zfs/version.js';
import type { ConsumerFacts } from './consumers/consumer-facts.js';
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
	/** `declarative`: built from a configuration (NixOS). `image`: its /usr comes as a whole (ostree). */
	readonly kind: 'appliance' | 'declarative' | 'image';
	readonly evidence: string;
	readonly vendorWay: string;
}

export interface Machine {
	/** For display; `unknown` where it could not be read. */
	readonly hostname: string;
	readonly machineId: Fact<string>;
	/** The kernel's word: `x86_64`, `aarch64`. */
	readonly architecture: Fact<string>;
	readonly distribution: Fact<Distribution>;
	/** Undefined on an ordinary distribution. */
	readonly appliance: Fact<Appliance | undefined>;
	readonly isProxmox: Fact<boolean>;
	readonly isRoot: boolean;
	/** Of the system that runs now, which below an alternate root is the rescue system. */
	readonly initSystem: 'systemd' | 'other';
	/** systemd-detect-virt(1): `none`, `kvm`, `lxc`, ... */
	readonly virtualization: Fact<string>;
	/** `container` and `chroot` have somebody else's kernel. */
	readonly environment: Fact<'machine' | 'container' | 'chroot' | 'alternate-root'>;
}

export interface Boot {
	/** /proc/sys/kernel/random/boot_id: another one proves a reboot. Unknown below an alternate root. */
	readonly bootId: Fact<string>;
	/** Unknown below an alternate root: the target does not run. */
	readonly runningKernel: Fact<string>;
	/** What the boot loader will start when nobody chooses in its menu. */
	readonly nextKernel: Fact<string>;
	readonly secureBoot: Fact<SecureBoot>;
	/**
	 * Whether the firmware accepts the key that DKMS signs with. `no-key`: DKMS has none yet and will make one. Undefined
	 * inside a known fact: not asked, because Secure Boot is not enabled.
	 */
	readonly dkmsKey: Fact<Enrolment | 'no-key' | undefined>;
	/** Packages that asked for a reboot, before we began (/run/reboot-required.pkgs). */
	readonly rebootPending: Fact<readonly string[]>;
}

/** The module file that a kernel would load from its own disk. */
export interface ModuleFile extends Omit<ModuleInfo, 'version'> {
	readonly version: ZfsVersion;
}

export interface InitramfsFacts {
	readonly path: string;
	/** Of the module inside. Undefined: it holds no zfs module. */
	readonly version: ZfsVersion | undefined;
	/** Its size; undefined where it was gone by then. */
	readonly bytes: bigint | undefined;
}

/** One installed kernel and what it would load. */
export interface KernelFacts {
	readonly release: string;
	readonly isRunning: boolean;
	readonly isNext: boolean;
	/** `undefined` inside a known fact: there is none. */
	readonly moduleOnDisk: Fact<ModuleFile | undefined>;
	/** `version` undefined: the initramfs holds no zfs module; the whole undefined: there is no initramfs. */
	readonly initramfs: Fact<InitramfsFacts | undefined>;
	readonly headers: Fact<boolean>;
	/** `undefined` inside a known fact: it has no module. */
	readonly provider: Fact<ModuleProvider | undefined>;
}

/** The four versions that must agree, and what they will be after the next boot. */
interface VersionFacts {
	readonly userspace: Fact<ZfsVersion>;
	/** `undefined` inside a known fact: the module is not loaded. */
	readonly loadedModule: Fact<ZfsVersion | undefined>;
	/** The package that carries the tools; unknown where the tools belong to no package. */
	readonly packages: Fact<ZfsVersion>;
	/** Module that the next boot loads; the source says by which rule. `undefined`: none. */
	readonly nextModule: Fact<ZfsVersion | undefined>;
}

export interface PackageFacts {
	readonly manager: Fact<PackageManagerName>;
	/** The OpenZFS set: all installed binaries of its source package, complete or not. */
	readonly installed: Fact<readonly InstalledPackage[]>;
	/** Versions on offer by name: of the set, of later SONAMEs of its libraries, and of `kernelPackages`. */
	readonly offers: Fact<ReadonlyMap<string, PackageOffer>>;
	/** Undefined inside a known fact: there is no DKMS. */
	readonly dkms: Fact<readonly DkmsEntry[] | undefined>;
	/** What a killed transaction left behind, and must be mended first. */
	readonly interruption: Fact<Interruption>;
	/** Who holds the package manager's lock, if anybody. */
	readonly lockHolder: Fact<LockHolder | undefined>;
	/** Installed packages that only follow the newest kernel: `linux-image-amd64`. */
	readonly kernelPackages: Fact<readonly InstalledPackage[]>;
	/** All holds as they were found. */
	readonly holds: Fact<readonly string[]>;
	readonly automaticUpgrades: Fact<AutomaticUpgrades>;
	/** The package with GRUB's tools; undefined inside a known fact: GRUB is not installed. */
	readonly grub: Fact<InstalledPackage | undefined>;
	readonly initramfsTool: Fact<'initramfs-tools' | 'dracut' | 'none'>;
}

export interface FreeSpace {
	readonly path: string;
	/** Mount that the path lies on; paths of one mount share its space. Undefined where it could not be told. */
	readonly mountPoint: string | undefined;
	/** `ext4`, `zfs`, `tmpfs`, ..., and the device or dataset behind it; undefined where it could not be told. */
	readonly type: string | undefined;
	readonly device: string | undefined;
	readonly freeBytes: bigint;
	readonly totalBytes: bigint;
	readonly readOnly: boolean;
}

export interface ZfsUnit {
	readonly name: string;
	readonly activeState: string;
	/** `no`: systemd skipped it because its condition failed, which `systemctl --failed` does not show. */
	readonly conditionResult: string;
	/** False: it was never started since boot, and `conditionResult` says nothing. */
	readonly wasConditionChecked: boolean;
	readonly unitFileState: string;
	/** `success`, `exit-code`, `timeout`, ... */
	readonly result: string;
}

/** Files beside packages and pools that decide whether the pools come back. */
export interface Surroundings {
	/** What the module takes as the host's id: `unusable`: zero, or shorter than four bytes. */
	readonly hostid: Fact<'set' | 'missing' | 'unusable'>;
	/** /etc/zfs/zpool.cache is there and not empty: zfs-import-cache.service runs only then. */
	readonly hasPoolCache: Fact<boolean>;
	/** Devices of /proc/swaps and /etc/fstab that are zvols. */
	readonly swapOnZvol: Fact<readonly string[]>;
	/** zfs_bclone_enabled of the loaded module; undefined inside a known fact: it has no such parameter. */
	readonly isBlockCloningOn: Fact<boolean | undefined>;
	/** Whether unprivileged users may create user namespaces. */
	readonly allowsUserNamespaces: Fact<boolean>;
	/** When the lists of what is on offer were last refreshed, seconds since the epoch; undefined: there are none. */
	readonly packageListsReadAt: Fact<number | undefined>;
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
	readonly rootDataset: Fact<DatasetName | undefined>;
	readonly space: Fact<readonly FreeSpace[]>;
	readonly units: Fact<readonly ZfsUnit[]>;
	readonly surroundings: Surroundings;
	readonly consumers: ConsumerFacts;
}
