import { expect, test } from 'vitest';
import { isLaterSoname, parseLibraryName } from '../../src/packages/libraries.js';

test.each([
	['libzfs6linux', 'libzfs4linux'],
	['libzpool7linux', 'libzpool6linux'],
	['libzfs10linux', 'libzfs9linux'],
	['openzfs-libzfs7', 'openzfs-libzfs6'],
])('%s replaces %s', (newer, older) => {
	expect(isLaterSoname(newer, older)).toBe(true);
	expect(isLaterSoname(older, newer)).toBe(false);
});

test.each([
	['libzfs6linux', 'libzpool5linux'],
	['libzfs6linux', 'libzfs6linux'],
	['openzfs-libzfs7', 'libzfs6linux'],
	['libzfs6linux', 'zfsutils-linux'],
	['libnvpair3linux', 'libnvpair1linux'],
])('%s is no successor of %s', (a, b) => {
	expect(isLaterSoname(a, b)).toBe(false);
});

test('packages that only look like the libraries are not taken for them', () => {
	for (const name of ['libzfslinux-dev', 'libzfsbootenv1linux', 'libzfs4linux-dbg', 'xlibzfs4linux', 'libzfs4']) {
		expect(parseLibraryName(name), name).toBeUndefined();
	}
});
