import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	compareZfsVersions,
	InvalidVersionError,
	isSameRelease,
	parseZfsVersion,
	toolsSupportJson,
} from '../../src/zfs/version.js';

describe('parseZfsVersion', () => {
	it.each([
		['2.3.2', '2.3.2', '2.3.2', '2.3'],
		['2.1.11-1+deb12u1', '2.1.11', '2.1.11-1+deb12u1', '2.1'],
		['zfs-2.3.2-2~bpo12+2', '2.3.2', '2.3.2-2~bpo12+2', '2.3'],
		['zfs-kmod-2.3.2-2~bpo12+2', '2.3.2', '2.3.2-2~bpo12+2', '2.3'],
		['2.2.2-0ubuntu9.2', '2.2.2', '2.2.2-0ubuntu9.2', '2.2'],
		['zfs-2.1.5-1ubuntu6~22.04.1', '2.1.5', '2.1.5-1ubuntu6~22.04.1', '2.1'],
		['zfs-2.3.2-103796', '2.3.2', '2.3.2-103796', '2.3'],
		['2.2.0-pve2', '2.2.0', '2.2.0-pve2', '2.2'],
		['zfs-2.2.4-1.el9', '2.2.4', '2.2.4-1.el9', '2.2'],
		['v2.4.4-1', '2.4.4', '2.4.4-1', '2.4'],
		['1:2.1.5-1', '2.1.5', '1:2.1.5-1', '2.1'],
		['2.3.0-rc4', '2.3.0-rc.4', '2.3.0-rc4', '2.3'],
		['2.3.0~rc4-1', '2.3.0-rc.4', '2.3.0~rc4-1', '2.3'],
		['zfs-2.3.99-784_g1234567', '2.3.99', '2.3.99-784_g1234567', '2.3'],
		['2.3.2-2~bpo12+2\n', '2.3.2', '2.3.2-2~bpo12+2', '2.3'],
	])('reads %j as release %s', (text, upstream, full, series) => {
		expect(parseZfsVersion(text)).toEqual({ upstream, full, series });
	});

	it.each([
		'',
		'2.3',
		'zfs',
		'zfs-2.3',
		'2.3.2.1',
		'2.3.02',
		'two',
		'2.3.2 -1',
		'99999999999999999999.1.1',
		'2.3.2\u001b[2J',
	])('refuses %j', (text) => {
		expect(() => parseZfsVersion(text)).toThrow(InvalidVersionError);
	});

	it('either reads any text or refuses it with its own error', () => {
		const versionLike = fc.stringMatching(
			/^(zfs-|zfs-kmod-|v)?[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,25}[-~+.a-z0-9 ]{0,20}$/,
		);
		fc.assert(
			fc.property(fc.oneof(fc.string({ maxLength: 300 }), versionLike), (text) => {
				try {
					parseZfsVersion(text);
				} catch (error) {
					expect(error).toBeInstanceOf(InvalidVersionError);
				}
			}),
			{ numRuns: 10_000 },
		);
	});
});

describe('comparing versions', () => {
	it('orders releases by number and ignores who packaged them', () => {
		const shuffled = [
			'2.3.2-103796',
			'2.3.0-rc10',
			'2.1.11-1+deb12u1',
			'2.3.0-rc9',
			'2.2.99-1',
			'2.3.0',
			'2.10.0',
			'2.2.0-pve2',
		];
		const ordered = shuffled.map(parseZfsVersion).toSorted(compareZfsVersions);
		expect(ordered.map(({ upstream }) => upstream)).toEqual([
			'2.1.11',
			'2.2.0',
			'2.2.99',
			'2.3.0-rc.9',
			'2.3.0-rc.10',
			'2.3.0',
			'2.3.2',
			'2.10.0',
		]);
	});

	it('takes two packages of one release for the same release', () => {
		expect(isSameRelease(parseZfsVersion('2.3.2-2~bpo12+2'), parseZfsVersion('zfs-kmod-2.3.2-103796'))).toBe(true);
		expect(isSameRelease(parseZfsVersion('2.3.2'), parseZfsVersion('2.3.1'))).toBe(false);
	});
});

describe('toolsSupportJson', () => {
	it.each([
		['2.0.3', false],
		['2.1.11-1+deb12u1', false],
		['2.2.9', false],
		['2.2.99-784', false],
		['2.3.0-rc1', true],
		['2.3.0', true],
		['2.4.4-1~bpo13+1', true],
	])('knows for %s: %s', (text, expected) => {
		expect(toolsSupportJson(parseZfsVersion(text))).toBe(expected);
	});
});
