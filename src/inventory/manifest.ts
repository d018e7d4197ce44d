/** The list of what an inventory holds. It is written last: a folder without one was not finished. */
import type { Host } from '../host/host.js';

export const manifestName = 'manifest.json';
const schemaVersion = 1;

/** Names of the files, in the order in which they are taken. */
export const fileNames = [
	'pools.tsv',
	'pool-properties.tsv',
	'datasets.tsv',
	'properties.tsv',
	'snapshots.tsv',
	'bookmarks.tsv',
	'holds.tsv',
	'mounts.tsv',
	'zvols.tsv',
	'shares.tsv',
	'units.tsv',
	'watched.tsv',
	'runtimes.tsv',
] as const;
export type FileName = (typeof fileNames)[number];

export type InventoryFile =
	| {
			readonly state: 'taken';
			/** Command or file that it was read from. */
			readonly source: string;
			readonly lines: number;
			/** Hex. */
			readonly sha256: string;
	  }
	| { readonly state: 'unknown'; readonly why: string };

export interface InventoryManifest {
	readonly schemaVersion: typeof schemaVersion;
	/** Seconds since the epoch. */
	readonly takenAt: number;
	readonly files: Readonly<Record<FileName, InventoryFile>>;
}

export function makeManifest(takenAt: number, files: InventoryManifest['files']): InventoryManifest {
	return { schemaVersion, takenAt, files };
}

/** @returns why not, as a text, when the folder holds no whole inventory. @throws HostError */
export async function readManifest(host: Host, folder: string): Promise<InventoryManifest | string> {
	const text = await host.files.read(`${folder}/${manifestName}`);
	if (text === undefined) return `${folder} holds no finished inventory`;
	const manifest = parseManifest(text);
	if (manifest === undefined) return `${folder}/${manifestName} is not one of this program`;
	for (const name of fileNames) {
		const file = manifest.files[name];
		if (file.state === 'taken' && (await host.files.checksum(`${folder}/${name}`)) !== file.sha256) {
			return `${folder}/${name} is not as it was written`;
		}
	}
	return manifest;
}

function parseManifest(text: string): InventoryManifest | undefined {
	try {
		const manifest: InventoryManifest = JSON.parse(text);
		const isWhole =
			manifest.schemaVersion === schemaVersion &&
			Number.isFinite(manifest.takenAt) &&
			fileNames.every((name) => isFile(manifest.files[name]));
		return isWhole ? manifest : undefined;
	} catch (error) {
		if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
		throw error;
	}
}

function isFile(file: InventoryFile): boolean {
	return file.state === 'taken'
		? Number.isFinite(file.lines) && /^[0-9a-f]{64}$/.test(file.sha256)
		: file.state === 'unknown' && typeof file.why === 'string';
}
