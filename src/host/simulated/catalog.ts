/** Packages of the simulated archive: OpenZFS's with their real control fields, the rest of the system by name. */
import { openzfsPackages } from './catalog-openzfs.js';
import { proxmoxKernels } from './catalog-proxmox.js';
import { systemPackages } from './catalog-system.js';
import type { Machine } from './machine.js';

export interface PackageRecord {
	readonly name: string;
	readonly version: string;
	readonly architecture: 'all' | 'amd64';
	/** Source package; its own name without one. */
	readonly source: string;
	/** `main` or `contrib`. */
	readonly component: string;
	readonly section: string;
	readonly suite: SuiteName;
	/** dpkg then says `name:amd64`. */
	readonly isMultiArchSame: boolean;
	/** KiB. */
	readonly installedSize: number;
	/** Bytes of the .deb. */
	readonly size: number;
	readonly md5: string;
	readonly sha256: string;
	readonly depends: string;
	readonly preDepends: string;
	readonly recommends: string;
	readonly suggests: string;
	readonly breaks: string;
	readonly conflicts: string;
	readonly replaces: string;
	readonly provides: string;
	readonly description: string;
}

export type SuiteName = 'bookworm' | 'bookworm-backports' | 'site' | 'pve';

export interface Suite {
	readonly name: SuiteName;
	/** As apt shows it in simulations. */
	readonly origin: string;
	readonly archive: string;
	/** Without a pin. */
	readonly priority: number;
}

/** Where the machine's sources point to. */
export const archiveUrl = 'http://deb.debian.org/debian';

/** Source: recordings apt-bookworm-2.1.11-to-2.3.2 (bookworm is oldstable in 2026). */
export const suites: readonly Suite[] = [
	{ name: 'bookworm', origin: 'Debian:12.15/oldstable', archive: 'oldstable', priority: 500 },
	{
		name: 'bookworm-backports',
		origin: 'Debian Backports:oldstable-backports',
		archive: 'oldstable-backports',
		priority: 100,
	},
	{ name: 'site', origin: 'Site:site', archive: 'site', priority: 100 },
	{ name: 'pve', origin: 'Proxmox:12/stable', archive: 'stable', priority: 500 },
];

export function findSuite(name: string): Suite | undefined {
	return suites.find((suite) => suite.name === name || suite.archive === name);
}

const records: readonly PackageRecord[] = [...openzfsPackages, ...systemPackages, ...proxmoxKernels];
const byName = Map.groupBy(records, (record) => record.name);

/** Every version that there ever was of a package. */
export function recordsOf(name: string): readonly PackageRecord[] {
	return byName.get(name) ?? [];
}

export function findRecord(name: string, version: string): PackageRecord | undefined {
	return recordsOf(name).find((record) => record.version === version);
}

/** Whether the machine's suites still have a version. */
export function isOffered(machine: Machine, record: PackageRecord): boolean {
	return machine.archive.suites.includes(record.suite) && !machine.archive.withdrawn.includes(record.version);
}

/** Versions that the machine's suites have now. */
export function offeredRecords(machine: Machine, name: string): readonly PackageRecord[] {
	return recordsOf(name).filter((record) => isOffered(machine, record));
}

/** `zfs-dkms_2.3.2-2~bpo12+2_all.deb`; an epoch's colon is `%3a`. */
export function debName({ name, version, architecture }: PackageRecord): string {
	return `${name}_${version.replaceAll(':', '%3a')}_${architecture}.deb`;
}

/** `libzfs6linux:amd64`, as dpkg shows libraries of several architectures. */
export function dpkgName(name: string, version: string): string {
	return findRecord(name, version)?.isMultiArchSame === true ? `${name}:amd64` : name;
}
