import { describe, expect, it } from 'vitest';
import { collectFacts } from '../../src/facts/collect.js';
import { createDebianHost, kernelRelease, moduleInfo, newVersion, oldVersion } from '../support/debian-host.js';
import type { TableFile } from '../support/table-files.js';

const mixed = { kernels: [{ release: kernelRelease, disk: newVersion, initramfs: oldVersion }] } as const;
const rootOnZfs = { '/proc/self/mountinfo': '29 1 0:26 / / rw - zfs rpool/ROOT/debian rw\n' };

async function nextModule(state: Parameters<typeof createDebianHost>[0], files: Record<string, TableFile> = {}) {
	return (await collectFacts(createDebianHost(state, { files }))).versions.nextModule;
}

describe('the module that the next boot loads', () => {
	it('is the one on the disk where root is not ZFS: nothing in the initramfs loads its copy', async () => {
		expect(await nextModule(mixed)).toMatchObject({
			known: true,
			value: { full: newVersion },
			source: expect.stringContaining('nothing in the initramfs loads ZFS'),
		});
	});

	it('is the copy inside the initramfs where root is on ZFS', async () => {
		expect(await nextModule(mixed, rootOnZfs)).toMatchObject({
			known: true,
			value: { full: oldVersion },
			source: expect.stringContaining('root is on ZFS'),
		});
	});

	it('is the copy inside where the administrator made the initramfs load it', async () => {
		const files = { '/etc/initramfs-tools/modules': '# early\nzfs zfs_arc_max=268435456\n' };
		expect(await nextModule(mixed, files)).toMatchObject({ known: true, value: { full: oldVersion } });
	});

	it('is not taken from a commented line', async () => {
		const files = { '/etc/initramfs-tools/modules': '#zfs\nzfs-extra\n' };
		expect(await nextModule(mixed, files)).toMatchObject({ known: true, value: { full: newVersion } });
	});

	it('is none where root is on ZFS and the initramfs holds no module: the failed build that leaves a host dead', async () => {
		const kernels = [{ release: kernelRelease, disk: newVersion, initramfs: undefined }] as const;
		expect(await nextModule({ kernels }, rootOnZfs)).toMatchObject({ known: true, value: undefined });
	});

	it('is unknown where it hangs on an initramfs that could not be looked into', async () => {
		const host = createDebianHost(mixed, {
			files: rootOnZfs,
			commands: [['unmkinitramfs *', { exit: 1, stderr: 'gzip: unexpected end of file\n' }]],
		});
		expect((await collectFacts(host)).versions.nextModule.known).toBe(false);
	});

	it('is the copy inside with dracut, whose udev rule loads it early', async () => {
		const dracut = `dracut\tamd64\t059-4\tii \tdracut\nzfsutils-linux\tamd64\t${oldVersion}\tii \tzfs-linux\n`;
		const host = createDebianHost(mixed, {
			commands: [
				['dpkg-query --show *', dracut],
				['modinfo /var/tmp/*/zfs.ko', moduleInfo(oldVersion, kernelRelease)],
				['lsinitrd --file *', 'elf'],
				['lsinitrd *', '-rw-r--r-- 1 root root 99 Jan  1  1970 usr/lib/modules/6.1.0-56-amd64/updates/dkms/zfs.ko\n'],
			],
		});
		const facts = await collectFacts(host);
		expect(facts.packages.initramfsTool).toMatchObject({ value: 'dracut' });
		expect(facts.versions.nextModule).toMatchObject({
			known: true,
			value: { full: oldVersion },
			source: expect.stringContaining('dracut'),
		});
	});
});
