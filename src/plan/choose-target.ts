/** Which version to go to. */
import { versionFact } from '../facts/version-fact.js';
import { compareDebianVersions } from '../packages/debian-version.js';
import { isSameRelease, type ZfsVersion } from '../zfs/version.js';
import { offeredVersions, type PackageSet, type SetVersion } from './package-set.js';

export type TargetChoice =
	| {
			readonly kind: 'chosen';
			/** Full package version. */
			readonly version: string;
			readonly parsed: ZfsVersion;
			/** Archives that carry it; empty when it is what is installed and no archive has it any more. */
			readonly suites: readonly string[];
			/** Versions on offer that are newer, newest first. */
			readonly newer: readonly SetVersion[];
	  }
	| { readonly kind: 'not-a-version'; readonly asked: string; readonly why: string }
	| { readonly kind: 'not-on-offer'; readonly asked: string; readonly offered: readonly SetVersion[] }
	| { readonly kind: 'downgrade'; readonly asked: string; readonly version: string };

/**
 * Without a wish: the newest version that any configured archive offers, whatever its pin priority. Backports have
 * priority 100, and an administrator who enabled them and runs this program wants what is in them; `--target` narrows.
 */
export function chooseTarget(set: PackageSet, asked: string | undefined): TargetChoice {
	const offered = offeredVersions(set);
	const installed = set.tools.version;
	if (asked === undefined) {
		const newest = offered[0];
		const version =
			newest !== undefined && compareDebianVersions(newest.version, installed) > 0 ? newest.version : installed;
		return toChoice(version, offered);
	}
	const version = findAsked(asked, offered, installed);
	if (version === undefined) return explainMissing(asked, offered);
	if (compareDebianVersions(version, installed) < 0) return { kind: 'downgrade', asked, version };
	return toChoice(version, offered);
}

function toChoice(version: string, offered: readonly SetVersion[]): TargetChoice {
	const parsed = versionFact(version, 'the installed package');
	if (!parsed.known) return { kind: 'not-a-version', asked: version, why: parsed.why };
	return {
		kind: 'chosen',
		version,
		parsed: parsed.value,
		suites: offered.find((each) => each.version === version)?.suites ?? [],
		newer: offered.filter((each) => compareDebianVersions(each.version, version) > 0),
	};
}

/** A full package version as it stands; else the newest package of that OpenZFS release. */
function findAsked(asked: string, offered: readonly SetVersion[], installed: string): string | undefined {
	const versions = [...new Set([...offered.map(({ version }) => version), installed])].toSorted((a, b) =>
		compareDebianVersions(b, a),
	);
	if (versions.includes(asked)) return asked;
	if (!/^v?\d+\.\d+\.\d+(?:-rc\d+)?$/.test(asked)) return undefined;
	const release = versionFact(asked, '--target');
	if (!release.known) return undefined;
	return versions.find((version) => {
		const parsed = versionFact(version, 'the archives');
		return parsed.known && isSameRelease(parsed.value, release.value);
	});
}

function explainMissing(asked: string, offered: readonly SetVersion[]): TargetChoice {
	const parsed = versionFact(asked, '--target');
	return parsed.known ? { kind: 'not-on-offer', asked, offered } : { kind: 'not-a-version', asked, why: parsed.why };
}
