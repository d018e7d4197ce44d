import { compareVersions, parseSeries, parseZfsRelease } from './version.js';

/** One final OpenZFS release. Release candidates and development versions (`x.y.99`) are left out. */
export interface Release {
	readonly version: string;
	/** Day of the annotated tag, ISO 8601. */
	readonly date: string;
	/** `major.minor` of the oldest and newest Linux kernel that its META file names. */
	readonly linuxMin: string;
	readonly linuxMax: string;
}

/** Releases tagged after this day were not looked at; whatever is said of them is an extrapolation. */
export const KNOWLEDGE_DATE = '2026-08-22';

const TABLE = [
	['0.8.0', '2019-05-21', '2.6.32', '5.1'],
	['0.8.1', '2019-06-14', '2.6.32', '5.1'],
	['0.8.2', '2019-09-25', '2.6.32', '5.3'],
	['0.8.3', '2020-01-22', '2.6.32', '5.4'],
	['0.8.4', '2020-05-12', '2.6.32', '5.6'],
	['0.8.5', '2020-10-06', '2.6.32', '5.6'],
	['0.8.6', '2020-12-14', '2.6.32', '5.9'],
	['2.0.0', '2020-11-30', '3.10', '5.9'],
	['2.0.1', '2021-01-05', '3.10', '5.10'],
	['2.0.2', '2021-02-01', '3.10', '5.10'],
	['2.0.3', '2021-02-10', '3.10', '5.10'],
	['2.0.4', '2021-03-08', '3.10', '5.11'],
	['2.0.5', '2021-06-23', '3.10', '5.12'],
	['2.0.6', '2021-09-22', '3.10', '5.14'],
	['2.0.7', '2021-12-23', '3.10', '5.15'],
	['2.1.0', '2021-07-02', '3.10', '5.13'],
	['2.1.1', '2021-09-16', '3.10', '5.14'],
	['2.1.2', '2021-12-15', '3.10', '5.15'],
	['2.1.3', '2022-03-10', '3.10', '5.16'],
	['2.1.4', '2022-03-23', '3.10', '5.17'],
	['2.1.5', '2022-06-22', '3.10', '5.18'],
	['2.1.6', '2022-10-03', '3.10', '5.19'],
	['2.1.7', '2022-12-01', '3.10', '6.0'],
	['2.1.8', '2023-01-20', '3.10', '6.1'],
	['2.1.9', '2023-01-25', '3.10', '6.1'],
	['2.1.10', '2023-04-14', '3.10', '6.2'],
	['2.1.11', '2023-04-19', '3.10', '6.2'],
	['2.1.12', '2023-06-06', '3.10', '6.3'],
	['2.1.13', '2023-09-27', '3.10', '6.5'],
	['2.1.14', '2023-11-30', '3.10', '6.5'],
	['2.1.15', '2024-02-26', '3.10', '6.7'],
	['2.1.16', '2024-12-04', '3.10', '6.7'],
	['2.2.0', '2023-10-12', '3.10', '6.5'],
	['2.2.1', '2023-11-21', '3.10', '6.6'],
	['2.2.2', '2023-11-30', '3.10', '6.6'],
	['2.2.3', '2024-02-22', '3.10', '6.7'],
	['2.2.4', '2024-05-02', '3.10', '6.8'],
	['2.2.5', '2024-08-06', '3.10', '6.9'],
	['2.2.6', '2024-09-04', '3.10', '6.10'],
	['2.2.7', '2024-12-11', '4.18', '6.12'],
	['2.2.8', '2025-06-12', '4.18', '6.15'],
	['2.2.9', '2025-11-17', '4.18', '6.17'],
	['2.2.10', '2026-06-11', '4.18', '6.17'],
	['2.2.11', '2026-08-21', '4.18', '6.17'],
	['2.3.0', '2025-01-13', '4.18', '6.12'],
	['2.3.1', '2025-03-10', '4.18', '6.13'],
	['2.3.2', '2025-05-01', '4.18', '6.14'],
	['2.3.3', '2025-06-19', '4.18', '6.15'],
	['2.3.4', '2025-08-25', '4.18', '6.16'],
	['2.3.5', '2025-11-17', '4.18', '6.17'],
	['2.3.6', '2026-02-24', '4.18', '6.19'],
	['2.3.7', '2026-05-12', '4.18', '7.0'],
	['2.3.8', '2026-06-11', '4.18', '7.0'],
	['2.3.9', '2026-08-21', '4.18', '7.2'],
	['2.4.0', '2025-12-18', '4.18', '6.18'],
	['2.4.1', '2026-02-24', '4.18', '6.19'],
	['2.4.2', '2026-05-12', '4.18', '7.0'],
	['2.4.3', '2026-06-11', '4.18', '7.0'],
	['2.4.4', '2026-08-21', '4.18', '7.2'],
] as const;

/** Every final release 0.8.0 to 2.4.4, by branch and then by patch. Source: META of each tag of openzfs/zfs. */
export const RELEASES: readonly Release[] = TABLE.map(([version, date, linuxMin, linuxMax]) => ({
	version,
	date,
	linuxMin,
	linuxMax,
}));

/** Series that this program knows, oldest first. */
export const SERIES = ['0.8', '2.0', '2.1', '2.2', '2.3', '2.4'] as const;
export type Series = (typeof SERIES)[number];

/** The series of a version in any spelling; undefined for a series that this program does not know. */
export function seriesOf(version: string): Series | undefined {
	const series = parseSeries(version);
	return SERIES.find((known) => known === series);
}

/** The release with this version, in any spelling (`2.3.2-2~bpo12+2`); undefined for one that is not in the table. */
export function releaseOf(version: string): Release | undefined {
	const plain = parseZfsRelease(version);
	return RELEASES.find((release) => release.version === plain);
}

/** The newest known release of a series. */
export function latestOfSeries(series: Series): Release | undefined {
	return RELEASES.filter((release) => parseSeries(release.version) === series)
		.sort((a, b) => compareVersions(a.version, b.version))
		.at(-1);
}
