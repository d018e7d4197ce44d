import { type Fact, known } from '../facts/fact.js';
import type { Host } from '../host/host.js';
import { toTable } from './rows.js';

const folder = '/dev/zvol';

/** The links of volumes and their partitions. Where they lead changes with every boot. */
export async function readVolumeTable(host: Host): Promise<Fact<string>> {
	const links: string[][] = [];
	const pending = [folder];
	for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
		for (const name of (await host.files.list(path)) ?? []) {
			const stat = await host.files.stat(`${path}/${name}`);
			if (stat?.type === 'directory') pending.push(`${path}/${name}`);
			if (stat?.type === 'symlink') links.push([`${path}/${name}`.slice(folder.length + 1)]);
		}
	}
	return known(toTable(links), folder);
}
