import type { Host } from '../host/host.js';
import { type DatasetName, InvalidNameError, parseDatasetName } from '../zfs/names.js';
import { readPools as readImportedPools } from '../zfs/read-pools.js';
import type { ZfsVersion } from '../zfs/version.js';
import { readDatasets as readAllDatasets } from '../zfs/walk.js';
import { type Fact, known, unknown } from './fact.js';
import type { HostFacts } from './host-facts.js';
import { type Mount, mountOf } from './mounts.js';
import { exists } from './read-text.js';

type PoolFacts = Pick<HostFacts, 'pools' | 'datasets'>;

const moduleFolder = '/sys/module/zfs';

/** Pools and datasets, by a number of commands that does not grow with them. */
export async function readPools(host: Host, userspace: Fact<ZfsVersion>): Promise<PoolFacts> {
	const obstacle = await findObstacle(host);
	if (obstacle !== undefined) return { pools: unknown(obstacle), datasets: unknown(obstacle) };
	const [pools, datasets] = await Promise.all([
		readImportedPools(host, userspace.known ? userspace.value : undefined),
		readAllDatasets(host),
	]);
	return { pools, datasets };
}

/** Without the module the tools would load it to answer; a pass of reading changes nothing. */
async function findObstacle(host: Host): Promise<string | undefined> {
	const isLoaded = await exists(host, moduleFolder);
	if (!isLoaded.known) return isLoaded.why;
	return isLoaded.value ? undefined : `the zfs module is not loaded: there is no ${moduleFolder}`;
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
