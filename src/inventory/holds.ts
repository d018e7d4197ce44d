import { type Fact, known, unknown } from '../facts/fact.js';
import type { Host } from '../host/host.js';
import { InvalidNameError, parseSnapshotName, type SnapshotName } from '../zfs/names.js';
import { readHolds } from '../zfs/zfs-holds.js';
import { fieldsOf, toTable } from './rows.js';

/** Snapshot and tag of every hold. Only snapshots that have one by their listing are asked. */
export async function readHoldTable(host: Host, folder: string): Promise<Fact<string>> {
	const held: SnapshotName[] = [];
	try {
		for await (const line of host.files.lines(`${folder}/snapshots.tsv`)) {
			// Of most there are hundreds of thousands, and nearly none is held.
			if (/\t[0-]$/.test(line)) continue;
			const [, name = ''] = fieldsOf(line);
			held.push(parseSnapshotName(name));
		}
	} catch (error) {
		if (error instanceof InvalidNameError) return unknown(`zfs list: ${error.message}`);
		throw error;
	}
	const holds = await readHolds(host, held);
	if (!holds.known) return holds;
	return known(toTable(holds.value.map(({ snapshot, tag }) => [snapshot, tag])), holds.source);
}
