import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/host/host.js';
import { createDataset, destroyDataset, loadKey, mountDataset } from '../../src/zfs/dataset-commands.js';
import { parseDatasetName, parsePoolName, parseSnapshotName } from '../../src/zfs/names.js';
import { ownBookmark, ownDataset, ownSnapshot } from '../../src/zfs/owned.js';
import { createCheckpoint, discardCheckpoint, listEvents, waitForPool } from '../../src/zfs/pool-commands.js';
import { abortReceive, parseReceivedStreams, receive } from '../../src/zfs/receive.js';
import {
	createBookmark,
	createSnapshots,
	destroyBookmark,
	destroySnapshot,
	diffSnapshots,
	holdSnapshot,
	holdTagOf,
	releaseSnapshot,
} from '../../src/zfs/snapshot-commands.js';
import { loadRecording } from '../fixtures/load.js';

const run = '20261122-213000';
const tank = parsePoolName('tank');
const scratch = ownDataset(tank, run);
const snapshot = ownSnapshot(parseDatasetName('tank/my data'), run);
const tag = holdTagOf(run);

describe('commands', () => {
	it.each<[Command, string]>([
		[
			createSnapshots([ownSnapshot(tank, run)], { recursive: true }),
			'zfs|snapshot|-r|tank@zfs-lockstep-20261122-213000',
		],
		[createSnapshots([snapshot]), 'zfs|snapshot|tank/my data@zfs-lockstep-20261122-213000'],
		[holdSnapshot(tag, snapshot, { recursive: true }), `zfs|hold|-r|zfs-lockstep-20261122-213000|${snapshot}`],
		[releaseSnapshot(tag, snapshot), `zfs|release|zfs-lockstep-20261122-213000|${snapshot}`],
		[destroySnapshot(snapshot, { recursive: true }), `zfs|destroy|-r|${snapshot}`],
		[
			createBookmark(parseSnapshotName('tank@a'), ownBookmark(tank, run)),
			'zfs|bookmark|tank@a|tank#zfs-lockstep-20261122-213000',
		],
		[destroyBookmark(ownBookmark(tank, run)), 'zfs|destroy|tank#zfs-lockstep-20261122-213000'],
		[diffSnapshots(parseSnapshotName('tank@a'), parseSnapshotName('tank@b')), 'zfs|diff|-H|tank@a|tank@b'],
		[destroyDataset(scratch), `zfs|destroy|-r|${scratch}`],
		[mountDataset(scratch), `zfs|mount|${scratch}`],
		[createDataset(scratch, { properties: { 'org.x:y': '-a=b c' } }), `zfs|create|-o|org.x:y=-a=b c|${scratch}`],
		[createDataset(scratch, { volumeBytes: 1n << 33n }), `zfs|create|-s|-V|8589934592|${scratch}`],
		[receive(scratch), `zfs|receive|-v|-u|${scratch}`],
		[
			receive(scratch, { resumable: true, properties: { canmount: 'noauto' }, without: ['mountpoint'] }),
			`zfs|receive|-v|-u|-s|-o|canmount=noauto|-x|mountpoint|${scratch}`,
		],
		[abortReceive(scratch), `zfs|receive|-A|${scratch}`],
		[createCheckpoint(tank), 'zpool|checkpoint|tank'],
		[discardCheckpoint(tank), 'zpool|checkpoint|-d|-w|tank'],
		[listEvents(), 'zpool|events|-H'],
		[waitForPool(tank, ['scrub', 'resilver'], 60), 'zpool|wait|-t|scrub,resilver|tank'],
	])('keep every word apart: %j', (command, words) => {
		expect(command.argv.join('|')).toBe(words);
	});

	it('never put a key where other users can see it', () => {
		for (const command of [loadKey(scratch, 'secret word'), createDataset(scratch, { key: 'secret word' })]) {
			expect(command.argv.join(' ')).not.toContain('secret');
			expect(command.input).toBe('secret word\n');
		}
	});

	it.each(['-o', 'a=b', 'a b', '', 'A'])('refuse %j as the name of a property', (property) => {
		expect(() => createDataset(scratch, { properties: { [property]: 'x' } })).toThrow(RangeError);
		expect(() => receive(scratch, { without: [property] })).toThrow(RangeError);
	});

	it('may change datasets and snapshots only where the compiler saw the proof that the run made them', () => {
		// @ts-expect-error A name is no proof.
		expect(destroyDataset(parseDatasetName('tank/home')).argv).toContain('tank/home');
		// @ts-expect-error
		expect(destroySnapshot(parseSnapshotName('tank@daily')).argv).toContain('tank@daily');
		// @ts-expect-error
		expect(receive(parseDatasetName('tank/home')).argv).toContain('tank/home');
		// @ts-expect-error
		expect(releaseSnapshot('keep', snapshot).argv).toContain('keep');
	});

	it('that lose data or the way back do not exist', () => {
		const folder = path.join(import.meta.dirname, '../../src/zfs');
		for (const file of readdirSync(folder)) {
			const code = readFileSync(path.join(folder, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
			expect(code, file).not.toMatch(/'(?:upgrade|rollback|-F|-f|-rf|-rR)'/);
		}
	});
});

describe('parseReceivedStreams', () => {
	it('tells which snapshots a receive began with', () => {
		const full = loadRecording('lab/zfs-2.1.11/recv-ok.txt').stdout;
		const increment = loadRecording('lab/zfs-2.3.2/recv-i-ok.txt').stdout;
		expect(parseReceivedStreams(full + increment)).toEqual([
			{ kind: 'full', from: 'fx/data@a', into: 'fx/r1@a' },
			{ kind: 'incremental', from: 'fx/data@b', into: 'fx/r1@b' },
		]);
	});
});
