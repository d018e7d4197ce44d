import { type Fact, known } from '../facts/fact.js';
import { readMounts } from '../facts/mounts.js';
import type { Host } from '../host/host.js';
import { toTable } from './rows.js';

/** Dataset and mount point of every mounted filesystem. */
export async function readMountTable(host: Host): Promise<Fact<string>> {
	const mounts = await readMounts(host);
	if (!mounts.known) return mounts;
	const zfs = mounts.value.filter(({ type }) => type === 'zfs');
	return known(toTable(zfs.map(({ source, mountPoint }) => [source, mountPoint])), mounts.source);
}
