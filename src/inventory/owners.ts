/** Whose datasets these are: container runtimes make and remove theirs all the time, Incus exports whole pools. */
import { type Mount, mountOf } from '../facts/mounts.js';
import { fieldsOf, poolIn } from './rows.js';
import type { Sides } from './sides.js';

/** Where runtimes keep layers as datasets of their own. */
const stores = [
	'/var/lib/docker',
	'/var/lib/containers/storage',
	'/var/lib/crio',
	'/var/lib/crio/containers',
	'/var/lib/containerd/io.containerd.snapshotter.v1.zfs',
	'/var/lib/rancher/k3s/agent/containerd/io.containerd.snapshotter.v1.zfs',
	'/var/lib/rancher/rke2/agent/containerd/io.containerd.snapshotter.v1.zfs',
] as const;
/** Docker's and containers/storage's ids, BuildKit's, and containerd's numbers. */
const layerName = /^(?:[0-9a-f]{64}(?:-init)?|[a-z0-9]{25}|\d+)$/;
const incusFolders: ReadonlySet<string> = new Set([
	'containers',
	'virtual-machines',
	'images',
	'custom',
	'buckets',
	'deleted',
]);
const incusUnits = /^(?:incus|incus-startup|lxd|snap\.lxd\.daemon)\.service$/;

export interface Owners {
	/** A layer of a container runtime. */
	isLayer(dataset: string): boolean;
	/** Incus or LXD exports it when it stops, and imports it when it starts (driver_zfs.go, Unmount). */
	isExportedByIncus(pool: string): boolean;
}

export async function findOwners(sides: Sides): Promise<Owners> {
	const layerParents = new Set<string>();
	for (const side of [sides.before, sides.after]) {
		if (sides.obstacle('mounts.tsv') !== undefined) continue;
		const mounts: Mount[] = [];
		for await (const line of side('mounts.tsv')) {
			const [source = '', mountPoint = ''] = fieldsOf(line);
			mounts.push({ source, mountPoint, type: 'zfs' });
		}
		for (const store of stores) {
			const mount = mountOf(mounts, store);
			if (mount !== undefined) layerParents.add(mount.source);
		}
	}
	const incusPools = (await isIncusRunning(sides)) ? new Set<string>() : await findIncusPools(sides);
	return {
		isLayer(dataset) {
			const slash = dataset.lastIndexOf('/');
			return layerName.test(dataset.slice(slash + 1)) && layerParents.has(dataset.slice(0, slash));
		},
		isExportedByIncus: (pool) => incusPools.has(pool),
	};
}

/** Pools whose root Incus took as its own: it makes these folders directly below. */
async function findIncusPools(sides: Sides): Promise<ReadonlySet<string>> {
	const folders = new Map<string, number>();
	for await (const line of sides.before('datasets.tsv')) {
		const name = fieldsOf(line)[1] ?? '';
		const pool = poolIn(name);
		if (incusFolders.has(name.slice(pool.length + 1))) folders.set(pool, (folders.get(pool) ?? 0) + 1);
	}
	return new Set([...folders].filter(([, count]) => count >= 4).map(([pool]) => pool));
}

async function isIncusRunning(sides: Sides): Promise<boolean> {
	if (sides.obstacle('units.tsv') !== undefined) return true;
	for await (const line of sides.after('units.tsv')) {
		const [unit = '', state] = fieldsOf(line);
		if (incusUnits.test(unit) && state === 'active') return true;
	}
	return false;
}
