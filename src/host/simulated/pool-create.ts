/** A pool as `zpool create` makes it. */
import { addDataset } from './dataset-changes.js';
import { drawGuid } from './draw.js';
import { featuresOf } from './features.js';
import type { Machine } from './machine.js';
import type { Pool, Vdev } from './pool.js';
import type { Series } from './zfs-version.js';

interface NewPool {
	readonly disks: readonly string[];
	readonly sizeBytes: bigint;
	/** Of the tools that made it. */
	readonly series: Series;
}

/** An empty pool with its root dataset: a mirror of several disks, or one. */
export function addPool(machine: Machine, name: string, { disks, sizeBytes, series }: NewPool): Machine {
	let current = machine;
	const guid = (): string => {
		const [drawn, next] = drawGuid(current);
		current = next;
		return drawn;
	};
	const leafOf = (disk: string): Vdev => ({
		type: 'disk',
		name: disk,
		path: `/dev/${disk}`,
		guid: guid(),
		state: 'ONLINE',
		errors: [0, 0, 0],
		children: [],
	});
	const children = disks.map(leafOf);
	const [only] = children;
	const mirror: Vdev = { type: 'mirror', name: 'mirror-0', guid: guid(), state: 'ONLINE', errors: [0, 0, 0], children };
	const features = featuresOf(series).map(
		({ name: feature, activeFromTheStart }) => [feature, activeFromTheStart ? 'active' : 'enabled'] as const,
	);
	const pool: Pool = {
		guid: guid(),
		loadGuid: guid(),
		imported: true,
		readOnly: false,
		suspended: false,
		missing: false,
		vdevs: children.length === 1 && only !== undefined ? [only] : [mirror],
		sizeBytes: String(sizeBytes),
		txg: 4,
		features: Object.fromEntries(features),
		properties: {},
		scan: null,
		permanentErrors: [],
		checkpoint: null,
		history: [{ at: current.clock, command: `zpool create ${name} ${disks.join(' ')}` }],
		datasets: {},
	};
	return addDataset({ ...current, pools: { ...current.pools, [name]: pool } }, name, { encryption: null });
}
