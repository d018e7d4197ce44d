/** Stage 1, the only one that needs the network: a Debian root with the guest's offline archive inside, as a tar. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cached, contentKey, labFolder } from '../cache.ts';
import { run, runIsolated, say } from '../host.ts';
import {
	aptSources,
	dpkgOptions,
	installedZfsPackages,
	offeredZfsPackages,
	otherOfferedPackages,
	rootPackages,
	sonamesNew,
	sonamesOld,
	suite,
} from './recipe.ts';

export interface GuestVersions {
	/** As `uname -r` prints it. */
	readonly kernel: string;
	/** Debian versions of source zfs-linux, e.g. 2.1.11-1+deb12u1 and 2.3.2-2~bpo12+2. */
	readonly old: string;
	readonly new: string;
}

export interface Root {
	readonly key: string;
	readonly tar: string;
	readonly versions: GuestVersions;
}

const downloadPool = path.join(labFolder, 'image/chroot/download-pool.sh');

/** The newest kernel and packages of the day it was made are kept until the recipe changes or its cache is removed. */
export async function makeRoot(): Promise<Root> {
	const zfs = [...installedZfsPackages, ...offeredZfsPackages];
	const pool = [[...zfs, ...sonamesOld], [...zfs, ...sonamesNew], otherOfferedPackages].map((names) => names.join(' '));
	const key = contentKey([suite, rootPackages, dpkgOptions, pool], [downloadPool]);
	const folder = await cached('root', key, async (unfinished) => {
		mkdirSync(unfinished, { recursive: true });
		const sources = path.join(unfinished, 'sources.list');
		writeFileSync(sources, aptSources(mirrorOfThisHost()));
		const tar = path.join(unfinished, 'root.tar');
		say('root: mmdebstrap (about 4 minutes)');
		const quoted = [suite, ...pool].map((word) => `'${word}'`).join(' ');
		await runIsolated(
			'mmdebstrap',
			[
				'--mode=root',
				'--variant=important',
				'--skip=cleanup/apt/lists',
				`--include=${rootPackages.join(',')}`,
				'--aptopt=Acquire::Languages "none"',
				'--aptopt=Acquire::Check-Valid-Until "false"',
				...dpkgOptions.map((option) => `--dpkgopt=${option}`),
				`--customize-hook=cp '${downloadPool}' "$1/tmp/download-pool.sh"`,
				`--customize-hook=chroot "$1" sh -eu /tmp/download-pool.sh ${quoted}`,
				`--customize-hook=cp "$1/srv/debian/lab.json" '${path.join(unfinished, 'lab.json')}'`,
				'--customize-hook=rm -rf "$1"/var/lib/apt/lists/* "$1"/tmp/*',
				suite,
				tar,
				sources,
			],
			{ log: path.join(unfinished, 'mmdebstrap.log') },
		);
	});
	const versions = JSON.parse(readFileSync(path.join(folder, 'lab.json'), 'utf8')) as GuestVersions;
	return { key, tar: path.join(folder, 'root.tar'), versions };
}

/** Unpacks the root to a folder that is thrown away afterwards. */
export async function withUnpackedRoot(
	root: Root,
	folder: string,
	use: (folder: string) => Promise<void>,
): Promise<void> {
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	await run('tar', ['-C', folder, '-xf', root.tar]);
	await use(folder);
	rmSync(folder, { recursive: true, force: true });
}

/** The first Debian mirror in this host's apt sources, so that proxies and mirrors of a CI network are used. */
function mirrorOfThisHost(): string {
	const folder = '/etc/apt/sources.list.d';
	const files = [
		'/etc/apt/sources.list',
		...(existsSync(folder) ? readdirSync(folder).map((name) => path.join(folder, name)) : []),
	];
	const text = files
		.filter((file) => existsSync(file))
		.map((file) => readFileSync(file, 'utf8'))
		.join('\n');
	return (
		/^(?:URIs:|deb\s(?:\[[^\]]*\]\s)?)\s*(\S+\/debian)\/?\s*(?:$|\s)/m.exec(text)?.[1] ?? 'http://deb.debian.org/debian'
	);
}
