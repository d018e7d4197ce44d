import { type Fact, known, unknown } from '../facts/fact.js';
import type { Host } from '../host/host.js';
import { apt } from './apt/apt.js';
import type { PackageManager } from './package-manager.js';

/** The database that each manager keeps, by the name that facts and plans use. */
const databases = [
	['apt', '/var/lib/dpkg/status'],
	['dnf', '/var/lib/dnf'],
	['zypper', '/var/lib/zypp'],
	['pacman', '/var/lib/pacman/local'],
] as const;

export type PackageManagerName = (typeof databases)[number][0];

/** Managers that the program can drive, not only recognise. */
const supported: readonly PackageManager[] = [apt];

/**
 * Which manager owns the host's packages, by the database it keeps. A host can carry several programs (rpm on Debian),
 * but only one has a database of its system; with more than one the answer is unknown.
 */
export async function detectPackageManager(host: Host): Promise<Fact<PackageManagerName>> {
	const found: (typeof databases)[number][] = [];
	for (const database of databases) {
		const stat = await host.files.stat(database[1]);
		// dpkg installed as a mere tool elsewhere keeps an empty status file.
		if (stat !== undefined && !(stat.type === 'file' && stat.size === 0)) found.push(database);
	}
	const [first, second] = found;
	if (first === undefined) return unknown(`none of ${databases.map(([, path]) => path).join(', ')} is there`);
	if (second !== undefined) return unknown(`both ${first[1]} and ${second[1]} are there`);
	return known(first[0], first[1]);
}

/** Undefined: recognised, but the program cannot drive it. */
export function findPackageManager(name: PackageManagerName): PackageManager | undefined {
	return supported.find((manager) => manager.name === name);
}
