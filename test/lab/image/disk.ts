/** Stage 3: the root with the old zfs installed becomes a disk; its kernel and initrd are kept for the very first boot. */
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cached, cacheFolder, contentKey, labFolder } from '../cache.ts';
import { run, runInRoot, say } from '../host.ts';
import { installedZfsPackages, rootDiskGiB, rootLabel, suite } from './recipe.ts';
import { type Root, withUnpackedRoot } from './root.ts';
import { upstreamVersion } from './zfs-objects.ts';

const guestFiles = path.join(labFolder, 'guest');
const installGuest = path.join(labFolder, 'image/chroot/install-guest.sh');
const partitionStart = 1024 * 1024;

/** @returns folder with `disk.raw` (no boot loader yet), `vmlinuz`, `initrd.img` and the logs */
export async function makeDisk(root: Root, objects: readonly string[]): Promise<string> {
	const recipe = [root.key, objects, installedZfsPackages, rootDiskGiB, rootLabel];
	return cached('disk', contentKey(recipe, [guestFiles, installGuest, import.meta.filename]), async (unfinished) => {
		mkdirSync(unfinished, { recursive: true });
		await withUnpackedRoot(root, path.join(cacheFolder, 'work', 'guest'), async (folder) => {
			say('disk: installing the old zfs in the guest');
			await installOldZfs(folder, root, objects, path.join(unfinished, 'install.log'));
			for (const name of ['vmlinuz', 'initrd.img']) {
				copyFileSync(path.join(folder, 'boot', `${name}-${root.versions.kernel}`), path.join(unfinished, name));
			}
			await fillDisk(folder, path.join(unfinished, 'disk.raw'));
		});
	});
}

/** Makes an unpacked root the guest: the lab's own files, its offline archive, and from that the old zfs by the real apt. */
async function installOldZfs(folder: string, root: Root, objects: readonly string[], log: string): Promise<void> {
	await run('cp', ['-r', `${guestFiles}/.`, folder]);
	putObjects(folder, root, objects);
	copyFileSync(installGuest, path.join(folder, 'tmp/install.sh'));
	const settings = [installedZfsPackages.join(' '), suite, rootLabel];
	await runInRoot(folder, '/tmp/install.sh', settings, { log });
	rmSync(path.join(folder, 'tmp/install.sh'));
}

/** The same as a folder, for campaigns that work on packages in a chroot and boot nothing. */
export async function makeGuestFolder(root: Root, objects: readonly string[]): Promise<string> {
	const recipe = [root.key, objects, installedZfsPackages, rootLabel];
	const key = contentKey(recipe, [guestFiles, installGuest, import.meta.filename]);
	return cached('folder', key, async (unfinished) => {
		mkdirSync(unfinished, { recursive: true });
		await run('tar', ['-C', unfinished, '-xf', root.tar]);
		say('folder: installing the old zfs in a chroot');
		await installOldZfs(unfinished, root, objects, `${unfinished}.log`);
	});
}

/** dkms in the guest finds the objects in place of a compiler; all else that it does stays real. */
function putObjects(folder: string, root: Root, objects: readonly string[]): void {
	const place = path.join(folder, 'usr/local/lib/lab/objects');
	mkdirSync(place, { recursive: true });
	[root.versions.old, root.versions.new].map(upstreamVersion).forEach((version, index) => {
		copyFileSync(objects[index] ?? '', path.join(place, `zfs-${version}-${root.versions.kernel}.tar.zst`));
		const make = `/usr/local/lib/lab/kbuild ${version} \${kernelver}`;
		writeFileSync(path.join(folder, `etc/dkms/zfs-${version}.conf`), `PRE_BUILD=""\nMAKE[0]="${make}"\n`);
	});
}

/** One ext4 partition, filled by mke2fs itself: no loop device is needed, which many CI machines lack. */
async function fillDisk(folder: string, disk: string): Promise<void> {
	const table = `${disk}.table`;
	await run('truncate', ['-s', `${rootDiskGiB}G`, disk]);
	writeFileSync(table, `label: dos\nstart=${partitionStart / 512}, type=83, bootable\n`);
	await run('sh', ['-c', 'sfdisk -q "$1" < "$2"', 'sfdisk', disk, table]);
	rmSync(table);
	const blocks = (rootDiskGiB * 2 ** 30 - partitionStart) / 4096;
	const extended = `offset=${partitionStart},lazy_itable_init=1,lazy_journal_init=1`;
	// GRUB 2.06 cannot read a file system with metadata_csum_seed
	const features = ['-O', '^metadata_csum_seed'];
	const shape = ['-q', '-t', 'ext4', '-b', '4096', '-L', rootLabel, '-m', '1', '-E', extended, ...features];
	await run('mke2fs', [...shape, '-d', folder, disk, String(blocks)]);
}
