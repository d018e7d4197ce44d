/** Importing and exporting pools: what the module can read, what is mounted, what the cache file remembers. */
import { mount, mountsByItself, unmount } from './dataset-changes.js';
import { compareNames, withEvent, withPool } from './dataset-names.js';
import { drawGuid } from './draw.js';
import { type Feature, features, featuresOf } from './features.js';
import type { Machine } from './machine.js';
import { exists, makeFolder, removeNode, textOf, writeText } from './tree.js';
import { moduleVersion, seriesOf } from './zfs-version.js';

export const cacheFile = '/etc/zfs/zpool.cache';
const cacheHead = 'simulated zpool.cache';

/** Active features that the loaded module does not have and cannot do without. */
export function unsupportedFeatures(machine: Machine, name: string): readonly Feature[] {
	const known = new Set(featuresOf(seriesOf(moduleVersion(machine) ?? '0.8.0')).map((feature) => feature.name));
	const pool = machine.pools[name];
	return features.filter(
		(feature) => pool?.features[feature.name] === 'active' && !known.has(feature.name) && !feature.readOnlyCompatible,
	);
}

/** Pools in the cache file, undefined when there is none or it cannot be read. */
export function cachedPools(machine: Machine): readonly string[] | undefined {
	const [head, ...names] = (textOf(machine, cacheFile) ?? '').split('\n');
	return head === cacheHead ? names.filter((name) => name !== '') : undefined;
}

function writeCache(machine: Machine): Machine {
	const names = Object.keys(machine.pools).filter((name) => machine.pools[name]?.imported === true);
	if (names.length > 0)
		return writeText(makeFolder(machine, '/etc/zfs'), cacheFile, `${[cacheHead, ...names].join('\n')}\n`);
	return exists(machine, cacheFile) ? removeNode(machine, cacheFile) : machine;
}

export interface ImportOptions {
	readonly readOnly: boolean;
	/** `-N` */
	readonly withoutMounting: boolean;
}

/** The pool is known to the kernel, its file systems are mounted, the cache file has it. */
export function importPool(machine: Machine, name: string, options: ImportOptions): Machine {
	const [loadGuid, drawn] = drawGuid(machine);
	const imported = withPool(drawn, name, (pool) => {
		const datasets = Object.entries(pool.datasets).map(([one, dataset]) => {
			const { encryption } = dataset;
			const locked = encryption === null ? null : { ...encryption, keyLoaded: false };
			return [one, { ...dataset, mounted: false, encryption: locked }] as const;
		});
		const known = { ...pool, imported: true, readOnly: options.readOnly, suspended: false, loadGuid };
		return { ...known, datasets: Object.fromEntries(datasets) };
	});
	const mounted = options.withoutMounting ? imported : mountAll(imported, name);
	return writeCache(withEvent(mounted, 'sysevent.fs.zfs.pool_import', name));
}

/** `zfs mount -a` for one pool. */
export function mountAll(machine: Machine, pool: string): Machine {
	const names = Object.keys(machine.pools[pool]?.datasets ?? {}).sort(compareNames);
	return names.reduce((current, name) => (mountsByItself(current, name) ? mount(current, name) : current), machine);
}

export function exportPool(machine: Machine, name: string): Machine {
	const names = Object.keys(machine.pools[name]?.datasets ?? {}).sort(compareNames);
	const unmounted = names.reduceRight(unmount, machine);
	return writeCache(withPool(unmounted, name, (pool) => ({ ...pool, imported: false })));
}

/** Scans whose time is over have ended, and what they mended is whole. */
export function settleScans(machine: Machine): Machine {
	return Object.entries(machine.pools).reduce((current, [name, { scan }]) => {
		if (scan?.state !== 'running' || machine.clock < scan.endsAt) return current;
		return withPool(current, name, (pool) => ({ ...pool, scan: { ...scan, state: 'finished' } }));
	}, machine);
}
