import { describe, expect, it } from 'vitest';
import { parseSnapshotName } from '../../src/zfs/names.js';
import { ZfsParseError } from '../../src/zfs/parse-error.js';
import { parseHolds, readHolds } from '../../src/zfs/zfs-holds.js';
import { loadRecording } from '../fixtures/load.js';
import { createTableHost } from '../support/table-host.js';

describe('holds', () => {
	it.each(['zfs-2.1.11', 'zfs-2.3.2'])('are read from %s', (version) => {
		expect(parseHolds(loadRecording(`lab/${version}/zfs-holds.txt`).stdout)).toEqual([
			{ snapshot: 'fx/data@a', tag: 'keep' },
		]);
	});

	it('keep tags with spaces and tabs whole', () => {
		expect(parseHolds('my pool@a b\tfor Ann, \t ask\tSun Nov  2 08:27 2026\n')).toEqual([
			{ snapshot: 'my pool@a b', tag: 'for Ann, \t ask' },
		]);
	});

	it('are refused when a line is cut', () => {
		expect(() => parseHolds('fx/data@a\tkeep\tSun Nov')).toThrow(ZfsParseError);
	});

	it('are asked for 64 snapshots at a time', async () => {
		const snapshots = Array.from({ length: 130 }, (_, index) => parseSnapshotName(`tank@${index}`));
		const host = createTableHost({
			commands: [
				[
					'zfs holds -H *',
					({ argv }) =>
						argv
							.slice(3)
							.map((name) => `${name}\tt\tSun Nov 22 08:27 2026\n`)
							.join(''),
				],
			],
		});
		const holds = await readHolds(host, snapshots);
		expect(holds.known && holds.value).toHaveLength(130);
		expect(host.calls).toHaveLength(3);
	});

	it('are unknown when a snapshot has gone meanwhile', async () => {
		const host = createTableHost({
			commands: [['zfs holds *', { exit: 1, stderr: "cannot open 'tank@a': dataset does not exist\n" }]],
		});
		expect(await readHolds(host, [parseSnapshotName('tank@a')])).toEqual({
			known: false,
			why: "zfs holds: cannot open 'tank@a': dataset does not exist",
		});
	});

	it('need no command when nothing is held', async () => {
		expect(await readHolds(createTableHost(), [])).toMatchObject({ known: true, value: [] });
	});
});
