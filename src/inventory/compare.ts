import { type Fact, known, unknown } from '../facts/fact.js';
import { guarded } from '../facts/read-text.js';
import type { Host } from '../host/host.js';
import { createCollector } from './collector.js';
import { compareDatasets } from './compare-datasets.js';
import { comparePoolProperties, comparePools } from './compare-pools.js';
import { compareProperties } from './compare-properties.js';
import { comparePoints } from './compare-snapshots.js';
import {
	compareHolds,
	compareMounts,
	compareRuntimes,
	compareShares,
	compareUnits,
	compareVolumes,
	compareWatched,
} from './compare-surroundings.js';
import type { InventoryDiff } from './diff.js';
import { type FileName, readManifest } from './manifest.js';
import { UnsortedError } from './merge.js';
import { findOwners } from './owners.js';
import { createSides } from './sides.js';

/**
 * What differs between two inventories, read as streams: memory does not grow with the number of snapshots.
 * Unknown when one of them is not whole.
 * @param before folder of the one from before the upgrade
 * @param after folder of the later one
 */
export async function compareInventories(host: Host, before: string, after: string): Promise<Fact<InventoryDiff>> {
	const source = `${before}, ${after}`;
	return guarded(source, async () => {
		const [old, now] = [await readManifest(host, before), await readManifest(host, after)];
		if (typeof old === 'string') return unknown(old);
		if (typeof now === 'string') return unknown(now);
		const found = createCollector();
		const sides = createSides(host, { folder: before, manifest: old }, { folder: after, manifest: now }, found);
		try {
			const owners = await findOwners(sides);
			const missingPools = await comparePools(sides, owners);
			await comparePoolProperties(sides, missingPools);
			const fates = await compareDatasets(sides, owners, missingPools);
			await compareProperties(sides, owners, fates);
			await comparePoints(sides, 'snapshots.tsv', owners, fates);
			await comparePoints(sides, 'bookmarks.tsv', owners, fates);
			const surroundings: readonly (readonly [FileName, () => Promise<void>])[] = [
				['holds.tsv', () => compareHolds(sides, fates)],
				['mounts.tsv', () => compareMounts(sides, owners, fates)],
				['zvols.tsv', () => compareVolumes(sides, fates)],
				['shares.tsv', () => compareShares(sides)],
				['units.tsv', () => compareUnits(sides)],
				['watched.tsv', () => compareWatched(sides)],
				['runtimes.tsv', () => compareRuntimes(sides)],
			];
			for (const [name, compare] of surroundings) {
				const obstacle = sides.obstacle(name);
				if (obstacle === undefined) await compare();
				else
					found.must('warning', {
						kind: 'not-compared',
						subject: name,
						text: `Not compared: ${name}, for ${obstacle}.`,
					});
			}
		} catch (error) {
			if (error instanceof UnsortedError) return unknown(`${source}: ${error.message}`);
			throw error;
		}
		return known(found.result(), source);
	});
}
