import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions, isInRange, parseSeries, parseVersion, parseZfsRelease } from '../../src/knowledge/version.js';

describe('parseZfsRelease', () => {
	it.each([
		['2.3.2', '2.3.2'],
		['zfs-2.3.2-1', '2.3.2'],
		['zfs-kmod-2.3.1-1', '2.3.1'],
		['v2.4.4-1', '2.4.4'],
		['2.3.2-2~bpo12+2', '2.3.2'],
		['zfs-2.1.5-1ubuntu6~22.04.1', '2.1.5'],
		['zfs-2.2.0-pve2', '2.2.0'],
		['zfs-2.3.2-103796', '2.3.2'],
		['2.4.0-rc1', '2.4.0'],
		['2.4.99-123_gbe7657e3f2', '2.4.99'],
		['1:2.1.11-1+deb12u1', '2.1.11'],
		['2.2.10\n', '2.2.10'],
	])('reads %j as the release %s', (text, release) => {
		expect(parseZfsRelease(text)).toBe(release);
	});

	it.each(['', 'zfs', '2.3', '2.3.x', 'unknown', '-', '2..3', '9999999.1.2', '2.3.1234567'])(
		'never guesses a release from %j',
		(text) => {
			expect(parseZfsRelease(text)).toBeUndefined();
		},
	);
});

describe('parseVersion', () => {
	it.each([
		['6.1.0-56-amd64', '6.1.0'],
		['6.12.59+deb13-amd64', '6.12.59'],
		['7.2-rc3', '7.2.0'],
		['5.14.0-570.el9.x86_64', '5.14.0'],
		['v1.26.5+k3s1', '1.26.5'],
		['1.34.0-rc.1', '1.34.0'],
		['7.2', '7.2.0'],
		['1.7.24~ds1', '1.7.24'],
		['2.06-13+deb12u1', '2.6.0'],
	])('reads %j as %s', (text, version) => {
		expect(parseVersion(text)).toBe(version);
	});
});

describe('what any text may hold', () => {
	const part = fc.nat({ max: 999_999 });

	it('is a plain version or nothing', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
				expect(parseVersion(text) ?? '0.0.0').toMatch(/^\d+\.\d+\.\d+$/);
				expect(parseSeries(text) ?? '0.0').toMatch(/^\d+\.\d+$/);
			}),
		);
	});

	it('gives the same release whatever prefix and distribution suffix surround it', () => {
		const prefix = fc.constantFrom('', 'v', 'zfs-', 'zfs-kmod-', '2:');
		const suffix = fc.stringMatching(/^[-+~_.][a-z0-9+~.-]{0,12}$/);
		fc.assert(
			fc.property(prefix, part, part, part, suffix, (before, major, minor, patch, after) => {
				const release = `${major}.${minor}.${patch}`;
				expect(parseZfsRelease(`${before}${release}${after}`)).toBe(release);
			}),
		);
	});

	it('is ordered as semver orders it', () => {
		const version = fc.tuple(part, part, part).map((parts) => parts.join('.'));
		fc.assert(
			fc.property(version, version, (a, b) => {
				expect(compareVersions(a, b) < 0).toBe(isInRange(a, `<${b}`));
				expect(compareVersions(a, b) === 0).toBe(isInRange(a, b));
			}),
		);
	});
});
