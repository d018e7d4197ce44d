/**
 * OpenZFS versions as distributions and the tools write them. What is compared is the OpenZFS release inside them; the
 * whole string is kept, because two packages of one release are still two packages.
 */
import compare from 'semver/functions/compare.js';
import gte from 'semver/functions/gte.js';
import valid from 'semver/functions/valid.js';

declare const brand: unique symbol;

export interface ZfsVersion {
	/**
	 * OpenZFS release as semver: `2.3.2`, `2.3.0-rc.4` (numbered, so that rc.10 follows rc.9), `2.3.99` for a build of
	 * the development branch after 2.3.
	 */
	readonly upstream: string;
	/** As the distribution writes it, without `zfs-` and `zfs-kmod-`: `2.3.2-2~bpo12+2`. */
	readonly full: string;
	/** Release series, `2.3`. */
	readonly series: string;
	readonly [brand]: 'ZfsVersion';
}

/** The text is no OpenZFS version. */
export class InvalidVersionError extends Error {
	override readonly name = 'InvalidVersionError';
	/** What was given, cut to a printable length. */
	readonly text: string;

	constructor(text: string) {
		super('not an OpenZFS version (expected something like 2.3.2 or 2.3.2-2~bpo12+2)');
		this.text = text.slice(0, longest);
	}
}

/** The tools keep a version in 128 bytes (zfs_version_userland of 2.1). */
const longest = 127;

/** Prefix of the tools (`zfs-`, `zfs-kmod-`) or of the kernel's log (`v`), Debian epoch, release, candidate, the rest. */
const form =
	/^(?:zfs-(?:kmod-)?|v)?(?<full>(?:\d+:)?(?<release>\d+\.\d+\.\d+)(?:[-~]rc(?<candidate>\d+))?(?:(?:[-+~_]|\.(?=[A-Za-z]))[\w.+~-]*)?)$/;

/**
 * @param text `2.3.2`, `zfs-kmod-2.1.11-1+deb12u1`, `2.2.0-pve2`, `2.3.2-103796`, `2.3.0-rc3`, `2.3.0~rc3-1`,
 *   `2.2.99-784_g1234567`, ...
 * @throws InvalidVersionError
 */
export function parseZfsVersion(text: string): ZfsVersion {
	const { full, release, candidate } = (text.length <= longest ? form.exec(text.trim())?.groups : undefined) ?? {};
	const upstream = candidate === undefined ? release : `${release}-rc.${candidate}`;
	if (full === undefined || release === undefined || upstream === undefined || valid(upstream) === null) {
		throw new InvalidVersionError(text);
	}
	return { upstream, full, series: release.split('.', 2).join('.') } as ZfsVersion;
}

/** Order of OpenZFS releases; packaging suffixes do not count. Negative: `a` is older. */
export function compareZfsVersions(a: ZfsVersion, b: ZfsVersion): -1 | 0 | 1 {
	return compare(a.upstream, b.upstream);
}

/** Whether both are of the same OpenZFS release, whoever packaged them. */
export function isSameRelease(a: ZfsVersion, b: ZfsVersion): boolean {
	return compareZfsVersions(a, b) === 0;
}

/**
 * Whether the userspace prints JSON (`-j`). It came with 2.3.0; older tools exit 2 at the option. A build of the
 * development branch before 2.3.0 may or may not have it and is asked for text, which all of them print.
 */
export function toolsSupportJson(userspace: ZfsVersion): boolean {
	return gte(userspace.upstream, '2.3.0-rc.1');
}
