import type { Host } from '../host/host.js';
import type { Collector } from './collector.js';
import type { FileName, InventoryManifest } from './manifest.js';
import { type Match, mergeSorted } from './merge.js';

/** Both inventories and where differences go. */
export interface Sides {
	readonly found: Collector;
	readonly before: (name: FileName) => AsyncIterable<string>;
	readonly after: (name: FileName) => AsyncIterable<string>;
	/** Why a table cannot be compared; undefined where it can. */
	readonly obstacle: (name: FileName) => string | undefined;
}

export interface Side {
	readonly folder: string;
	readonly manifest: InventoryManifest;
}

export function createSides(host: Host, before: Side, after: Side, found: Collector): Sides {
	return {
		found,
		before: (name) => host.files.lines(`${before.folder}/${name}`),
		after: (name) => host.files.lines(`${after.folder}/${name}`),
		obstacle: (name) =>
			[before, after].flatMap(({ manifest }) => {
				const file = manifest.files[name];
				return file.state === 'unknown' ? [file.why] : [];
			})[0],
	};
}

/** The rows of a table on both sides by their first columns. */
export function mergeTable(sides: Sides, name: FileName, keyColumns: number): AsyncIterable<Match> {
	const keyOf = (row: string) => {
		let end = -1;
		for (let column = 0; column < keyColumns; column += 1) {
			end = row.indexOf('\t', end + 1);
			if (end === -1) return row;
		}
		return row.slice(0, end);
	};
	return mergeSorted(sides.before(name), sides.after(name), keyOf);
}
