/** A boot of the simulated machine: kernel, module, pools, units, in the order of a real one. */

import { drawUuid } from './draw.js';
import { syncAll } from './durability.js';
import { moduleInInitramfs } from './initramfs.js';
import { grubKernel } from './kernels.js';
import type { Machine, UnitState } from './machine.js';
import { isBlocked, loadFromDisk, withLoaded } from './module-loading.js';
import { isBelow } from './mounts.js';
import { directory } from './node.js';
import type { Dataset, Pool } from './pool.js';
import { cachedPools, importPool, mountAll, unsupportedFeatures } from './pool-import.js';
import { runPersistentJobs } from './snapshot-jobs.js';
import { loseRunningJobs } from './timeline.js';
import { textOf, writeText } from './tree.js';
import { findUnit, reloadUnits, startUnit, type UnitKind, unitKinds, unitState, withUnit } from './units.js';

/** Simulated seconds from the firmware to the login prompt. */
const bootSeconds = 55;

export function bootMachine(machine: Machine): Machine {
	const [bootId, drawn] = drawUuid(machine);
	const kernel = drawn.faults.nextBootKernel ?? grubKernel(drawn);
	const bootedAt = drawn.clock + 20;
	const started: Machine = {
		...syncAll(loseRunningJobs(withoutMemory(drawn))),
		power: 'on',
		clock: drawn.clock + bootSeconds,
		bootId,
		bootedAt,
		boots: drawn.boots + 1,
		runningKernel: kernel,
		rebootAt: null,
		modules: {},
		aptLock: null,
		poolEvents: [],
		log: [{ at: bootedAt, unit: 'kernel', text: `Linux version ${kernel}` }],
		faults: { ...drawn.faults, nextBootKernel: null, poolsMissingAfterBoot: [] },
	};
	return runPersistentJobs(startUnits(loadFromInitramfs(reloadUnits(forgetOnce(started)))));
}

/** systemd makes them at every boot. */
const volatileFolders = {
	'/run/lock': directory(0o1777),
	'/run/systemd': directory(),
	'/run/systemd/system': directory(),
};

/** What lived in memory is gone: /run, mounts, keys, imported pools. */
function withoutMemory(machine: Machine): Machine {
	const inMemory = machine.fileSystems.filter(({ type }) => type === 'tmpfs').map(({ path }) => path);
	const files = Object.entries(machine.files).filter(
		([path]) => !inMemory.some((top) => path !== top && isBelow(path, top)),
	);
	const pools = Object.entries(machine.pools).map(([name, pool]): [string, Pool] => {
		const missing = pool.missing || machine.faults.poolsMissingAfterBoot.includes(name);
		const datasets = Object.entries(pool.datasets).map(([one, dataset]): [string, Dataset] => {
			const encryption = dataset.encryption === null ? null : { ...dataset.encryption, keyLoaded: false };
			return [one, { ...dataset, mounted: false, encryption }];
		});
		return [name, { ...pool, missing, imported: false, datasets: Object.fromEntries(datasets) }];
	});
	const units = Object.entries(machine.units).map(([name, unit]): [string, UnitState] => {
		const stopped = { activeState: 'inactive', subState: 'dead', conditionResult: 'no', since: 0, mainPid: 0 } as const;
		return [name, { ...unit, ...stopped }];
	});
	return {
		...machine,
		files: { ...Object.fromEntries(files), ...volatileFolders },
		pools: Object.fromEntries(pools),
		units: Object.fromEntries(units),
	};
}

/** GRUB's entry for one boot is used up. */
function forgetOnce(machine: Machine): Machine {
	const environment = textOf(machine, '/boot/grub/grubenv');
	if (environment === undefined || !/^next_entry=.+$/m.test(environment)) return machine;
	return syncAll(writeText(machine, '/boot/grub/grubenv', environment.replace(/^next_entry=.+$/m, 'next_entry=')));
}

/** The initramfs loads its copy only where it is told to: for a root on ZFS, or by its list of modules. */
function loadFromInitramfs(machine: Machine): Machine {
	if (!/^zfs\s*$/m.test(textOf(machine, '/etc/initramfs-tools/modules') ?? '')) return machine;
	const info = moduleInInitramfs(machine, machine.runningKernel);
	return info === undefined || isBlocked(machine) ? machine : withLoaded(machine, info);
}

function startUnits(machine: Machine): Machine {
	return unitKinds.reduce((current, kind) => {
		const isWanted = kind.wantedBy !== '' && findUnit(current, kind.name) !== undefined;
		const { enabled, masked } = unitState(current, kind);
		return isWanted && enabled && !masked ? startAtBoot(current, kind) : current;
	}, machine);
}

function startAtBoot(machine: Machine, kind: UnitKind): Machine {
	const started = startUnit(machine, kind.name);
	if (unitState(started, kind).conditionResult === 'no') return started;
	switch (kind.name) {
		case 'zfs-load-module.service': {
			const loaded = loadFromDisk(started);
			return loaded.ok ? loaded.machine : fail(started, kind);
		}
		case 'zfs-import-cache.service':
			return importCached(started, kind);
		case 'zfs-mount.service':
			return Object.keys(started.pools)
				.filter((name) => started.pools[name]?.imported === true)
				.reduce(mountAll, started);
		default:
			return started;
	}
}

function importCached(machine: Machine, kind: UnitKind): Machine {
	const wanted = cachedPools(machine) ?? [];
	const cache = textOf(machine, '/etc/zfs/zpool.cache');
	let current = machine;
	let hasFailed = false;
	for (const name of wanted) {
		const pool = current.pools[name];
		if (pool === undefined || pool.missing || unsupportedFeatures(current, name).length > 0) hasFailed = true;
		else current = importPool(current, name, { readOnly: false, withoutMounting: true });
	}
	// A pool that was not found stays in the cache file for the next boot.
	if (hasFailed && cache !== undefined) current = writeText(current, '/etc/zfs/zpool.cache', cache);
	return hasFailed ? fail(current, kind) : current;
}

function fail(machine: Machine, kind: UnitKind): Machine {
	const log = { at: machine.clock, unit: kind.name, text: `Failed to start ${kind.name} - ${kind.description}.` };
	const failed = withUnit(machine, kind.name, {
		...unitState(machine, kind),
		activeState: 'failed',
		subState: 'failed',
	});
	return { ...failed, log: [...failed.log, log] };
}
