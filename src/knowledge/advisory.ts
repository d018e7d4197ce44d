/**
 * One known fault, of OpenZFS or of a system that sits on it, as data. To teach the program a new one, add one entry to
 * a list in `advisories/`; the checks, `explain`, `compat` and docs/advisories.md follow from it.
 */
export interface Advisory {
	/** Stable, kebab-case; what `explain` takes. */
	readonly id: string;
	/** Whose version decides. */
	readonly component: Component;
	/** One line. */
	readonly title: string;
	/** How bad it is while it applies; for one that the upgrade mends a check may say less. */
	readonly severity: 'blocker' | 'warning' | 'notice';
	readonly affects: Affects;
	/** Semver range of the kernels on which it shows; without it any. */
	readonly kernel?: string;
	/** First release with the fix, one for each branch that has one. Empty: none has. */
	readonly fixedIn: readonly string[];
	/** Packages of distributions that carry the fix though their release does not: versions as modules and tools say them. */
	readonly patchedBuilds?: readonly string[];
	/** All of these must hold, else the fault does not concern the host. */
	readonly requires?: readonly Condition[];
	/** What the administrator would see. */
	readonly symptom: string;
	/** Words that commands and logs really print. */
	readonly texts?: readonly string[];
	/** Why it happens. */
	readonly cause: string;
	readonly action: string;
	/** Exact commands of the action, where there are any. `<...>` stands for what the administrator fills in. */
	readonly commands?: readonly (readonly string[])[];
	readonly sources: readonly string[];
	readonly certainty: Certainty;
	/** Other names that `explain` understands, such as a CVE number. */
	readonly aliases?: readonly string[];
}

/** What a version, a pair of versions or a way from one to another must be for the fault to exist. Ranges are semver. */
export type Affects =
	| { readonly kind: 'versions'; readonly range: string }
	/** Exactly one of userspace and module lies in the range. */
	| { readonly kind: 'one-side'; readonly range: string }
	/** Userspace lies in the one range while the module lies in the other, for any of the pairs. */
	| { readonly kind: 'pairs'; readonly pairs: readonly VersionPair[] }
	/** Userspace and module differ at all. */
	| { readonly kind: 'unequal' }
	/** Any userspace while no module is loaded. */
	| { readonly kind: 'module-absent' }
	/** Going from one version to another one. */
	| { readonly kind: 'path'; readonly from: string; readonly to: string };

interface VersionPair {
	readonly userspace: string;
	readonly module: string;
}

export const COMPONENTS = [
	'zfs-module',
	'zfs-userspace',
	'zfs-pair',
	'lxd-snap',
	'incus',
	'linstor',
	'containerd',
	'nerdctl',
	'kubespray',
	'k3s',
	'docker',
	'cri-o',
	'containers-storage',
	'harvester',
	'longhorn',
] as const;
type Component = (typeof COMPONENTS)[number];
/** A system that sits on ZFS, with a version of its own. */
export type OtherComponent = Exclude<Component, `zfs-${string}`>;

/** What must be true of the host beside its versions, and how that is found out. */
export const CONDITION_MEANINGS = {
	'block-cloning': 'an imported pool has feature@block_cloning enabled or active',
	'bclone-set-by-hand': 'the parameter zfs_bclone_enabled of a 2.2 module is 1',
	encryption: 'an imported pool has encrypted datasets',
	'fast-dedup': 'feature@fast_dedup is active on an imported pool: only such tables can be pruned (module/zfs/ddt.c)',
	draid: 'an imported pool has a dRAID vdev',
	'raidz-expansion': 'a raidz vdev is being expanded or is about to be',
	redaction: 'feature@redacted_datasets or feature@redaction_bookmarks is active on an imported pool',
	'large-microzap': 'feature@large_microzap is enabled or active on an imported pool',
	'large-blocks': 'feature@large_blocks is active on an imported pool',
	'vdev-over-64-tb': 'a top-level vdev is larger than 64 TB',
	'project-quota': 'project quotas are used',
	'async-destroy-running': '`freeing` of an imported pool is not 0',
	'partial-receive': 'a dataset has a receive_resume_token',
	'unprivileged-user-namespaces': 'unprivileged users may create user namespaces, or containers use them',
	'swap-on-zvol': '/proc/swaps or /etc/fstab names a zvol',
	'rpm-kabi-kmod': 'the module comes from a kmod-zfs package built for the kernel ABI of an RHEL release',
	'kernel-above-maximum': 'a kernel that may boot is newer than the target release supports',
	'ubuntu-kernel': "the module comes with Ubuntu's own kernel package",
	'module-reload': 'the module is to be unloaded and loaded again without a reboot',
	'overlayfs-on-zfs': 'an overlay mount, or an overlayfs driver or snapshotter, has its upper layer on ZFS',
	'lxd-lacks-target-tools': '/snap/lxd/current/zfs-X.Y of the target series is missing and zfs.external is not true',
	'linstor-storage': 'Incus uses a LINSTOR storage pool',
	'linstor-encrypted-pool': 'a LINSTOR pool of kind ZFS or ZFS_THIN lies on an encrypted dataset',
	'linstor-auto-evict': 'DrbdOptions/AutoEvictAllowEviction is not false',
	'containerd-zfs-snapshotter': 'the CRI of containerd uses the zfs snapshotter',
	'containerd-unpack-missing':
		'no unpack_config of the transfer service names zfs, and nothing makes CRI pull by itself (use_local_image_pull and the like)',
	'containerd-config-without-version': 'config.toml has no `version` and a snapshotter key in the style of version 2',
	'snapshotter-split': 'the snapshotter of CRI is zfs and that of nerdctl is another one (overlayfs by default)',
	'kubespray-snapshotter-split':
		'the inventory sets containerd_snapshotter to zfs and leaves nerdctl_snapshotter unset',
	'k3s-zfs-snapshotter': 'the configuration of k3s or rke2 says `snapshotter: zfs`',
	'docker-zfs-driver':
		'daemon.json or a flag says `storage-driver: zfs` and features.containerd-snapshotter is not set',
	'docker-overlay2-explicit': 'daemon.json says `storage-driver: overlay2` and data-root lies on ZFS',
	'crio-parent-not-zfs': 'the driver is zfs, no zfs.fsname is set, and the parent folder of graphroot is not on ZFS',
	'crio-unclean-stop': 'CRI-O is stopped, clean.shutdown.supported exists and clean.shutdown does not',
	'backing-image-crd-old': 'the custom resource definition backingimages.longhorn.io has no diskFileSpecMap',
	'longhorn-eviction-requested': 'a Longhorn node or disk has EvictionRequested set',
	'longhorn-on-zfs': 'a Longhorn data path lies on a ZFS filesystem',
} as const satisfies Readonly<Record<string, string>>;
export type Condition = keyof typeof CONDITION_MEANINGS;

/** How sure the entry is, best first. */
export const CERTAINTY_MEANINGS = {
	measured: 'reproduced on real modules',
	'read-in-source': 'read in the source, the commit or the tag',
	stated: 'stated by the maintainers or in the documentation',
	reported: 'reported by users, the root cause is not proven',
	inferred: 'concluded from the source, not seen to happen',
} as const satisfies Readonly<Record<string, string>>;
type Certainty = keyof typeof CERTAINTY_MEANINGS;
