import { findEntry } from '../../dataset-names.js';
import type { Tree } from '../../machine.js';
import { mountpointOf } from '../../mounts.js';
import { isSameContent } from '../../node.js';
import { hasOption, parseOptions } from '../../options.js';
import type { Session } from '../../session.js';
import { hasAbiBreak } from '../../zfs-version.js';
import { openLibrary } from './library.js';
import { refuseOptions, refuseUsage } from './usage.js';

export function zfsDiff(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: 'FHth' });
	const refused = refuseOptions(session, 'diff', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	const [from, to] = parsed.operands;
	if (from === undefined) {
		return refuseUsage(session, 'diff', 'must provide at least one snapshot name');
	}
	const first = findEntry(session.machine, from);
	const second = findEntry(session.machine, to ?? from.split('@', 1)[0] ?? '');
	if (first?.kind !== 'snapshot' || second === undefined || second.kind === 'bookmark') {
		session.err(`cannot open '${first === undefined ? from : (to ?? '')}': dataset does not exist`);
		return 1;
	}
	if (hasAbiBreak(session.machine)) {
		// openzfs/zfs#17137: zc_cleanup_fd is read from another place.
		session.err('Unable to obtain diffs: Bad file descriptor');
		return 1;
	}
	session.wait(0.2);
	const place = mountpointOf(first.pool.datasets, first.datasetName);
	const after = second.kind === 'snapshot' ? second.snapshot.content : second.dataset.content;
	const changes = compareTrees(first.snapshot.content, after);
	const folders = changes.length === 0 ? [] : [`M\t${withType('/', hasOption(parsed, 'F'))}${place}/`];
	const lines = [
		...folders,
		...changes.map(([sign, path]) => `${sign}\t${withType('F', hasOption(parsed, 'F'))}${place}/${path}`),
	];
	if (lines.length > 0) session.out(lines.join('\n'));
	return 0;
}

function withType(letter: string, wanted: boolean): string {
	return wanted ? `${letter}\t` : '';
}

function compareTrees(before: Tree, after: Tree): readonly (readonly ['M' | '+' | '-', string])[] {
	const changed = Object.keys(before).flatMap((path): (readonly ['M' | '-', string])[] => {
		if (after[path] === undefined) return [['-', path]];
		return isSameContent(before[path], after[path]) ? [] : [['M', path]];
	});
	const added = Object.keys(after).flatMap((path): (readonly ['+', string])[] =>
		before[path] === undefined ? [['+', path]] : [],
	);
	return [...changed, ...added];
}
