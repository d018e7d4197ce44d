import satisfies from 'semver/functions/satisfies.js';

/**
 * Version texts as tools, packages and files print them, cut down to what a range can be compared with. Prerelease and
 * distribution suffixes are dropped on purpose: `2.3.2-2~bpo12+2` carries the code of 2.3.2, and semver would sort
 * `2.3.2-2` below it.
 */

/** Prefixes: `zfs-`, `zfs-kmod-`, `v`, a Debian epoch. At most six digits a part, so that no number loses precision. */
const VERSION = /^(?:[a-z]+-)*v?(?:\d{1,6}:)?(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?(?!\d)/;

interface VersionParts {
	readonly major: number;
	readonly minor: number;
	/** Undefined where the text has only two parts (`6.12`, Incus `7.2`, GRUB `2.06`). */
	readonly patch: number | undefined;
}

function parseParts(text: string): VersionParts | undefined {
	const match = VERSION.exec(text.trim());
	if (match === null) {
		return undefined;
	}
	const [, major, minor, patch] = match;
	return { major: Number(major), minor: Number(minor), patch: patch === undefined ? undefined : Number(patch) };
}

/**
 * `x.y.z` of an OpenZFS version in any spelling (`zfs-kmod-2.3.1-1`, `2.2.0-pve2`, `v2.4.4-1`). Undefined where the
 * text has no three parts: a patch release is never guessed, since 2.3.1 and 2.3.2 do not fit each other.
 */
export function parseZfsRelease(text: string): string | undefined {
	const parts = parseParts(text);
	return parts?.patch === undefined ? undefined : `${parts.major}.${parts.minor}.${parts.patch}`;
}

/** `x.y.z` of any other system's or kernel's version; a missing third part is 0. Undefined: not a version. */
export function parseVersion(text: string): string | undefined {
	const parts = parseParts(text);
	return parts && `${parts.major}.${parts.minor}.${parts.patch ?? 0}`;
}

/** `x.y` of a version in any spelling, with leading zeros dropped (`2.06` is `2.6`). Undefined: not a version. */
export function parseSeries(text: string): string | undefined {
	const parts = parseParts(text);
	return parts && `${parts.major}.${parts.minor}`;
}

/** Sort order of two `x.y` or `x.y.z` texts by number: negative, zero or positive. */
export function compareVersions(a: string, b: string): number {
	const left = a.split('.').map(Number);
	const right = b.split('.').map(Number);
	for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
		const difference = (left[index] ?? 0) - (right[index] ?? 0);
		if (difference !== 0) {
			return difference;
		}
	}
	return 0;
}

/** Whether a plain `x.y.z` lies in a semver range. */
export function isInRange(version: string, range: string): boolean {
	return satisfies(version, range);
}
