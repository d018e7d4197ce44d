import type { Host } from '../../src/host/host.js';
import type { OwnedDataset } from '../../src/zfs/owned.js';
import type { SmokeCase } from './cases.js';
import { dataFolders, type Moment, mountpointOf, type Scratch, snapshotAt } from './scratch.js';

/** Checksums of the files that were written at each moment, by `<dataset>:<moment>`. */
export type Checksums = ReadonlyMap<string, string>;

/** Reads what was written at one moment. Throws when a file that was just written cannot be read. */
export async function checksumsAt(host: Host, scratch: Scratch, moment: Moment): Promise<Checksums> {
	const sums = new Map<string, string>();
	for (const folder of dataFolders(scratch)) {
		const path = `${folder.path}/data-${moment}`;
		const sum = await host.files.checksum(path);
		if (sum === undefined) {
			throw new Error(`The smoke test wrote ${path}, but it is not there.`);
		}
		sums.set(`${folder.dataset}:${moment}`, sum);
	}
	return sums;
}

/** The pairs of a source dataset and where it should have arrived. */
export function arrivalsOf(scratch: Scratch, one: SmokeCase): readonly { from: OwnedDataset; to: OwnedDataset }[] {
	const arrivals = [{ from: one.source, to: one.target }];
	if (one.withChild) {
		arrivals.push({ from: scratch.child, to: `${one.target}/child` as OwnedDataset });
	}
	return arrivals;
}

/** Snapshots that did not arrive, or arrived with another guid. Empty: all are the same. */
export function compareGuids(scratch: Scratch, one: SmokeCase, guids: ReadonlyMap<string, string>): readonly string[] {
	return arrivalsOf(scratch, one).flatMap(({ from, to }) =>
		one.arrives.flatMap((moment) => {
			const expected = guids.get(snapshotAt(from, moment));
			const arrived = guids.get(snapshotAt(to, moment));
			if (arrived === undefined) return [`${to}@${moment} did not arrive`];
			return arrived === expected ? [] : [`${to}@${moment} has guid ${arrived}, the source ${expected ?? 'unknown'}`];
		}),
	);
}

/** Files whose contents differ from what was written, in a received dataset that is mounted. */
export async function compareContents(
	host: Host,
	scratch: Scratch,
	one: SmokeCase,
	written: Checksums,
): Promise<readonly string[]> {
	const upTo = one.arrives.at(-1);
	const problems: string[] = [];
	for (const { from, to } of arrivalsOf(scratch, one)) {
		for (const moment of ['a', 'b', 'c'] as const) {
			if (upTo === undefined || moment > upTo) continue;
			const path = `${mountpointOf(scratch, to)}/data-${moment}`;
			const sum = await host.files.checksum(path);
			if (sum === undefined) problems.push(`${path} is missing`);
			else if (sum !== written.get(`${from}:${moment}`)) problems.push(`${path} has other contents than what was sent`);
		}
	}
	return problems;
}
