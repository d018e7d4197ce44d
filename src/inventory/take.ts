import { type Fact, known, unknown } from '../facts/fact.js';
import { answer, guarded } from '../facts/read-text.js';
import { createReadingPass } from '../facts/reading-pass.js';
import type { Host } from '../host/host.js';
import { quoteForDisplay } from '../host/text.js';
import { findReadingProblem } from '../zfs/ask.js';
import { type Listing, listings, sortCommand } from './listings.js';
import {
	type FileName,
	fileNames,
	type InventoryFile,
	type InventoryManifest,
	makeManifest,
	manifestName,
} from './manifest.js';
import type { InventoryOptions } from './options.js';
import { tables } from './tables.js';

/**
 * Takes the inventory of pools, datasets, snapshots and of what hangs on them into a folder, which is made anew. Files
 * are 0600. Without pools, datasets, properties, snapshots and bookmarks there is no inventory; what else could not be
 * read is listed as unknown, with the reason.
 * @param folder below the run's own folder
 */
export async function takeInventory(
	localHost: Host,
	folder: string,
	options: InventoryOptions = {},
): Promise<Fact<InventoryManifest>> {
	const host = createReadingPass(localHost);
	return guarded(folder, async () => {
		const takenAt = host.now();
		await host.files.makeDirectory(folder, { mode: 0o700 });
		for (const name of [manifestName, ...fileNames]) await host.files.remove(`${folder}/${name}`);
		const files: Partial<Record<FileName, InventoryFile>> = {};
		const taken = await Promise.all(
			listings.map(async (listing) => [listing.file, await takeListing(host, folder, listing)] as const),
		);
		for (const [name, listed] of taken) {
			if (!listed.known) return listed;
			files[name] = listed.value;
		}
		for (const [name, readTable] of tables) {
			const table = await guarded(name, () => readTable(host, folder, options));
			files[name] = table.known
				? await writeTable(host, folder, name, table.value, table.source)
				: { state: 'unknown', why: table.why };
		}
		const manifest = makeManifest(takenAt, files as InventoryManifest['files']);
		await host.files.write(`${folder}/${manifestName}`, `${JSON.stringify(manifest, null, '\t')}\n`, { mode: 0o600 });
		return known(manifest, folder);
	});
}

async function takeListing(host: Host, folder: string, { file, command }: Listing): Promise<Fact<InventoryFile>> {
	const outputFile = `${folder}/${file}`;
	const { results } = await host.pipe({ commands: [command, sortCommand], outputFile });
	for (const result of results) {
		const problem = findReadingProblem(result);
		if (problem !== undefined) return unknown(`${quoteForDisplay(result.command.argv)}: ${problem.message}`);
	}
	return answer(outputFile, () => describeFile(host, outputFile, quoteForDisplay(command.argv)));
}

async function writeTable(
	host: Host,
	folder: string,
	name: FileName,
	text: string,
	source: string,
): Promise<InventoryFile> {
	await host.files.write(`${folder}/${name}`, text, { mode: 0o600 });
	return describeFile(host, `${folder}/${name}`, source);
}

async function describeFile(host: Host, path: string, source: string): Promise<InventoryFile> {
	let lines = 0;
	for await (const _ of host.files.lines(path)) lines += 1;
	return { state: 'taken', source, lines, sha256: (await host.files.checksum(path)) ?? '' };
}
