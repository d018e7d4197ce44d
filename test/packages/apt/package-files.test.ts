import { describe, expect, test } from 'vitest';
import { packageFileName, planSave, verifyPackageFile } from '../../../src/packages/apt/package-files.js';
import { createTableHost, type Said } from '../../support/table-host.js';

const wanted = { name: 'zfs-dkms', version: '2.1.11-1+deb12u1', architecture: 'all' };
const file = '/saved/zfs-dkms_2.1.11-1+deb12u1_all.deb';
const identity = 'Package: zfs-dkms\nVersion: 2.1.11-1+deb12u1\nArchitecture: all\n';
/** Recorded: a file that ends after 100,000 bytes. */
const cutOff: Said = {
	exit: 2,
	stderr: [
		"dpkg-deb (subprocess): cannot copy archive member from '/tmp/x.deb' to decompressor pipe: unexpected end of file or stream",
		"dpkg-deb (subprocess): decompressing archive '/tmp/x.deb' (size=100000) member 'data.tar': lzma error: internal error (bug)",
		'dpkg-deb: error: <decompress> subprocess returned error exit status 2',
		'',
	].join('\n'),
};

function verify(fields: string | Said, contents: string | Said, files = { [file]: 'deb' } as Record<string, string>) {
	const host = createTableHost({
		commands: [
			['dpkg-deb --field *', fields],
			['dpkg-deb --contents *', contents],
		],
		files,
	});
	return verifyPackageFile(host, wanted, '/saved');
}

describe('package files kept for the way back', () => {
	test('are fetched from the archive first, then taken from the cache, and only then repacked', () => {
		expect(planSave(wanted, '/saved').map(({ how, command }) => [how, ...command.argv])).toEqual([
			[
				...['archive', 'env', '--chdir=/saved', 'apt-get', '--quiet=1', '--option', 'APT::Sandbox::User=root'],
				...['download', '--', 'zfs-dkms=2.1.11-1+deb12u1'],
			],
			['cache', 'cp', '--', `/var/cache/apt/archives/${packageFileName(wanted)}`, '/saved/'],
			['repack', 'env', '--chdir=/saved', 'dpkg-repack', 'zfs-dkms'],
		]);
	});

	test('are found under apt’s own name, epoch included', () => {
		expect(packageFileName({ name: 'gawk', version: '1:5.2.1-2+b1', architecture: 'amd64' })).toBe(
			'gawk_1%3a5.2.1-2+b1_amd64.deb',
		);
	});

	test('count when they are whole and hold exactly this version', async () => {
		expect(await verify(identity, '')).toMatchObject({ known: true, value: { ...{ name: wanted.name }, file } });
	});

	test('do not count when they are cut off, although their header can be read', async () => {
		expect(await verify(identity, cutOff)).toMatchObject({ known: false, why: expect.stringContaining('exit code 2') });
	});

	test('do not count when they hold another version', async () => {
		const other = identity.replace('2.1.11', '2.1.14');
		expect(await verify(other, '')).toMatchObject({ known: false, why: expect.stringContaining('2.1.14') });
	});

	test('are absent where dpkg-repack said that it had made one', async () => {
		expect(await verify(identity, '', {})).toMatchObject({ known: true, value: undefined });
	});
});
