import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	datasetOf,
	InvalidNameError,
	parseBookmarkName,
	parseDatasetName,
	parsePoolName,
	parseSnapshotName,
	poolOf,
	shortNameOf,
	snapshotOf,
} from '../../src/zfs/names.js';

const longPool = 'p'.repeat(239);
const longDataset = `tank/${'d'.repeat(250)}`;

describe('names that OpenZFS takes', () => {
	it.each(['tank', 'my pool', 'a:b', 'Z', 'rpool-2_x.y', 'mirrored', longPool])('takes pool %j', (name) => {
		expect(parsePoolName(name)).toBe(name);
	});

	it.each(['tank', 'tank/-data', 'tank/a b/c:d', 'tank/1', 'tank/..a', longDataset, `t${'/a'.repeat(49)}`])(
		'takes dataset %j',
		(name) => {
			expect(parseDatasetName(name)).toBe(name);
		},
	);

	it.each(['tank@a', 'tank/d@2026-11-22 21:30', 'tank/d@-x', 'tank/d@..a'])('takes snapshot %j', (name) => {
		expect(parseSnapshotName(name)).toBe(name);
	});

	it('takes a bookmark', () => {
		expect(parseBookmarkName('tank/d#a b')).toBe('tank/d#a b');
	});
});

describe('names that OpenZFS refuses', () => {
	it.each([
		'',
		' tank',
		'-tank',
		'1tank',
		'mirror',
		'raidz',
		'draid',
		'tank/data',
		'tank@a',
		'tänk',
		'a%b',
		`p${longPool}`,
	])('refuses pool %j', (name) => {
		expect(() => parsePoolName(name)).toThrow(InvalidNameError);
	});

	it.each([
		'/tank',
		'tank/',
		'tank//a',
		'tank/.',
		'tank/../b',
		'-t/a',
		'tank/a\tb',
		'tank/a\n',
		"tank/a'b",
		'tank/a@b',
		'tank/a#b',
		'tank/%recv',
		'tank/a,b',
		`${longDataset}d`,
		`t${'/a'.repeat(50)}`,
	])('refuses dataset %j', (name) => {
		expect(() => parseDatasetName(name)).toThrow(InvalidNameError);
	});

	it.each([
		'tank',
		'tank@',
		'@a',
		'tank@a@b',
		'tank@a#b',
		'tank@a/b',
		'tank@a%b',
		'tank@a,b',
		'tank@.',
		`${longDataset}@`,
	])('refuses snapshot %j', (name) => {
		expect(() => parseSnapshotName(name)).toThrow(InvalidNameError);
	});

	it('refuses a bookmark without its mark', () => {
		expect(() => parseBookmarkName('tank@a')).toThrow(InvalidNameError);
	});

	it('never lets anything through that could be an option, a list, a range, a path or an escape sequence', () => {
		const parsers = [parsePoolName, parseDatasetName, parseSnapshotName, parseBookmarkName];
		const nameLike = fc.string({ unit: fc.constantFrom(...'ab-. :_%,@#/\t\n\u001b\'"$é'), maxLength: 40 });
		fc.assert(
			fc.property(fc.oneof(nameLike, fc.string({ maxLength: 300 })), fc.constantFrom(...parsers), (text, parse) => {
				try {
					expect(parse(text)).toMatch(/^[A-Za-z][A-Za-z0-9_.: /@#-]{0,254}$/);
				} catch (error) {
					expect(error).toBeInstanceOf(InvalidNameError);
				}
			}),
			{ numRuns: 10_000 },
		);
	});
});

describe('parts of a name', () => {
	it('finds the pool, the dataset and the short name', () => {
		const snapshot = parseSnapshotName('my pool/a:b@c d');
		expect(poolOf(snapshot)).toBe('my pool');
		expect(datasetOf(snapshot)).toBe('my pool/a:b');
		expect(shortNameOf(snapshot)).toBe('c d');
		expect(poolOf(parsePoolName('tank'))).toBe('tank');
	});

	it('refuses to make a snapshot name that is too long', () => {
		expect(snapshotOf(parseDatasetName('tank'), 'x')).toBe('tank@x');
		expect(() => snapshotOf(parseDatasetName(longDataset), 'x')).toThrow('longer than 255');
	});
});
