/** Where the datasets of imported pools are in the tree: file systems mounted, volumes as devices. */
import type { Machine } from './machine.js';
import type { Dataset } from './pool.js';

export interface Mount {
	readonly path: string;
	readonly pool: string;
	readonly dataset: string;
}

export function parentDataset(name: string): string | undefined {
	const slash = name.lastIndexOf('/');
	return slash < 0 ? undefined : name.slice(0, slash);
}

/** `mountpoint` as it is in effect: `none`, `legacy` or a path. */
export function mountpointOf(datasets: Readonly<Record<string, Dataset>>, name: string): string {
	const own = datasets[name]?.properties.mountpoint ?? datasets[name]?.received.mountpoint;
	if (own !== undefined) return own;
	const parent = parentDataset(name);
	if (parent === undefined) return `/${name}`;
	const above = mountpointOf(datasets, parent);
	if (above === 'none' || above === 'legacy') return above;
	return `${above === '/' ? '' : above}${name.slice(parent.length)}`;
}

const cache = new WeakMap<Machine['pools'], readonly Mount[]>();

/** Where udev links the devices of volumes. */
export const volumeFolder = '/dev/zvol';

/** Deepest first, so that the first that contains a path is the one that it is in. */
export function mountedDatasets(machine: Machine): readonly Mount[] {
	const known = cache.get(machine.pools);
	if (known !== undefined) return known;
	const mounts = Object.entries(machine.pools)
		.filter(([, pool]) => pool.imported)
		.flatMap(([pool, { datasets }]) =>
			Object.entries(datasets).flatMap(([dataset, { type, mounted }]) => {
				if (type === 'volume') return [{ path: `${volumeFolder}/${dataset}`, pool, dataset }];
				return mounted ? [{ path: mountpointOf(datasets, dataset), pool, dataset }] : [];
			}),
		)
		.sort((one, other) => other.path.length - one.path.length);
	cache.set(machine.pools, mounts);
	return mounts;
}

export function isBelow(path: string, folder: string): boolean {
	return path === folder || folder === '/' || path.startsWith(`${folder}/`);
}

export function mountOf(machine: Machine, path: string): Mount | undefined {
	return mountedDatasets(machine).find((mount) => isBelow(path, mount.path));
}
