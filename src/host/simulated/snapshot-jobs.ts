/** Jobs of other programs that take and prune snapshots: what must not run while the halves differ. */
import { takeSnapshots } from './dataset-changes.js';
import { compareNames } from './dataset-names.js';
import type { Machine } from './machine.js';
import { findUnit, startUnit, unitState } from './units.js';

/** A timer with `Persistent=true` starts at boot what it missed, in the very window between the halves. */
export function runPersistentJobs(machine: Machine): Machine {
	const timer = findUnit(machine, 'sanoid.timer');
	if (timer === undefined || unitState(machine, timer).activeState !== 'active') return machine;
	return runSanoid(startUnit(machine, 'sanoid.service'));
}

/** `sanoid.service`, unless its condition held it back. */
export function runSanoid(machine: Machine): Machine {
	const service = findUnit(machine, 'sanoid.service');
	if (service === undefined || unitState(machine, service).conditionResult !== 'yes') return machine;
	const stamp = new Date(Math.floor(machine.clock) * 1000).toISOString().slice(0, 19).replace('T', '_');
	const names = Object.values(machine.pools)
		.filter((pool) => pool.imported && !pool.suspended)
		.flatMap((pool) => Object.keys(pool.datasets))
		.filter((name) => name.startsWith('tank/'))
		.sort(compareNames);
	return takeSnapshots(
		machine,
		names.map((name) => `${name}@autosnap_${stamp}_frequently`),
	);
}
