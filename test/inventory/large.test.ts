import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { Host } from '../../src/host/host.js';
import { compareInventories } from '../../src/inventory/compare.js';
import { columns } from '../../src/inventory/listings.js';
import { fileNames, type InventoryFile, makeManifest } from '../../src/inventory/manifest.js';
import { createTableHost } from '../support/table-host.js';

const snapshots = 100_000;
const datasets = 2000;
const mebibyte = 1024 * 1024;
setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Rows as sort(1) gives them, made when they are asked for. @param lost every so many of them is not there */
async function* snapshotRows(lost: number): AsyncGenerator<string, void, undefined> {
	for (let index = 0; index < snapshots; index += 1) {
		if (index % lost === lost - 1) continue;
		const name =
			index % 50 === 0 ? `syncoid_host_2026-11-22:01:00:${index}` : `autosnap_2026-11-22_00:00:01_daily${index}`;
		yield `1${String(index).padStart(18, '0')}\ttank/data/ds${index % datasets}@${name}\t${index}\t0`;
	}
}

async function* datasetRows(): AsyncGenerator<string, void, undefined> {
	for (let index = 0; index < datasets; index += 1) {
		const fields = [`2${String(index).padStart(18, '0')}`, `tank/data/ds${index}`, 'filesystem'];
		yield [...fields, ...Array.from({ length: columns.datasets.length - 3 }, () => '-')].join('\t');
	}
}

describe('a hundred thousand snapshots', () => {
	it('are compared without being held in memory', { timeout: 120_000 }, async () => {
		const table = createTableHost();
		let rows = 0;
		let most = 0;
		async function* watched(source: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
			for await (const row of source) {
				rows += 1;
				if (rows % 40_000 === 0) {
					collectGarbage();
					most = Math.max(most, process.memoryUsage().heapUsed);
				}
				yield row;
			}
		}
		async function* nothing(): AsyncGenerator<string, void, undefined> {}
		const file: InventoryFile = { state: 'taken', source: 'zfs list', lines: 0, sha256: '0'.repeat(64) };
		const manifest = makeManifest(0, Object.fromEntries(fileNames.map((name) => [name, file])) as never);
		const host: Host = {
			...table,
			files: {
				...table.files,
				read: async () => JSON.stringify(manifest),
				checksum: async () => file.sha256,
				lines(path) {
					if (path.endsWith('/datasets.tsv')) return watched(datasetRows());
					if (path.endsWith('/snapshots.tsv'))
						return watched(snapshotRows(path.startsWith('/after') ? 1000 : snapshots));
					return nothing();
				},
			},
		};
		collectGarbage();
		const idle = process.memoryUsage().heapUsed;
		const diff = await compareInventories(host, '/before', '/after');
		expect(diff).toMatchObject({
			known: true,
			value: { mustNotChange: [], mayChange: [{ text: 'Automatic snapshots that were pruned: 99.' }] },
		});
		expect(rows).toBeGreaterThan(3 * snapshots);
		expect((most - idle) / mebibyte).toBeLessThan(6);
	});
});
