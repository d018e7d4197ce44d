/**
 * Stage 2: the kernel modules of both zfs versions, compiled once by the real dkms on this host's own processor.
 * Inside the emulated guest the same build would take hours; there dkms only unpacks these objects.
 */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cached, cacheFolder, contentKey, labFolder } from '../cache.ts';
import { run, runInRoot, say } from '../host.ts';
import { type Root, withUnpackedRoot } from './root.ts';

const compileZfs = path.join(labFolder, 'image/chroot/compile-zfs.sh');

/** 2.1.11-1+deb12u1 -> 2.1.11: the name that dkms knows the version by. */
export function upstreamVersion(debianVersion: string): string {
	return debianVersion.replace(/-[^-]*$/, '');
}

/** Both versions at once: the configure script of each leaves one core idle most of the time. */
export async function compileZfsObjects(root: Root): Promise<string[]> {
	return Promise.all([root.versions.old, root.versions.new].map((version) => compile(root, version)));
}

async function compile(root: Root, version: string): Promise<string> {
	const { kernel } = root.versions;
	const upstream = upstreamVersion(version);
	const name = `zfs-${upstream}-${kernel}-${contentKey([version], [compileZfs])}.tar.zst`;
	return cached('objects', name, async (unfinished) => {
		say(`zfs ${upstream}: compiling for ${kernel} (about 12 minutes)`);
		const folder = path.join(cacheFolder, 'work', `compile-${upstream}`);
		const log = path.join(cacheFolder, 'objects', `${name}.log`);
		mkdirSync(path.dirname(log), { recursive: true });
		rmSync(log, { force: true });
		await withUnpackedRoot(root, folder, async () => {
			await run('cp', [compileZfs, path.join(folder, 'tmp/compile.sh')]);
			await runInRoot(folder, '/tmp/compile.sh', [version, upstream, kernel], { log });
			await run('zstd', ['-q', '-19', '-T0', '-o', unfinished, path.join(folder, 'tmp/objects.tar')]);
		});
		say(`zfs ${upstream}: compiled`);
	});
}
