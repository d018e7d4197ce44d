import { describe, expect, test } from 'vitest';
import { parseModinfo, readModuleFile, readModuleOfKernel } from '../../../src/packages/module/modinfo.js';
import { loadRecording } from '../../fixtures/load.js';
import { createTableHost } from '../../support/table-host.js';

describe('the module on disk', () => {
	test.each([
		['packages/dkms-3.0.10/modinfo.txt', '2.1.11-1+deb12u1', '/lib/modules/6.1.0-56-cloud-amd64/updates/dkms/zfs.ko'],
		[
			'packages/dkms-3.2.2/modinfo.txt',
			'2.4.4-1~bpo13+1',
			'/lib/modules/6.12.107+deb13-cloud-amd64/updates/dkms/zfs.ko.xz',
		],
		[
			'lab/apt-bookworm-2.1.11-to-2.3.2-chroot-real/modinfo-after.txt',
			'2.3.2-2~bpo12+2',
			'/lib/modules/6.1.0-56-amd64/updates/dkms/zfs.ko',
		],
	])('%s is read with its full version and path', (file, version, path) => {
		const { exitCode = 0, stdout, stderr } = loadRecording(file);
		expect(parseModinfo({ code: exitCode, stdout, stderr })).toMatchObject({ version, path });
	});

	test('its signer and kernel are read where it is signed', () => {
		const { stdout } = loadRecording('lab/apt-bookworm-2.1.11-to-2.3.2/modinfo-zfs.txt');
		const signed = `${stdout}sig_id:         PKCS#7\nsigner:         DKMS module signing key\nsig_key:        12:34\n`;
		expect(parseModinfo({ code: 0, stdout: signed, stderr: '' })).toMatchObject({
			signer: 'DKMS module signing key',
			vermagic: '6.1.0-56-amd64',
			srcversion: '3BC7D33C1FA8C190BAB6722',
		});
	});

	test.each(['lab/apt-no-kernel-headers/3-modinfo.txt', 'packages/dkms-3.0.10/modinfo-no-kernel.txt'])(
		'its absence is known, not a failure: %s',
		async (file) => {
			const host = createTableHost({ commands: [['modinfo *', loadRecording(file)]] });
			expect(await readModuleOfKernel(host, '9.9.9')).toMatchObject({ known: true, value: undefined });
		},
	);

	test('the kernel is always named', async () => {
		const host = createTableHost({ commands: [['modinfo *', loadRecording('packages/dkms-3.0.10/modinfo.txt')]] });
		await readModuleOfKernel(host, '6.1.0-56-cloud-amd64');
		expect(host.shownCalls()).toEqual(['modinfo -k 6.1.0-56-cloud-amd64 zfs']);
	});

	test.each([
		{ exit: 1, stderr: "modinfo: ERROR: could not open '/x/zfs.ko': Permission denied\n" },
		{ stdout: 'filename:       /x/zfs.ko\n' },
		{ stdout: '' },
	])('anything else leaves it unknown: %j', async (said) => {
		const host = createTableHost({ commands: [['modinfo *', said]] });
		expect(await readModuleFile(host, '/x/zfs.ko')).toMatchObject({ known: false });
	});
});
