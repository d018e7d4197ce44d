/**
 * Package files kept for the way back. Archives drop old versions, so the installed ones are saved while they can be
 * had, and every file is read to its end before it counts: `dpkg-deb --info` and `--field` accept a file that is cut
 * off in its data (measured with dpkg 1.21).
 */
import { type Fact, known, unknown } from '../../facts/fact.js';
import type { Command, Host } from '../../host/host.js';
import { askHost, requireSuccess } from '../ask.js';
import type { InstalledPackage } from '../package-manager.js';
import { rootOnly } from './transaction.js';

type Wanted = Pick<InstalledPackage, 'name' | 'version' | 'architecture'>;

/** One way to get the file of an installed package into a folder. */
export interface SaveAttempt {
	readonly how: 'archive' | 'cache' | 'repack';
	readonly command: Command;
}

/**
 * Ways to save one package, best first: run one, then `verifyPackageFile`; on to the next while there is no good file.
 * Only the archive's own bytes are the same version to apt later; a repacked file is an emergency copy with the
 * administrator's edited configuration in it, and dpkg-repack exits with 0 without having made one (bookworm's, for
 * zfsutils-linux on a merged /usr).
 * @param folder absolute path; must exist
 */
export function planSave(wanted: Wanted, folder: string): readonly [SaveAttempt, SaveAttempt, SaveAttempt] {
	const cached = `/var/cache/apt/archives/${packageFileName(wanted)}`;
	return [
		// `apt-get download` writes into the working directory and has no option for another place.
		{
			how: 'archive',
			command: {
				argv: [
					'env',
					`--chdir=${folder}`,
					'apt-get',
					'--quiet=1',
					...rootOnly,
					'download',
					'--',
					`${wanted.name}=${wanted.version}`,
				],
				timeoutSeconds: 600,
			},
		},
		{ how: 'cache', command: { argv: ['cp', '--', cached, `${folder}/`] } },
		{
			how: 'repack',
			command: { argv: ['env', `--chdir=${folder}`, 'dpkg-repack', wanted.name], timeoutSeconds: 600 },
		},
	];
}

/** As apt and dpkg-repack name it: an epoch's colon is `%3a` in apt's names. */
export function packageFileName({ name, version, architecture }: Wanted): string {
	return `${name}_${version.replaceAll(':', '%3a')}_${architecture}.deb`;
}

export interface PackageFile {
	readonly name: string;
	readonly version: string;
	/** Absolute path. */
	readonly file: string;
	readonly sha256: string;
}

/** The file of exactly this package and version, whole; undefined inside a known fact: there is no such file. */
export async function verifyPackageFile(
	host: Host,
	wanted: Wanted,
	folder: string,
): Promise<Fact<PackageFile | undefined>> {
	const file = `${folder}/${packageFileName(wanted)}`;
	if ((await host.files.stat(file))?.type !== 'file') return known(undefined, file);
	const identity = await askHost(
		host,
		{ argv: ['dpkg-deb', '--field', file, 'Package', 'Version', 'Architecture'] },
		(result) => parseFields(requireSuccess(result)),
	);
	if (!identity.known) return identity;
	const [name, version, architecture] = ['Package', 'Version', 'Architecture'].map((field) =>
		identity.value.get(field),
	);
	if (name !== wanted.name || version !== wanted.version || architecture !== wanted.architecture) {
		return unknown(`${file} holds ${name} ${version} for ${architecture}`);
	}
	const contents = await askHost(host, { argv: ['dpkg-deb', '--contents', file] }, (result) => requireSuccess(result));
	if (!contents.known) return contents;
	const sha256 = await host.files.checksum(file);
	return sha256 === undefined ? unknown(`${file} vanished`) : known({ name, version, file, sha256 }, file);
}

/** `dpkg-deb --field FILE A B`: `Name: value`, more lines of a value begin with a blank. */
function parseFields(text: string): ReadonlyMap<string, string> {
	const pairs = text.split('\n').map((line) => /^([A-Za-z-]+): (.*)$/.exec(line));
	return new Map(pairs.filter((match) => match !== null).map((match) => [match[1] ?? '', match[2] ?? '']));
}
