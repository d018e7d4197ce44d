import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareDebianVersions } from '../../src/packages/debian-version.js';

describe('Debian versions are ordered as dpkg orders them', () => {
	test.each([
		['2.1.11-1+deb12u1', '2.3.2-2~bpo12+2'],
		['2.3.2-2~bpo12+2', '2.3.2-2'],
		['2.3.9-0+deb13u1', '2.4.4-1~bpo13+1'],
		['2.3.0~rc3-1', '2.3.0-1'],
		['2.9-1', '2.10-1'],
		['2.4.4-1', '1:1.0-1'],
		['1.0', '1.0-1'],
		['1.0a', '1.0+'],
		['6.1.0-9-amd64', '6.1.0-56-amd64'],
		['6.1.0-56-amd64', '6.12.95+deb12-amd64'],
		['6.8.12-4-pve', '6.8.12-11-pve'],
	])('%s is older than %s', (older, newer) => {
		expect(compareDebianVersions(older, newer)).toBeLessThan(0);
		expect(compareDebianVersions(newer, older)).toBeGreaterThan(0);
	});

	test.each([
		['1.0', '1.0-0'],
		['1.0', '0:1.0'],
		['1.01', '1.1'],
		['2.3.2-2~bpo12+2', '2.3.2-2~bpo12+2'],
	])('%s and %s are the same', (a, b) => {
		expect(compareDebianVersions(a, b)).toBe(0);
	});

	const version = fc.string({ unit: fc.constantFrom(...'0123456789.+-~:ab'), maxLength: 12 });

	test('any two versions have one order, whichever is named first', () => {
		fc.assert(
			fc.property(version, version, (a, b) => {
				expect(Math.sign(compareDebianVersions(a, b))).toBe(-Math.sign(compareDebianVersions(b, a)) + 0);
			}),
		);
	});

	test('a list of versions has one sorted order', () => {
		fc.assert(
			fc.property(version, version, version, (a, b, c) => {
				if (compareDebianVersions(a, b) <= 0 && compareDebianVersions(b, c) <= 0) {
					expect(compareDebianVersions(a, c)).toBeLessThanOrEqual(0);
				}
			}),
			{ numRuns: 1000 },
		);
	});
});
