/** Proxmox VE's storage replication (pvesr), from the cluster's file. */
import type { Host } from '../host/host.js';
import { stripControls } from '../host/text.js';
import type { StorageReplicationJob } from './job.js';

const configuration = '/etc/pve/replication.cfg';

export interface ReplicationEntry {
	readonly id: string;
	readonly isDisabled: boolean;
	readonly options: ReadonlyMap<string, string>;
}

/** Jobs that send from this node, and those that other nodes send to it. @throws HostError */
export async function findStorageReplication(host: Host): Promise<readonly StorageReplicationJob[]> {
	const entries = await readReplication(host);
	if (entries === undefined) return [];
	const node = (await host.files.readLink('/etc/pve/local'))?.replace(/^.*\//, '');
	return entries
		.filter(({ isDisabled, options }) => {
			const [source, target] = [options.get('source'), options.get('target')];
			// Without a source it is not said whose guest it is.
			return !isDisabled && (node === undefined || source === undefined || source === node || target === node);
		})
		.map(({ id, options }) => ({
			kind: 'storage-replication',
			system: 'proxmox-replication',
			name: `pvesr-${id}`,
			id,
			runs: stripControls(
				`guest ${id.split('-')[0]} to ${options.get('target')}, ${options.get('schedule') ?? '*/15'}`,
			),
		}));
}

/** Undefined where there is no Proxmox VE. @throws HostError */
export async function readReplication(host: Host): Promise<readonly ReplicationEntry[] | undefined> {
	const text = await host.files.read(configuration);
	return text === undefined ? undefined : parseReplication(text);
}

/** Sections `local: 100-0` with indented `key value` lines (PVE::ReplicationConfig). */
export function parseReplication(text: string): readonly ReplicationEntry[] {
	const sections: { id: string; options: Map<string, string> }[] = [];
	for (const line of text.split('\n')) {
		const [, id] = /^local:\s*([A-Za-z0-9][A-Za-z0-9_-]*)\s*$/.exec(line) ?? [];
		const [, key, value = ''] = /^\s+([a-z_]+)(?:\s+(.*?))?\s*$/.exec(line) ?? [];
		if (id !== undefined) sections.push({ id, options: new Map() });
		else if (key !== undefined) sections.at(-1)?.options.set(key, value);
	}
	return sections.map(({ id, options }) => ({
		id,
		options,
		// The jobs of a guest that was removed are only there to be cleaned up.
		isDisabled: options.get('disable') === '1' || options.has('remove_job'),
	}));
}
