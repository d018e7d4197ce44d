import { describe, expect, it } from 'vitest';
import { InvalidNameError, parseDatasetName } from '../../src/zfs/names.js';
import {
	claimBookmark,
	claimDataset,
	claimSnapshot,
	NotOwnedError,
	ownBookmark,
	ownDataset,
	ownedChild,
	ownedSnapshotOf,
	ownSnapshot,
	runMark,
} from '../../src/zfs/owned.js';

const run = '20261122-213000';
const tank = parseDatasetName('tank');

describe('what a run makes', () => {
	it('carries the run in its name, so that it can be claimed again after a reboot', () => {
		const scratch = ownDataset(tank, run, 'scratch');
		expect(scratch).toBe('tank/zfs-lockstep-20261122-213000.scratch');
		expect(claimDataset(scratch, run)).toBe(scratch);
		expect(claimSnapshot(ownSnapshot(tank, run), run)).toBe('tank@zfs-lockstep-20261122-213000');
		expect(claimBookmark(ownBookmark(tank, run), run)).toBe('tank#zfs-lockstep-20261122-213000');
	});

	it('owns whatever lies below a dataset of its own', () => {
		const child = ownedChild(ownDataset(tank, run), 'a b');
		expect(claimDataset(child, run)).toBe(child);
		expect(claimSnapshot(ownedSnapshotOf(child, 'x'), run)).toBe(`${child}@x`);
		expect(claimBookmark(`${child}#x`, run)).toBe(`${child}#x`);
	});

	it('refuses a name that is too long instead of making a shorter one', () => {
		expect(() => ownSnapshot(parseDatasetName(`tank/${'d'.repeat(240)}`), run)).toThrow(InvalidNameError);
	});
});

describe('what a run did not make', () => {
	it.each([
		'tank',
		'tank/data',
		'tank/zfs-lockstep-20261122-213001',
		'tank/zfs-lockstep-20261122-2130000',
		'tank/zfs-lockstep-20261122-213000-2',
		'tank/xzfs-lockstep-20261122-213000',
		'zfs-lockstep-20261122-213000',
		'zfs-lockstep-20261122-213000/data',
	])('is not owned: dataset %j', (name) => {
		expect(() => claimDataset(name, run)).toThrow(NotOwnedError);
	});

	it.each(['tank/data@daily', 'tank/data@zfs-lockstep-20261122-213001', 'zfs-lockstep-20261122-213000@x'])(
		'is not owned: snapshot %j',
		(name) => {
			expect(() => claimSnapshot(name, run)).toThrow(NotOwnedError);
		},
	);

	it('is not owned: a bookmark of somebody else', () => {
		expect(() => claimBookmark('tank/data#daily', run)).toThrow(NotOwnedError);
	});

	it.each(['', '..', 'a', '20261122.213000', '20261122-213000.x', 'a/b-c-d-e-f', 'ab cd ef gh', '-20261122'])(
		'refuses %j as the id of a run, which would own too much',
		(id) => {
			expect(() => runMark(id)).toThrow(RangeError);
		},
	);
});
