/** What `zpool status` says of a pool, for its text and its JSON. */
import { featuresOf } from './features.js';
import type { Machine } from './machine.js';
import type { Pool, Vdev } from './pool.js';
import { moduleVersion, seriesOf, toolsVersion } from './zfs-version.js';

export interface StatusText {
	readonly status: string;
	readonly action: string;
	/** `ZFS-8000-9P` */
	readonly msgid?: string;
	/** Unused features are no reason for `zpool status -x`. */
	readonly isHarmless?: true;
}

/** State of the pool as a whole. */
export function poolHealth(pool: Pool): string {
	if (pool.suspended) return 'SUSPENDED';
	return rootState(pool);
}

/** State of the root vdev: a suspended pool's is what its devices last were. */
export function rootState(pool: Pool): string {
	if (pool.vdevs.some((vdev) => vdev.state === 'UNAVAIL' || vdev.state === 'FAULTED')) return 'UNAVAIL';
	return pool.vdevs.some((vdev) => vdev.state === 'DEGRADED') ? 'DEGRADED' : 'ONLINE';
}

function leaves(pool: Pool): readonly Vdev[] {
	const below = (vdev: Vdev): readonly Vdev[] => (vdev.children.length === 0 ? [vdev] : vdev.children.flatMap(below));
	return pool.vdevs.flatMap(below);
}

/** The features that both halves know: what the tools do not know or the module does not support is not shown. */
export function visibleFeatures(machine: Machine) {
	const tools = featuresOf(seriesOf(toolsVersion(machine) ?? '0.8.0'));
	const supported = new Set(featuresOf(seriesOf(moduleVersion(machine) ?? '0.8.0')).map(({ name }) => name));
	return tools.filter(({ name }) => supported.has(name));
}

export function missingFeatures(machine: Machine, pool: Pool) {
	return visibleFeatures(machine).filter(({ name }) => pool.features[name] === undefined);
}

/** Undefined when there is nothing to say. Texts: recordings status-*, libzfs_status.c. */
export function statusOf(machine: Machine, pool: Pool): StatusText | undefined {
	if (pool.suspended) {
		return {
			status: 'One or more devices are faulted in response to IO failures.',
			action: "Make sure the affected devices are connected, then run 'zpool clear'.",
			msgid: 'ZFS-8000-HC',
		};
	}
	if (pool.permanentErrors.length > 0) {
		return {
			status:
				'One or more devices has experienced an error resulting in data\n\tcorruption.  Applications may be affected.',
			action: 'Restore the file in question if possible.  Otherwise restore the\n\tentire pool from backup.',
			msgid: 'ZFS-8000-8A',
		};
	}
	if (pool.scan?.function === 'resilver' && pool.scan.state === 'running') {
		return {
			status:
				'One or more devices is currently being resilvered.  The pool will\n\tcontinue to function, possibly in a degraded state.',
			action: 'Wait for the resilver to complete.',
		};
	}
	return deviceStatus(pool) ?? featureStatus(machine, pool);
}

function deviceStatus(pool: Pool): StatusText | undefined {
	const states = leaves(pool).map((leaf) => leaf.state);
	if (states.includes('UNAVAIL')) {
		return {
			status:
				'One or more devices could not be opened.  Sufficient replicas exist for\n\tthe pool to continue functioning in a degraded state.',
			action: "Attach the missing device and online it using 'zpool online'.",
			msgid: 'ZFS-8000-2Q',
		};
	}
	if (states.includes('OFFLINE')) {
		return {
			status:
				'One or more devices has been taken offline by the administrator.\n\tSufficient replicas exist for the pool to continue functioning in a\n\tdegraded state.',
			action: "Online the device using 'zpool online' or replace the device with\n\t'zpool replace'.",
		};
	}
	if (leaves(pool).some((leaf) => leaf.errors.some((count) => count > 0))) {
		return {
			status:
				'One or more devices has experienced an unrecoverable error.  An\n\tattempt was made to correct the error.  Applications are unaffected.',
			action:
				"Determine if the device needs to be replaced, and clear the errors\n\tusing 'zpool clear' or replace the device with 'zpool replace'.",
			msgid: 'ZFS-8000-9P',
		};
	}
	return undefined;
}

function featureStatus(machine: Machine, pool: Pool): StatusText | undefined {
	if (pool.properties.compatibility !== undefined || missingFeatures(machine, pool).length === 0) return undefined;
	return {
		status:
			'Some supported and requested features are not enabled on the pool.\n\tThe pool can still be used, but some features are unavailable.',
		action:
			"Enable all features using 'zpool upgrade'. Once this is done,\n\tthe pool may no longer be accessible by software that does not support\n\tthe features. See zpool-features(7) for details.",
		isHarmless: true,
	};
}
