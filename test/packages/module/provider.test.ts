import { describe, expect, test } from 'vitest';
import { parseDkmsStatus } from '../../../src/packages/dkms/status.js';
import type { ModuleInfo } from '../../../src/packages/module/modinfo.js';
import { parseOwner, readModuleProvider } from '../../../src/packages/module/provider.js';
import { loadRecording } from '../../fixtures/load.js';
import { createTableHost, type Said } from '../../support/table-host.js';

const kernel = '6.1.0-56-amd64';
const unowned: Said = { exit: 1, stderr: 'dpkg-query: no path found matching pattern /lib/modules/x/zfs.ko\n' };
const dkms = parseDkmsStatus(`zfs/2.3.2, ${kernel}, x86_64: installed\nzfs/2.1.11, 6.1.0-9-amd64, x86_64: installed\n`);

function moduleAt(path: string): ModuleInfo {
	return { path, version: '2.3.2-2', srcversion: undefined, signer: undefined, vermagic: undefined };
}

function provide(path: string, said: Said, entries = dkms) {
	const host = createTableHost({ commands: [['dpkg-query --search *', said]] });
	return readModuleProvider(host, kernel, moduleAt(path), entries);
}

describe('who put the module there', () => {
	test('DKMS, where nobody owns the file and DKMS installed one for this kernel', async () => {
		expect(await provide(`/lib/modules/${kernel}/updates/dkms/zfs.ko`, unowned)).toMatchObject({
			value: { kind: 'dkms', version: '2.3.2' },
		});
	});

	test('nobody, where DKMS knows of none for this kernel', async () => {
		const others = dkms.filter((entry) => entry.kernel !== kernel);
		expect(await provide(`/lib/modules/${kernel}/updates/dkms/zfs.ko`, unowned, others)).toMatchObject({
			value: { kind: 'unowned' },
		});
	});

	test.each([
		['linux-modules-6.8.0-45-generic', 'kernel'],
		['linux-main-modules-zfs-7.0.0-10-generic', 'kernel'],
		['proxmox-kernel-6.8.12-4-pve-signed', 'kernel'],
		['linux-image-6.1.0-56-amd64', 'kernel'],
		['openzfs-zfs-modules-6.1.0-56-amd64', 'package'],
		['kmod-zfs-6.1.0-56', 'package'],
	])('the package %s counts as %s', async (name, kind) => {
		const path = `/lib/modules/${kernel}/kernel/zfs/zfs.ko`;
		const said = { exit: 1, stdout: `${name}: ${path}\n`, stderr: unowned.stderr ?? '' };
		expect(await provide(path, said)).toMatchObject({ value: { kind, package: name } });
	});

	test('the kernel itself, where it is built in', async () => {
		expect(await provide('(builtin)', unowned)).toMatchObject({ value: { kind: 'built-in' } });
	});

	test('both spellings of a merged /usr are asked for', async () => {
		const host = createTableHost({ commands: [['dpkg-query --search *', unowned]] });
		await readModuleProvider(host, kernel, moduleAt('/lib/modules/x/zfs.ko'), []);
		await readModuleProvider(host, kernel, moduleAt('/usr/lib/modules/x/zfs.ko'), []);
		expect(host.shownCalls()).toEqual([
			'dpkg-query --search /lib/modules/x/zfs.ko /usr/lib/modules/x/zfs.ko',
			'dpkg-query --search /usr/lib/modules/x/zfs.ko /lib/modules/x/zfs.ko',
		]);
	});

	test('a recorded owner is found although dpkg exits with 1 for the other spelling', () => {
		const { exitCode = 0, stdout, stderr } = loadRecording('packages/dkms-3.2.2/dpkg-search-owned.txt');
		expect(exitCode).toBe(1);
		expect(parseOwner({ code: exitCode, stdout, stderr })).toBe('linux-image-6.12.107+deb13-cloud-amd64');
		const none = loadRecording('packages/dkms-3.2.2/dpkg-search-unowned.txt');
		expect(parseOwner({ code: 1, stdout: none.stdout, stderr: none.stderr })).toBeUndefined();
	});

	test('shared files and diversions do not confuse it', () => {
		const stdout = 'diversion by x from: /lib/a\nlibc6:amd64, libc6:i386: /lib/a\n';
		expect(parseOwner({ code: 0, stdout, stderr: '' })).toBe('libc6');
	});

	test('a failing dpkg is no "nobody"', async () => {
		expect(
			await provide('/lib/modules/x/zfs.ko', { exit: 2, stderr: 'dpkg-query: error: cannot read\n' }),
		).toMatchObject({
			known: false,
		});
	});
});
