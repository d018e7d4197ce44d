/** What hangs on the pools, read by this program: small tables. */
import type { Fact } from '../facts/fact.js';
import type { Host } from '../host/host.js';
import { readHoldTable } from './holds.js';
import type { FileName } from './manifest.js';
import { readMountTable } from './mounts.js';
import type { InventoryOptions } from './options.js';
import { readRuntimeTable } from './runtimes.js';
import { readShareTable } from './shares.js';
import { readUnitTable } from './units.js';
import { readWatchedTable } from './watched.js';
import { readVolumeTable } from './zvols.js';

/** @param folder the inventory so far */
type TableReader = (host: Host, folder: string, options: InventoryOptions) => Promise<Fact<string>>;

export const tables: readonly (readonly [name: FileName, read: TableReader])[] = [
	['holds.tsv', readHoldTable],
	['mounts.tsv', readMountTable],
	['zvols.tsv', readVolumeTable],
	['shares.tsv', readShareTable],
	['units.tsv', readUnitTable],
	['watched.tsv', readWatchedTable],
	['runtimes.tsv', readRuntimeTable],
];
