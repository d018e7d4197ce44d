/** Guids of the snapshots below one dataset: what a receive must have carried over. */
import type { Command, Host } from '../host/host.js';
import { type Answer, ask, findReadingProblem, parseAnswer } from './ask.js';
import { parseCount, parseGuid } from './fields.js';
import type { DatasetName, SnapshotName } from './names.js';
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

/** A snapshot by name: what proves that it is still the one that was taken. */
export interface SnapshotMark {
	readonly guid: string;
	/** Holds on it. */
	readonly holds: number;
}

/** @throws ZfsParseError */
function parseSnapshotMarks(output: string): ReadonlyMap<string, SnapshotMark> {
	const marks = new Map<string, SnapshotMark>();
	for (const line of output.split('\n')) {
		if (line === '') continue;
		const [name, guid, holds, ...more] = line.split('\t');
		if (name === undefined || guid === undefined || holds === undefined || more.length > 0) {
			throw new ZfsParseError(subject, `a row of ${line.split('\t').length} fields`);
		}
		marks.set(name, { guid: parseGuid(guid, subject), holds: Number(parseCount(holds, subject)) });
	}
	return marks;
}

/**
 * Those of the named snapshots that exist. `zfs list` exits with 1 when one of them is missing and lists the others all
 * the same, so a missing name is an answer here and anything else that goes wrong is not.
 * @param names at least one
 */
export async function readSnapshotMarks(
	host: Host,
	names: readonly SnapshotName[],
): Promise<Answer<ReadonlyMap<string, SnapshotMark>>> {
	const command: Command = {
		argv: ['zfs', 'list', '-H', '-p', '-t', 'snapshot', '-o', 'name,guid,userrefs', ...names],
		timeoutSeconds: 120,
	};
	const result = await host.run(command);
	const problem = findReadingProblem(result);
	if (problem !== undefined && problem.kind !== 'no-such-dataset' && problem.kind !== 'no-such-pool') {
		return { ok: false, problem };
	}
	return parseAnswer(() => parseSnapshotMarks(result.stdout));
}
