/** Snapshots and bookmarks that programs make in series, by their names. */

const replication: readonly RegExp[] = [
	/^(syncoid_.*?)_?\d{4}-\d{2}-\d{2}:\d{2}:\d{2}:\d{2}/,
	/^(__replicate_.+?)_\d+__$/,
	/^(zrepl_)/,
	/^(.+)-\d{14}$/,
	/^(pyznap)_/,
	/^(rep|repl)_/,
];
const automatic =
	/^(?:autosnap_|zfs-auto-snap_|pyznap_|zrepl_|syncoid_|__replicate_|vzdump$|\d{4}-\d{2}-\d{2}-\d{6}$|auto-)/;

/** The series that a replication goes on from; undefined for other snapshots. @param name without the dataset */
export function replicationSeries(name: string): string | undefined {
	for (const pattern of replication) {
		const series = pattern.exec(name)?.[1];
		if (series !== undefined) return series;
	}
	return undefined;
}

/** Made, and removed, by a program. */
export function isAutomatic(name: string): boolean {
	return automatic.test(name) || replicationSeries(name) !== undefined;
}
