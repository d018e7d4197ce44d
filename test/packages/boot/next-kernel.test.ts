import { describe, expect, test } from 'vitest';
import { readInstalledKernels } from '../../../src/packages/boot/installed-kernels.js';
import { readNextKernel } from '../../../src/packages/boot/next-kernel.js';
import { loadRecording } from '../../fixtures/load.js';
import type { TableFile } from '../../support/table-files.js';
import { createTableHost } from '../../support/table-host.js';

const releases = ['6.1.0-9-cloud-amd64', '6.1.0-56-cloud-amd64', '6.12.95+deb12-cloud-amd64'];

function filesOf(kernels: readonly string[]): Record<string, TableFile> {
	return Object.fromEntries(
		kernels.flatMap((release) => [
			[`/boot/vmlinuz-${release}`, ''],
			[`/boot/initrd.img-${release}`, ''],
			[`/lib/modules/${release}/modules.dep`, ''],
		]),
	);
}

async function nextOf(files: Record<string, TableFile>, kernels = releases) {
	const host = createTableHost({ files: { ...filesOf(kernels), ...files } });
	const installed = await readInstalledKernels(host);
	if (!installed.known) throw new Error(installed.why);
	return readNextKernel(host, installed.value);
}

const grub = loadRecording('packages/grub-2.06/grub-cfg.txt').stdout;
const grubSaved = loadRecording('packages/grub-2.06/grub-cfg-saved.txt').stdout;

describe('installed kernels', () => {
	test('come newest first, with image and initramfs', async () => {
		const host = createTableHost({
			files: filesOf(releases),
		});
		expect(await readInstalledKernels(host)).toMatchObject({
			value: [
				{ release: '6.12.95+deb12-cloud-amd64' },
				{
					release: '6.1.0-56-cloud-amd64',
					image: '/boot/vmlinuz-6.1.0-56-cloud-amd64',
					initramfs: '/boot/initrd.img-6.1.0-56-cloud-amd64',
				},
				{ release: '6.1.0-9-cloud-amd64' },
			],
		});
	});

	test('modules without a kernel are leftovers, and a kernel may have no initramfs', async () => {
		const host = createTableHost({
			files: { '/boot/vmlinuz-6.1.0-56-amd64': '', '/lib/modules/6.1.0-56-amd64/x': '', '/lib/modules/5.10.0-1/x': '' },
		});
		expect(await readInstalledKernels(host)).toMatchObject({
			value: [{ release: '6.1.0-56-amd64', initramfs: undefined }],
		});
	});

	test('are unknown where /boot cannot be read', async () => {
		expect(await readInstalledKernels(createTableHost({ files: { '/lib/modules/x/y': '' } }))).toMatchObject({
			known: false,
		});
	});
});

describe('the kernel of the next boot', () => {
	test('is the only one there is, whatever boots it', async () => {
		expect(await nextOf({}, ['6.1.0-56-amd64'])).toMatchObject({ known: true, value: '6.1.0-56-amd64' });
	});

	test('is what GRUB’s menu names first', async () => {
		expect(await nextOf({ '/boot/grub/grub.cfg': grub })).toEqual({
			known: true,
			value: '6.12.95+deb12-cloud-amd64',
			source: '/boot/grub/grub.cfg',
		});
	});

	test('is the saved entry where GRUB keeps one, and the one chosen for a single boot before that', async () => {
		const saved = loadRecording('packages/grub-2.06/grubenv-saved.txt').stdout;
		const next = loadRecording('packages/grub-2.06/grubenv-next.txt').stdout;
		expect(await nextOf({ '/boot/grub/grub.cfg': grubSaved, '/boot/grub/grubenv': saved })).toMatchObject({
			value: '6.1.0-56-cloud-amd64',
		});
		expect(await nextOf({ '/boot/grub/grub.cfg': grubSaved, '/boot/grub/grubenv': next })).toMatchObject({
			value: '6.1.0-9-cloud-amd64',
		});
		expect(await nextOf({ '/boot/grub/grub.cfg': grub, '/boot/grub/grubenv': saved })).toMatchObject({
			value: '6.12.95+deb12-cloud-amd64',
		});
	});

	test.each<[string, Record<string, TableFile>]>([
		['no configuration of a boot loader', {}],
		['a file of the administrator’s that GRUB reads too', { '/boot/grub/grub.cfg': grub, '/boot/grub/custom.cfg': '' }],
		[
			'copies on unmounted partitions',
			{ '/boot/grub/grub.cfg': grub, '/etc/kernel/proxmox-boot-uuids': 'ABCD-1234\n' },
		],
		[
			'systemd-boot',
			{
				'/boot/grub/grub.cfg': grub,
				'/sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f':
					'\u0006\0\0\0s\0y\0s\0t\0e\0m\0d\0-\0b\0o\0o\0t\0 \x002\x005\x002\0',
			},
		],
		['a default without a kernel', { '/boot/grub/grub.cfg': 'set default="0"\n' }],
	])('is unknown with %s', async (_, files) => {
		expect(await nextOf(files)).toMatchObject({ known: false });
	});

	test('is unknown when GRUB’s menu is older than the installed kernels', async () => {
		const kernels = ['6.1.0-9-cloud-amd64', '6.1.0-56-cloud-amd64'];
		expect(await nextOf({ '/boot/grub/grub.cfg': grub }, kernels)).toMatchObject({
			known: false,
			why: expect.stringContaining('not installed'),
		});
	});
});
