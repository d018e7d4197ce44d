/**
 * Datasets that a replication receives into. The next receive needs the snapshot that it sent last to be the newest
 * one: a snapshot of ours on top ends it ("most recent snapshot does not match incremental source"), a hold on that
 * one ends `receive -F` too, and where source and target bear a snapshot of the same name `send -I` fails with
 * "cannot restore to ...: destination already exists" (measured with 2.3.2).
 */
import { type Fact, known } from '../facts/fact.js';
import type { Command, Host } from '../host/host.js';
import { parseCount, parsePrintedName } from './fields.js';
import { limits } from './limits.js';
import {
	type DatasetName,
	datasetOf,
	parseDatasetName,
	parseSnapshotName,
	poolOf,
	type SnapshotName,
} from './names.js';
import { walk } from './walk.js';
import type { Listing } from './zfs-list.js';

const subject = 'zfs list';
const isCount = (field: string) => /^\d+$/.test(field);

interface Age {
	readonly name: DatasetName;
	/** Seconds since the epoch. */
	readonly creation: number;
	/** Bytes written since the newest snapshot. */
	readonly written: bigint;
}

const ageListing: Listing<Age> = {
	command: list('filesystem,volume', 'name,creation,written'),
	rows: { subject, columns: 3, isLast: isCount },
	toItem: ([name = '', creation = '', written = '']) => ({
		name: parsePrintedName(name, parseDatasetName, subject),
		creation: Number(parseCount(creation, subject)),
		written: parseCount(written, subject),
	}),
};

const snapshotAgeListing: Listing<{ readonly name: SnapshotName; readonly creation: number }> = {
	command: list('snapshot', 'name,creation'),
	rows: { subject, columns: 2, isLast: isCount },
	toItem: ([name = '', creation = '']) => ({
		name: parsePrintedName(name, parseSnapshotName, subject),
		creation: Number(parseCount(creation, subject)),
	}),
};

function list(types: string, columns: string): Command {
	return { argv: ['zfs', 'list', '-Hp', '-t', types, '-o', columns], timeoutSeconds: limits.listing };
}

/**
 * Replicas to which nothing was written since their newest snapshot, so that it holds all that another would. A received
 * snapshot keeps the time at which it was taken, so the oldest one of a replica is as old as the replica or older. (Of a
 * promoted clone that is true as well; nothing is lost by taking it for a replica.) A pool's own dataset is never one.
 */
export async function findReplicas(host: Host): Promise<Fact<readonly DatasetName[]>> {
	const unwritten = new Map<DatasetName, number>();
	const ages = await walk(host, ageListing, ({ name, creation, written }) => {
		if (written === 0n && name !== poolOf(name)) unwritten.set(name, creation);
	});
	if (!ages.known) return ages;
	const replicas = new Set<DatasetName>();
	const snapshots = await walk(host, snapshotAgeListing, ({ name, creation }) => {
		const dataset = datasetOf(name);
		const born = unwritten.get(dataset);
		if (born !== undefined && creation <= born) replicas.add(dataset);
	});
	if (!snapshots.known) return snapshots;
	return known([...replicas], ages.source);
}
