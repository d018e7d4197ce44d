import type { Vdev } from './pool.js';

/** The words of zpool_state_to_name and print_status_config. */
export const vdevStates: ReadonlySet<string> = new Set<Vdev['state']>([
	'ONLINE',
	'DEGRADED',
	'FAULTED',
	'OFFLINE',
	'UNAVAIL',
	'REMOVED',
	'SPLIT',
	'UNKNOWN',
	'AVAIL',
	'INUSE',
]);

/** A word that we do not know is `UNKNOWN`, which nobody takes for healthy. */
export function vdevState(word: string | undefined): Vdev['state'] {
	return word !== undefined && vdevStates.has(word) ? (word as Vdev['state']) : 'UNKNOWN';
}

/**
 * The type by the name that zpool_vdev_name makes with VDEV_NAME_TYPE_ID: `raidz2-0`, `draid1:4d:6c:1s-0`, `spare-3`.
 * Whatever is not of that form is a device. (A distributed spare, `draid1-0-0`, is a device too.)
 */
export function typeOfVdev(name: string): Exclude<Vdev['type'], 'root'> {
	const type = /^(mirror|raidz|replacing|spare)\d*-\d+$/.exec(name)?.[1] ?? /^(draid)\d*:.*-\d+$/.exec(name)?.[1];
	return (type as Exclude<Vdev['type'], 'root' | 'leaf'> | undefined) ?? 'leaf';
}
