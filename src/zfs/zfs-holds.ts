/** `zfs holds`: who keeps snapshots from being destroyed. */

import { type Fact, known, unknown } from '../facts/fact.js';
import type { Command, Host } from '../host/host.js';
import { ask } from './ask.js';
import { parsePrintedName } from './fields.js';
import { limits } from './limits.js';
import { parseSnapshotName, type SnapshotName } from './names.js';
import { parseRows } from './rows.js';

export interface Hold {
	readonly snapshot: SnapshotName;
	/** Any text but tabs and line breaks is taken for a tag. */
	readonly tag: string;
}

const subject = 'zfs holds';
/** Tools before 2.2 ask for each snapshot once for every argument (holds_callback), so not too many at a time. */
const snapshotsPerCommand = 64;

/** The third column is a time, `Sun Nov 22 08:27 2026`, in local time and without seconds: of no use. */
const timestamp = /^\w{3} \w{3} [ \d]\d [ \d]\d:\d\d \d{4}$/;

function holdsCommand(snapshots: readonly SnapshotName[]): Command {
	return { argv: ['zfs', 'holds', '-H', ...snapshots], timeoutSeconds: limits.listing };
}

/** @throws ZfsParseError */
export function parseHolds(output: string): readonly Hold[] {
	const rows = parseRows(output, { subject, columns: 3, isLast: (field) => timestamp.test(field), freeColumn: 1 });
	return rows.map(([snapshot = '', tag = '']) => ({
		snapshot: parsePrintedName(snapshot, parseSnapshotName, subject),
		tag,
	}));
}

/**
 * The holds on some snapshots, by one command for 64 of them.
 * @param snapshots those that have holds by their listing; asking for the others would be in vain
 */
export async function readHolds(host: Host, snapshots: readonly SnapshotName[]): Promise<Fact<readonly Hold[]>> {
	const holds: Hold[] = [];
	for (let start = 0; start < snapshots.length; start += snapshotsPerCommand) {
		const command = holdsCommand(snapshots.slice(start, start + snapshotsPerCommand));
		const answer = await ask(host, command, parseHolds);
		if (!answer.ok) return unknown(`${subject}: ${answer.problem.message}`);
		holds.push(...answer.value);
	}
	return known(holds, subject);
}
