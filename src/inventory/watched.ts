/** Longhorn's and Harvester's backing images: lost in upgrades of their own (harvester/harvester#7958). */
import { type Fact, known } from '../facts/fact.js';
import { type Host, succeeded } from '../host/host.js';
import type { InventoryOptions } from './options.js';
import { toTable } from './rows.js';

const disks = ['/var/lib/longhorn', '/var/lib/harvester/defaultdisk'] as const;
const moreDisks = '/var/lib/harvester/extra-disks';

/**
 * Image file, bytes, bytes by its own description, checksum by its description, measured checksum. The last is `-`
 * unless it is asked for: images are many GiB.
 */
export async function readWatchedTable(host: Host, _folder: string, options: InventoryOptions): Promise<Fact<string>> {
	const more = ((await host.files.list(moreDisks)) ?? []).map((name) => `${moreDisks}/${name}`);
	const rows: string[][] = [];
	for (const disk of [...disks, ...more]) {
		const images = `${disk}/backing-images`;
		for (const name of (await host.files.list(images)) ?? []) {
			rows.push(await describeImage(host, `${images}/${name}`, options.isDeep === true));
		}
		for (const name of (await host.files.list(`${disk}/replicas`)) ?? []) rows.push([`${disk}/replicas/${name}`]);
	}
	return known(toTable(rows), [...disks, moreDisks].join(', '));
}

async function describeImage(host: Host, folder: string, isDeep: boolean): Promise<string[]> {
	const stat = await host.files.stat(`${folder}/backing`);
	const described = parseDescription(await host.files.read(`${folder}/backing.cfg`));
	const measured = isDeep && stat !== undefined ? await measure(host, `${folder}/backing`) : '-';
	return [`${folder}/backing`, String(stat?.size ?? '-'), described.size, described.checksum, measured];
}

/** JSON with `size` in bytes and a SHA-512 (backing-image-manager, pkg/types). */
function parseDescription(text: string | undefined): { readonly size: string; readonly checksum: string } {
	const nothing = { size: '-', checksum: '-' };
	if (text === undefined) return nothing;
	try {
		const { size, currentChecksum, expectedChecksum } = JSON.parse(text);
		return { size: String(size ?? '-'), checksum: String(currentChecksum || expectedChecksum || '-') };
	} catch (error) {
		if (error instanceof SyntaxError || error instanceof TypeError) return nothing;
		throw error;
	}
}

async function measure(host: Host, path: string): Promise<string> {
	const result = await host.run({ argv: ['sha512sum', '--', path], timeoutSeconds: Number.POSITIVE_INFINITY });
	return succeeded(result) ? (/^\\?([0-9a-f]{128})/.exec(result.stdout)?.[1] ?? '-') : '-';
}
