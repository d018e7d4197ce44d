/** Seconds until a command is given up. Every command has an end, because one that touches a suspended pool has none. */
export const limits = {
	/** Answers that ZFS has in memory. */
	state: 30,
	/** A path for each damaged object. */
	errors: 60,
	/** Every dataset or snapshot: 100,000 of them on slow disks take minutes. */
	listing: 600,
	/** Whatever changes something: killing it early would only hide whether it did. */
	change: 3600,
} as const;
