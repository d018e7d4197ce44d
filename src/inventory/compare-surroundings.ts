/** Tables of what hangs on the pools. They are small. */

import type { Found } from './collector.js';
import type { Fates } from './compare-datasets.js';
import type { Owners } from './owners.js';
import { fieldsOf } from './rows.js';
import { mergeTable, type Sides } from './sides.js';

/** Holds that programs set and release as they work. */
const programHold = /^(?:zrepl_|zfs_autobackup:|\.send-|syncoid|pyznap)/;

export async function compareHolds(sides: Sides, fates: Fates): Promise<void> {
	const [movedBefore, movedAfter] = [new Set<string>(), new Set<string>()];
	const movedTo = new Set(fates.renamed.values());
	const tellMissing = (key: string) => {
		const [subject = '', tag] = fieldsOf(key);
		if (programHold.test(tag ?? '')) sides.found.count('hold', 'Holds that replication programs released');
		else sides.found.must('warning', { kind: 'hold', subject, before: tag, text: `A hold on "${subject}" is gone.` });
	};
	for await (const { key, before, after } of mergeTable(sides, 'holds.tsv', 2)) {
		const dataset = key.slice(0, key.indexOf('@'));
		const isMoved = before.length > 0 && fates.renamed.has(dataset);
		if (isMoved) movedBefore.add(`${fates.nameNow(dataset)}${key.slice(dataset.length)}`);
		if (after.length > 0 && movedTo.has(dataset)) movedAfter.add(key);
		if (after.length === 0 && !isMoved && !fates.isGone(dataset)) tellMissing(key);
	}
	for (const key of movedBefore) if (!movedAfter.has(key)) tellMissing(key);
}

/** Filesystems that are mounted, but somewhere else. That one is not mounted at all is told with the datasets. */
export async function compareMounts(sides: Sides, owners: Owners, fates: Fates): Promise<void> {
	for await (const { key, before, after } of mergeTable(sides, 'mounts.tsv', 1)) {
		const isAutomatic = key.includes('@');
		if (isAutomatic || owners.isLayer(key) || fates.isGone(key) || fates.isUnmounted(key) || fates.renamed.has(key))
			continue;
		const now = new Set(after.map(pointOf));
		const lost = before.map(pointOf).filter((point) => !now.has(point));
		if (lost.length === 0) continue;
		sides.found.must('blocker', {
			kind: 'mount',
			subject: key,
			before: lost.join(', '),
			after: after.length === 0 ? undefined : [...now].join(', '),
			text: `Dataset "${key}" is not mounted where it was.`,
		});
	}
}

function pointOf(row: string): string {
	return fieldsOf(row)[1] ?? '';
}

export async function compareVolumes(sides: Sides, fates: Fates): Promise<void> {
	for await (const { key, after } of mergeTable(sides, 'zvols.tsv', 1)) {
		// udev writes a blank as a plus sign (zvol_id.c).
		const dataset = key.replace(/-part\d+$/, '').replaceAll('+', ' ');
		if (after.length > 0 || fates.isGone(dataset) || fates.renamed.has(dataset)) continue;
		const link: Found = { kind: 'zvol', subject: `/dev/zvol/${key}`, text: `/dev/zvol/${key} is missing.` };
		if (/-part\d+$|@/.test(key)) sides.found.may(link);
		else sides.found.must('blocker', link);
	}
}

export async function compareShares(sides: Sides): Promise<void> {
	for await (const { key, before, after } of mergeTable(sides, 'shares.tsv', 3)) {
		const [kind = '', path = '', client = ''] = fieldsOf(key);
		const subject = `${kind} ${path} ${client}`.trim();
		if (after.length === 0)
			sides.found.must('warning', { kind: 'share', subject, text: `${subject} is not shared any more.` });
		else if (before.length === 0) sides.found.may({ kind: 'share', subject, text: `${subject} is shared now.` });
	}
}

/** Without these nothing else of ZFS is there. */
const grave = /^zfs[-.]/;

export async function compareUnits(sides: Sides): Promise<void> {
	for await (const { key, before, after } of mergeTable(sides, 'units.tsv', 1)) {
		const [, state, enabled = ''] = fieldsOf(before[0] ?? '');
		const [, newState = 'inactive', , hold] = fieldsOf(after[0] ?? '');
		if (state !== 'active' || newState === 'active' || hold === 'held') continue;
		const change: Found = { kind: 'unit', subject: key, before: state, after: newState, text: textOf(key, newState) };
		if (newState === 'starting') sides.found.count('unit', 'Units that are still starting');
		else if (newState === 'skipped' || newState === 'failed') {
			sides.found.must(grave.test(key) ? 'blocker' : 'warning', change);
		} else if (enabled === 'enabled' || enabled === 'generated') sides.found.must('warning', change);
		else sides.found.count('unit', 'Units that others start and that are not active now');
	}
}

function textOf(unit: string, state: string): string {
	if (state === 'skipped')
		return `${unit} was skipped: its condition failed, which systemd does not count as a failure.`;
	return state === 'failed' ? `${unit} failed.` : `${unit} is not active any more.`;
}

export async function compareWatched(sides: Sides): Promise<void> {
	for await (const { key, before, after } of mergeTable(sides, 'watched.tsv', 1)) {
		const [, size, , described, measured] = fieldsOf(before[0] ?? '');
		const [, newSize, newDescribedSize, newDescribed, newMeasured] = fieldsOf(after[0] ?? '');
		const file = { kind: 'watched-file' as const, subject: key };
		if (before.length === 0) sides.found.may({ ...file, text: `${key} is new.` });
		else if (after.length === 0) {
			sides.found.must(size === undefined ? 'warning' : 'blocker', { ...file, before: size, text: `${key} is gone.` });
		} else if (size !== newSize || (newDescribedSize !== '-' && newDescribedSize !== newSize)) {
			const sizes = { before: `${size} bytes`, after: `${newSize} bytes, ${newDescribedSize} by its description` };
			sides.found.must('blocker', { ...file, ...sizes, text: `${key} has another size.` });
		} else if (described !== newDescribed || (measured !== '-' && newMeasured !== '-' && measured !== newMeasured)) {
			sides.found.must('blocker', { ...file, text: `${key} has another checksum.` });
		}
	}
}

export async function compareRuntimes(sides: Sides): Promise<void> {
	for await (const { key, before, after } of mergeTable(sides, 'runtimes.tsv', 2)) {
		const [what = '', unit] = fieldsOf(key);
		const [count, newCount] = [fieldsOf(before[0] ?? '')[2], fieldsOf(after[0] ?? '')[2]];
		if (count === undefined || count === '0' || count === newCount) continue;
		const change: Found = {
			kind: 'runtime',
			subject: what,
			before: count,
			after: newCount,
			text: `${what}: not as many as before.`,
		};
		if (newCount === undefined || newCount === '0') {
			sides.found.must('blocker', { ...change, text: `${what}: all gone. Is its store mounted?` });
		} else if (unit === 'count' && Number(newCount) < Number(count)) sides.found.must('warning', change);
		else sides.found.may({ ...change, text: `${what} changed.` });
	}
}
