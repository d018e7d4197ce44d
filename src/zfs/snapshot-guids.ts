/** Guids of the snapshots below one dataset: what a receive must have carried over. */
import type { Command, Host } from '../host/host.js';
import { type Answer, ask } from './ask.js';
import { parseGuid } from './fields.js';
import type { DatasetName } from './names.js';
import { ZfsParseError } from './parse-error.js';

const subject = 'zfs list -t snapshot';

function snapshotGuidsCommand(dataset: DatasetName): Command {
	return { argv: ['zfs', 'list', '-H', '-p', '-r', '-t', 'snapshot', '-o', 'name,guid', dataset], timeoutSeconds: 120 };
}

/** @throws ZfsParseError */
export function parseSnapshotGuids(output: string): ReadonlyMap<string, string> {
	const guids = new Map<string, string>();
	for (const line of output.split('\n')) {
		if (line === '') continue;
		const [name, guid, ...more] = line.split('\t');
		if (name === undefined || guid === undefined || more.length > 0) {
			throw new ZfsParseError(subject, `a row of ${line.split('\t').length} fields`);
		}
		guids.set(name, parseGuid(guid, subject));
	}
	return guids;
}

/** Guid by snapshot name, of `dataset` and everything below it. */
export async function readSnapshotGuids(
	host: Host,
	dataset: DatasetName,
): Promise<Answer<ReadonlyMap<string, string>>> {
	return ask(host, snapshotGuidsCommand(dataset), parseSnapshotGuids);
}
