/** How much datasets and pools use, from their contents. */
import type { Tree } from './machine.js';
import { parentDataset } from './mounts.js';
import { isSameContent, nodeBytes } from './node.js';
import type { Dataset, Pool, Snapshot } from './pool.js';

/** An empty file system's own blocks; 96 KiB with 4 KiB sectors (recordings: guest-2.1.11/zpool-create). */
const emptyDatasetBytes = 98304n;
/** Share of a pool that is kept back (spa_slop_space: 1/32). */
const slopDivisor = 32n;

const treeSizes = new WeakMap<Tree, bigint>();

function treeBytes(tree: Tree): bigint {
	const known = treeSizes.get(tree);
	if (known !== undefined) return known;
	let sum = 0n;
	for (const node of Object.values(tree)) if (node.kind === 'file') sum += roundUp(nodeBytes(node));
	treeSizes.set(tree, sum);
	return sum;
}

function roundUp(bytes: bigint): bigint {
	return ((bytes + 4095n) / 4096n) * 4096n;
}

/** Bytes that `tree` has and none of the others. */
function uniqueBytes(tree: Tree, others: readonly (Tree | undefined)[]): bigint {
	if (others.includes(tree)) return 0n;
	let sum = 0n;
	for (const [path, node] of Object.entries(tree)) {
		if (node.kind !== 'file' || others.some((other) => isSameContent(other?.[path], node))) continue;
		sum += roundUp(nodeBytes(node));
	}
	return sum;
}

export function referencedBytes({ content }: Dataset | Snapshot): bigint {
	return emptyDatasetBytes + treeBytes(content);
}

/** Oldest first. */
export function snapshotsInOrder(dataset: Dataset): readonly (readonly [name: string, snapshot: Snapshot])[] {
	return Object.entries(dataset.snapshots).sort(([, one], [, other]) => one.createTxg - other.createTxg);
}

/** What destroying this snapshot alone would free. */
export function snapshotUsedBytes(dataset: Dataset, name: string): bigint {
	const order = snapshotsInOrder(dataset);
	const index = order.findIndex(([one]) => one === name);
	const here = order[index]?.[1];
	if (here === undefined) return 0n;
	const next = order[index + 1]?.[1].content ?? dataset.content;
	return uniqueBytes(here.content, [order[index - 1]?.[1].content, next]);
}

export function usedBySnapshotsBytes(dataset: Dataset): bigint {
	let sum = 0n;
	const order = snapshotsInOrder(dataset);
	for (const [index, [, snapshot]] of order.entries()) {
		const later = order.slice(index + 1).map(([, one]) => one.content);
		sum += uniqueBytes(snapshot.content, [dataset.content, ...later]);
	}
	return sum;
}

/** Written since the newest snapshot, or since `name`. */
export function writtenBytes(dataset: Dataset, name?: string): bigint {
	const base = name === undefined ? snapshotsInOrder(dataset).at(-1)?.[1] : dataset.snapshots[name];
	return base === undefined ? referencedBytes(dataset) : uniqueBytes(dataset.content, [base.content]);
}

function childrenOf(pool: Pool, name: string): readonly (readonly [name: string, dataset: Dataset])[] {
	return Object.entries(pool.datasets).filter(([one]) => parentDataset(one) === name);
}

export function usedByChildrenBytes(pool: Pool, name: string): bigint {
	return childrenOf(pool, name).reduce((sum, [child]) => sum + usedBytes(pool, child), 0n);
}

export function usedByReservationBytes(dataset: Dataset): bigint {
	const reserved = BigInt(dataset.properties.refreservation ?? '0');
	const referenced = referencedBytes(dataset);
	return reserved > referenced ? reserved - referenced : 0n;
}

export function usedBytes(pool: Pool, name: string): bigint {
	const dataset = pool.datasets[name];
	if (dataset === undefined) return 0n;
	const own = referencedBytes(dataset) + usedBySnapshotsBytes(dataset) + usedByReservationBytes(dataset);
	return own + usedByChildrenBytes(pool, name);
}

/** `allocated` of the whole pool. */
export function allocatedBytes(name: string, pool: Pool): bigint {
	const used = usedBytes(pool, name);
	const size = BigInt(pool.sizeBytes);
	return used > size ? size : used;
}

/** `available` of a dataset: of its pool, or of the tightest quota above it. */
export function availableBytes(pool: Pool | undefined, name: string): bigint {
	if (pool === undefined) return 0n;
	const size = BigInt(pool.sizeBytes);
	const poolName = name.split('/')[0] ?? name;
	let free = size - size / slopDivisor - usedBytes(pool, poolName);
	for (let one: string | undefined = name; one !== undefined; one = parentDataset(one)) {
		const dataset = pool.datasets[one];
		const quota = dataset?.properties.quota;
		if (quota !== undefined && quota !== '0') {
			const left = BigInt(quota) - usedBytes(pool, one);
			if (left < free) free = left;
		}
	}
	const own = pool.datasets[name];
	if (own !== undefined) free += usedByReservationBytes(own);
	return free < 0n ? 0n : free;
}
