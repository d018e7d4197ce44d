import type { Host } from '../host/host.js';
import { type DatasetName, InvalidNameError, parseDatasetName } from '../zfs/names.js';
import { readPools as readImportedPools } from '../zfs/read-pools.js';
import { readDatasets as readAllDatasets } from '../zfs/walk.js';
import { type Fact, known, unknown } from './fact.js';
import type { HostFacts, VersionFacts } from './host-facts.js';
import { type Mount, mountOf } from './mounts.js';

type PoolFacts = Pick<HostFacts, 'pools' | 'datasets'>;

/** Pools and datasets, by a number of commands that does not grow with them. */
export async function readPools(
	host: Host,
	{ userspace, loadedModule }: Pick<VersionFacts, 'userspace' | 'loadedModule'>,
): Promise<PoolFacts> {
	const obstacle = findObstacle(host, loadedModule);
	if (obstacle !== undefined) return { pools: unknown(obstacle), datasets: unknown(obstacle) };
	const [pools, datasets] = await Promise.all([
		readImportedPools(host, userspace.known ? userspace.value : undefined),
		readAllDatasets(host),
	]);
	return { pools, datasets };
}

/** The tools would load the module to answer; a reading pass changes nothing. */
function findObstacle(host: Host, loadedModule: VersionFacts['loadedModule']): string | undefined {
	if (host.kind === 'alternate-root') return undefined;
	return loadedModule.known && loadedModule.value === undefined ? 'the zfs module is not loaded' : undefined;
}

/** Dataset that / is mounted from; `undefined` inside a known fact: / is not ZFS. */
export function findRootDataset(mounts: Fact<readonly Mount[]>): Fact<DatasetName | undefined> {
	if (!mounts.known) return mounts;
	const root = mountOf(mounts.value, '/');
	if (root === undefined) return unknown(`${mounts.source} shows nothing on /`);
	if (root.type !== 'zfs') return known(undefined, mounts.source);
	try {
		return known(parseDatasetName(root.source), mounts.source);
	} catch (error) {
		if (error instanceof InvalidNameError) return unknown(`${mounts.source}: ${error.message}`);
		throw error;
	}
}
