/**
 * A new module's source beside the old one, without touching the package database: the packages forbid one half
 * without the other, DKMS does not.
 */
import type { Fact } from '../../facts/fact.js';
import type { Command, Host, Pipeline } from '../../host/host.js';
import { askHost, requireSuccess, UnexpectedOutputError } from '../ask.js';

/** Where DKMS looks for `NAME-VERSION`. */
const sourceTree = '/usr/src';

/** `/usr/src/zfs-2.3.2` */
export function sourceFolder(version: string): string {
	return `${sourceTree}/zfs-${version}`;
}

/**
 * OpenZFS version of the source inside a zfs-dkms package file, from the folder that it would unpack: that name, not
 * the package's version, is what DKMS goes by.
 * @param file absolute path of the .deb
 */
export function readSourceVersion(host: Host, file: string): Promise<Fact<string>> {
	return askHost(host, { argv: ['dpkg-deb', '--contents', file] }, (result) =>
		findSourceVersion(requireSuccess(result)),
	);
}

/** Reads `dpkg-deb --contents`. @throws UnexpectedOutputError when there is no or more than one module source */
export function findSourceVersion(contents: string): string {
	const versions = new Set(
		[...contents.matchAll(/ \.\/usr\/src\/zfs-([^/\s]+)\/dkms\.conf$/gm)].map((match) => match[1]),
	);
	const [version] = versions;
	if (version === undefined || versions.size > 1) {
		throw new UnexpectedOutputError(`expected one module source, found ${versions.size}`);
	}
	return version;
}

/**
 * Unpacks only the source, into a folder of ours on the same file system: a half-unpacked source never stands where
 * DKMS finds it. `placeSourceCommand` then moves it in one step.
 * @param stagingFolder absolute path below /usr/src; must exist
 */
export function unpackSource(file: string, version: string, stagingFolder: string): Pipeline {
	return {
		commands: [
			{ argv: ['dpkg-deb', '--fsys-tarfile', file] },
			{
				argv: [
					'tar',
					'--extract',
					'--no-same-owner',
					`--directory=${stagingFolder}`,
					'--strip-components=3',
					`./usr/src/zfs-${version}`,
				],
			},
		],
	};
}

/** mv refuses to replace a folder that holds anything. (`--no-clobber` would do nothing and exit with 0.) */
export function placeSourceCommand(version: string, stagingFolder: string): Command {
	return { argv: ['mv', '--no-target-directory', `${stagingFolder}/zfs-${version}`, sourceFolder(version)] };
}

/** Only for a folder that a run placed itself; DKMS must have forgotten the version before. */
export function removeSourceCommand(version: string): Command {
	return { argv: ['rm', '--recursive', '--', sourceFolder(version)] };
}
