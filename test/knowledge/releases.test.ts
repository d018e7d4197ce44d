import { describe, expect, it } from 'vitest';
import { KNOWLEDGE_DATE, latestOfSeries, RELEASES, releaseOf, SERIES, seriesOf } from '../../src/knowledge/releases.js';
import { compareVersions, parseZfsRelease } from '../../src/knowledge/version.js';

describe('the table of releases', () => {
	it('holds each release once, in order, with a date and a kernel range that can be compared', () => {
		expect(RELEASES).toHaveLength(59);
		const versions = RELEASES.map((release) => release.version);
		expect(new Set(versions).size).toBe(versions.length);
		expect(versions.toSorted(compareVersions)).toEqual(versions);
		for (const { version, date, linuxMin, linuxMax } of RELEASES) {
			expect(parseZfsRelease(version)).toBe(version);
			expect(new Date(date).toISOString().slice(0, 10)).toBe(date);
			expect(date <= KNOWLEDGE_DATE).toBe(true);
			expect(compareVersions(linuxMin, linuxMax)).toBeLessThan(0);
		}
	});

	it('holds every patch release of a series without a gap', () => {
		for (const series of SERIES) {
			const patches = RELEASES.filter(({ version }) => seriesOf(version) === series).map(({ version }) => version);
			expect(patches).toEqual(patches.map((_, patch) => `${series}.${patch}`));
		}
	});

	it('never takes back a kernel within a series', () => {
		for (const series of SERIES) {
			const maxima = RELEASES.filter(({ version }) => seriesOf(version) === series).map(({ linuxMax }) => linuxMax);
			expect(maxima.toSorted(compareVersions)).toEqual(maxima);
		}
	});

	it('is found by a version as a distribution writes it', () => {
		expect(releaseOf('2.3.2-2~bpo12+2')).toEqual({
			version: '2.3.2',
			date: '2025-05-01',
			linuxMin: '4.18',
			linuxMax: '6.14',
		});
		expect(releaseOf('2.4.5')).toBeUndefined();
		expect(releaseOf('nonsense')).toBeUndefined();
	});

	it('names the newest release of each series, 2.2.11 after 2.2.9', () => {
		expect(SERIES.map((series) => latestOfSeries(series)?.version)).toEqual([
			'0.8.6',
			'2.0.7',
			'2.1.16',
			'2.2.11',
			'2.3.9',
			'2.4.4',
		]);
	});

	it('knows no series that it has no data for', () => {
		expect(seriesOf('zfs-kmod-2.2.11-1')).toBe('2.2');
		expect(seriesOf('0.7.13')).toBeUndefined();
		expect(seriesOf('2.5.0')).toBeUndefined();
	});
});
