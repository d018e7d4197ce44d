/** The OpenZFS packages of a host, with what the archives offer for them. */
import { type Fact, known } from '../facts/fact.js';
import type { HostFacts } from '../facts/host-facts.js';
import { isToolsPackage } from '../facts/packages.js';
import { versionFact } from '../facts/version-fact.js';
import { compareDebianVersions } from '../packages/debian-version.js';
import { isLaterSoname } from '../packages/libraries.js';
import type { InstalledPackage, OfferedVersion, PackageOffer, SetChange } from '../packages/package-manager.js';
import type { ZfsVersion } from '../zfs/version.js';

export interface PackageSet {
	readonly installed: readonly [InstalledPackage, ...InstalledPackage[]];
	readonly offers: ReadonlyMap<string, PackageOffer>;
	/** The package with `zfs` and `zpool`. */
	readonly tools: InstalledPackage;
	/** The package with the module's source for DKMS, where there is one. */
	readonly dkmsSource: InstalledPackage | undefined;
}

/** `undefined` inside a known fact: OpenZFS's tools are not installed from packages. */
export function findPackageSet({ packages }: HostFacts): Fact<PackageSet | undefined> {
	const { installed, offers } = packages;
	if (!installed.known) return installed;
	if (!offers.known) return offers;
	const [first, ...rest] = installed.value;
	const tools = installed.value.find(({ name }) => isToolsPackage(name));
	if (first === undefined || tools === undefined) return known(undefined, installed.source);
	return known(
		{
			installed: [first, ...rest],
			offers: offers.value,
			tools,
			dkmsSource: installed.value.find(({ name }) => isDkmsSourcePackage(name)),
		},
		installed.source,
	);
}

/** Debian's name, and that of OpenZFS's own packages. */
function isDkmsSourcePackage(name: string): boolean {
	return name === 'zfs-dkms' || name === 'openzfs-zfs-dkms';
}

/** The packages that both halves hang on: a version counts as on offer only if each of them has it. */
function leadingPackages({ tools, dkmsSource }: PackageSet): readonly InstalledPackage[] {
	return dkmsSource === undefined ? [tools] : [tools, dkmsSource];
}

/** A version of the whole set in the host's own archives. */
export interface SetVersion extends OfferedVersion {
	readonly parsed: ZfsVersion;
}

/** Versions that the archives offer for all leading packages, newest first. Without those that pins forbid. */
export function offeredVersions(set: PackageSet): readonly SetVersion[] {
	const [first, ...others] = leadingPackages(set).map(({ name }) => archiveVersions(set, name));
	return (first ?? [])
		.filter(({ version }) => others.every((offered) => offered.some((each) => each.version === version)))
		.toSorted((a, b) => compareDebianVersions(b.version, a.version))
		.flatMap((offered) => {
			const parsed = versionFact(offered.version, 'apt-cache policy');
			return parsed.known ? [{ ...offered, parsed: parsed.value }] : [];
		});
}

/** Without an archive behind it a version is only the installed copy; below 0 a pin forbids it (apt_preferences(5)). */
function archiveVersions({ offers }: PackageSet, name: string): readonly OfferedVersion[] {
	return (offers.get(name)?.versions ?? []).filter(({ suites, priority }) => suites.length > 0 && priority >= 0);
}

/** Whether exactly this version of a package can be had from an archive. */
function isOffered(set: PackageSet, name: string, version: string): boolean {
	return archiveVersions(set, name).some((offered) => offered.version === version);
}

/**
 * The change of the whole set to one version, every package by name: a version that is not the default one is not
 * followed into dependencies (measured with apt 2.6.2), so libraries under a new name are named too.
 */
export function fullSetChange(set: PackageSet, version: string): SetChange {
	const kept = set.installed
		.filter((each) => each.version === version || isOffered(set, each.name, version))
		.map(({ name }) => name);
	const successors = [...set.offers.keys()].filter(
		(name) => set.installed.some((old) => isLaterSoname(name, old.name)) && isOffered(set, name, version),
	);
	return {
		direction: 'forward',
		from: { kind: 'archive', packages: [...new Set([...kept, ...successors])].map((name) => ({ name, version })) },
		// Only a simulation: what is on hold is listed instead of making apt give up.
		changeHeld: true,
	};
}

/** Packages of the set that are not at this version yet; a library that its successor has replaced does not count. */
export function laggingPackages({ installed }: PackageSet, version: string): readonly InstalledPackage[] {
	const there = installed.filter((each) => each.version === version && each.isComplete);
	return installed.filter((each) => !there.includes(each) && !there.some(({ name }) => isLaterSoname(name, each.name)));
}
