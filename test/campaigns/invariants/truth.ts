/**
 * What is really on a host, told by something else than the program under test: the simulated machine's own data, or in
 * the lab the commands of a guest. Plain data; a part that a campaign cannot see is left out, and what needs it is not
 * judged.
 */
export interface HostTruth {
	/** Full package version of the userspace tools; undefined when they are not there. */
	readonly tools: string | undefined;
	/** Of the loaded module; undefined when none is. */
	readonly loadedModule: string | undefined;
	/** By kernel release, the version of `zfs.ko` on the disk. */
	readonly modulesOnDisk: Readonly<Record<string, string | undefined>>;
	/** By kernel release, the version inside the initramfs. */
	readonly modulesInInitramfs: Readonly<Record<string, string | undefined>>;
	readonly packages: Readonly<
		Record<string, { readonly version: string; readonly isWhole: boolean; readonly isHeld: boolean }>
	>;
	/** By `dataset@name`. */
	readonly snapshots: Readonly<Record<string, { readonly guid: string; readonly holds: readonly string[] }>>;
	/** By dataset, scratch ones too: a digest of its live contents. */
	readonly contents: Readonly<Record<string, string>>;
	/** By pool: every feature that is not disabled. */
	readonly features: Readonly<Record<string, readonly string[]>>;
	/** Every command in the pools' histories. */
	readonly poolCommands: readonly string[];
	/** Digests by path, of the files that say which jobs run: systemd's and cron's. */
	readonly jobFiles: Readonly<Record<string, string>>;
	/** Whether a file is there, for those that a recorded run names. */
	readonly hasFile: (path: string) => boolean;
}
