import type { Host } from '../host/host.js';
import { readPools } from '../zfs/read-pools.js';
import { unknown } from './fact.js';
import type { HostFacts } from './host-facts.js';
import { exists, readLine } from './read-text.js';
import { readUnits } from './units.js';
import { readUserspace } from './versions.js';

/** What of the facts tells whether a boot went well; the rest of them takes longer to read. */
export interface BootedFacts extends Pick<HostFacts, 'pools' | 'units'> {
	readonly boot: Pick<HostFacts['boot'], 'runningKernel'>;
}

/** Reads it by a number of commands that does not grow with the pools' datasets. */
export async function readBootedFacts(host: Host): Promise<BootedFacts> {
	const [runningKernel, pools, isSystemd] = await Promise.all([
		readLine(host, '/proc/sys/kernel/osrelease'),
		readImportedPools(host),
		exists(host, '/run/systemd/system'),
	]);
	const initSystem = isSystemd.known && isSystemd.value ? 'systemd' : 'other';
	return { boot: { runningKernel }, pools, units: await readUnits(host, initSystem) };
}

/** Without the module the tools would load it to answer; who only looks changes nothing. */
async function readImportedPools(host: Host): Promise<HostFacts['pools']> {
	const isLoaded = await exists(host, '/sys/module/zfs');
	if (!isLoaded.known) return isLoaded;
	if (!isLoaded.value) return unknown('the zfs module is not loaded');
	const userspace = await readUserspace(host);
	return readPools(host, userspace.known ? userspace.value : undefined);
}
