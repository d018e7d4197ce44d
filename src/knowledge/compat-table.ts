import { PAIR_FAULTS } from './advisories/pairs.js';
import type { Affects } from './advisory.js';
import { kernelRuleOf } from './kernel-support.js';
import { POOL_FEATURES } from './pool-features.js';
import { latestOfSeries, RELEASES, type Release, type Series, seriesOf } from './releases.js';
import { isInRange, parseSeries, parseZfsRelease } from './version.js';

/** A pair that is known to fail, seen from one release. */
interface KnownBadPair {
	/** For `explain`. */
	readonly id: string;
	readonly title: string;
	/** Which half the release of this row is. */
	readonly side: 'userspace' | 'module' | 'either';
	/** Semver range of the other half. */
	readonly other: string;
}

export interface CompatRow {
	readonly version: string;
	readonly date: string;
	readonly kernels: { readonly min: string; readonly max: string };
	/** How the build acts on a newer kernel. */
	readonly aboveMaximum: string;
	readonly isLatestOfSeries: boolean;
	/** Pool features that came with this row's series. */
	readonly newFeatures: readonly string[];
	readonly knownBadPairs: readonly KnownBadPair[];
}

/**
 * Releases with what they fit, oldest branch first.
 * @param version a release in any spelling, or a series (`2.3`); left out: all. Unknown ones give no row.
 */
export function compatTable(version?: string): readonly CompatRow[] {
	return RELEASES.filter((release) => version === undefined || isMeant(release, version)).map(describeRelease);
}

function isMeant(release: Release, version: string): boolean {
	const plain = parseZfsRelease(version);
	return plain === undefined ? parseSeries(version) === parseSeries(release.version) : plain === release.version;
}

function describeRelease({ version, date, linuxMin, linuxMax }: Release): CompatRow {
	const series = seriesOf(version);
	return {
		version,
		date,
		kernels: { min: linuxMin, max: linuxMax },
		aboveMaximum: kernelRuleOf(version)?.aboveMaximum ?? '',
		isLatestOfSeries: series !== undefined && latestOfSeries(series)?.version === version,
		newFeatures: namesAddedIn(series),
		knownBadPairs: PAIR_FAULTS.flatMap(({ id, title, affects }) =>
			partnersOf(version, affects).map((partner) => ({ id, title, ...partner })),
		),
	};
}

function namesAddedIn(series: Series | undefined): readonly string[] {
	return POOL_FEATURES.filter((feature) => feature.since === series).map((feature) => feature.name);
}

function partnersOf(version: string, affects: Affects): readonly Pick<KnownBadPair, 'side' | 'other'>[] {
	switch (affects.kind) {
		case 'one-side':
			return [{ side: 'either', other: isInRange(version, affects.range) ? `not ${affects.range}` : affects.range }];
		case 'pairs':
			return affects.pairs.flatMap(({ userspace, module }) => [
				...(isInRange(version, userspace) ? [{ side: 'userspace' as const, other: module }] : []),
				...(isInRange(version, module) ? [{ side: 'module' as const, other: userspace }] : []),
			]);
		default:
			return [];
	}
}
