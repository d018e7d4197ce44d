/**
 * What an exit code of dkms means, from its sources (tags 2.8.1 to 3.2.2). A help for the reader only: whether the
 * module is there is asked of the file on disk, since codes lie in both directions (0 without kernel headers in the
 * package's script, 6 after a complete build).
 */
import { compareDebianVersions } from '../debian-version.js';

interface Meaning {
	readonly code: number;
	/** First dkms version with this meaning, and first without it. */
	readonly since?: string;
	readonly until?: string;
	readonly text: string;
}

const meanings: readonly Meaning[] = [
	{ code: 1, until: '3.1.5', text: 'wrong arguments, no root rights, or no headers for this kernel' },
	{ code: 1, since: '3.1.5', text: 'wrong arguments, or no root rights' },
	{ code: 2, text: 'no source folder of this version under /usr/src' },
	{ code: 3, text: 'already added or already built, or not added yet' },
	{ code: 4, text: 'no dkms.conf, or the source folder is gone (broken)' },
	{ code: 5, text: 'already installed, or could not be uninstalled' },
	{ code: 6, text: 'not installed: another version is in place and newer (use --force), or depmod failed' },
	{ code: 7, text: 'the build did not produce one of the modules' },
	{ code: 8, text: 'dkms.conf is not valid, or the source folder is nearly empty' },
	{ code: 9, until: '3.0.11', text: 'this kernel is excluded by dkms.conf (BUILD_EXCLUSIVE)' },
	{ code: 10, text: 'the build failed; see make.log' },
	{ code: 11, text: 'a module could not be installed or signed' },
	{ code: 13, since: '3.1.4', text: 'another module has to be built first (BUILD_DEPENDS)' },
	{ code: 21, since: '3.1.5', text: 'no headers for this kernel' },
	{ code: 77, since: '3.0.11', text: 'this kernel is excluded by dkms.conf (BUILD_EXCLUSIVE)' },
	{ code: 101, text: 'the module set a script to run before installing, and it failed' },
];

/**
 * @param dkmsVersion version of the dkms package, `3.0.10-8+deb12u1`
 * @returns undefined for a code that this version does not use
 */
export function explainDkmsExit(code: number, dkmsVersion: string): string | undefined {
	const isBefore = (other: string) => compareDebianVersions(dkmsVersion, other) < 0;
	return meanings.find(
		(each) =>
			each.code === code &&
			(each.since === undefined || !isBefore(each.since)) &&
			(each.until === undefined || isBefore(each.until)),
	)?.text;
}
