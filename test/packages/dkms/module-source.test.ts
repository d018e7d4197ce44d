import { describe, expect, test } from 'vitest';
import { addCommand, buildCommand, installCommand, removeCommand } from '../../../src/packages/dkms/commands.js';
import { explainDkmsExit } from '../../../src/packages/dkms/exit-codes.js';
import {
	findSourceVersion,
	placeSourceCommand,
	readSourceVersion,
	sourceFolder,
	unpackSource,
} from '../../../src/packages/dkms/module-source.js';
import { loadRecording } from '../../fixtures/load.js';
import { createTableHost } from '../../support/table-host.js';

describe('the new source beside the old one', () => {
	test('its version is read from the package’s contents, not from its name', () => {
		expect(findSourceVersion(loadRecording('packages/dkms-3.0.10/dpkg-contents.txt').stdout)).toBe('2.3.2');
		expect(findSourceVersion(loadRecording('packages/dkms-3.2.2/dpkg-contents.txt').stdout)).toBe('2.3.9');
	});

	test('a package without a module source, or with two, is refused', async () => {
		const host = createTableHost({
			commands: [['dpkg-deb *', 'drwxr-xr-x root/root 0 2026-01-01 00:00 ./usr/src/\n']],
		});
		expect(await readSourceVersion(host, '/x.deb')).toMatchObject({ known: false });
		const two = ['2.3.2', '2.3.9'].map(
			(version) => `-rw-r--r-- root/root 1 2026-01-01 00:00 ./usr/src/zfs-${version}/dkms.conf\n`,
		);
		expect(() => findSourceVersion(two.join(''))).toThrow(/expected one module source/);
	});

	test('nothing but the source leaves the package, and it is never half in place', () => {
		const [unpack, extract] = unpackSource('/new/zfs-dkms.deb', '2.3.2', '/usr/src/.staging').commands;
		expect(unpack.argv).toEqual(['dpkg-deb', '--fsys-tarfile', '/new/zfs-dkms.deb']);
		expect(extract?.argv.at(-1)).toBe('./usr/src/zfs-2.3.2');
		expect(extract?.argv).toContain('--directory=/usr/src/.staging');
		expect(placeSourceCommand('2.3.2', '/usr/src/.staging').argv.slice(-2)).toEqual([
			'/usr/src/.staging/zfs-2.3.2',
			sourceFolder('2.3.2'),
		]);
	});
});

describe('DKMS actions', () => {
	test('are the recorded ones', () => {
		const recorded = (file: string) => loadRecording(`packages/dkms-3.0.10/${file}.txt`).command.split(' ');
		const kernel = '6.1.0-56-cloud-amd64';
		expect(addCommand('2.3.2').argv).toEqual(recorded('dkms-add'));
		expect(buildCommand('2.3.2', kernel).argv).toEqual(recorded('dkms-build'));
		expect(installCommand('2.3.2', kernel).argv).toEqual(recorded('dkms-install'));
		expect(removeCommand('2.3.9').argv).toEqual(
			loadRecording('packages/dkms-3.2.2/dkms-remove.txt').command.split(' '),
		);
	});

	test.each([
		['dkms-3.0.10', '3.0.10-8+deb12u1', 'dkms-build-no-headers', /headers/],
		['dkms-3.2.2', '3.2.2-1~deb13u1', 'dkms-build-no-headers', /headers/],
		['dkms-3.0.10', '3.0.10-8+deb12u1', 'dkms-build-fail', /build failed/],
		['dkms-3.2.2', '3.2.2-1~deb13u1', 'dkms-build-fail', /build failed/],
		['dkms-3.2.2', '3.2.2-1~deb13u1', 'dkms-add-again', /already added/],
	])('%s: the exit code of %s %s is explained', (folder, version, file, expected) => {
		const { exitCode = 0 } = loadRecording(`packages/${folder}/${file}.txt`);
		expect(explainDkmsExit(exitCode, version)).toMatch(expected);
	});

	test('a code that changed its meaning is explained by the version that gave it', () => {
		expect(explainDkmsExit(9, '3.0.10-8+deb12u1')).toMatch(/BUILD_EXCLUSIVE/);
		expect(explainDkmsExit(9, '3.2.2-1')).toBeUndefined();
		expect(explainDkmsExit(77, '3.0.11-1')).toMatch(/BUILD_EXCLUSIVE/);
		expect(explainDkmsExit(77, '2.8.4-3')).toBeUndefined();
		expect(explainDkmsExit(1, '3.2.2-1')).not.toMatch(/headers/);
	});
});
