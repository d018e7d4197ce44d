import { expect, test } from 'vitest';
import { detectPackageManager, findPackageManager } from '../../src/packages/detect.js';
import { createTableHost } from '../support/table-host.js';

test.each([
	['apt', '/var/lib/dpkg/status'],
	['dnf', '/var/lib/dnf/history.sqlite'],
	['zypper', '/var/lib/zypp/AutoInstalled'],
	['pacman', '/var/lib/pacman/local/ALPM_DB_VERSION'],
])('%s is known by the database that it keeps', async (name, file) => {
	const host = createTableHost({ files: { [file]: 'x' } });
	expect(await detectPackageManager(host)).toMatchObject({ known: true, value: name });
});

test('an empty database of another manager does not count, two real ones leave it unknown', async () => {
	const files = { '/var/lib/dnf/history.sqlite': 'x', '/var/lib/dpkg/status': '' };
	expect(await detectPackageManager(createTableHost({ files }))).toMatchObject({ value: 'dnf' });
	const both = { ...files, '/var/lib/dpkg/status': 'Package: x\n' };
	expect(await detectPackageManager(createTableHost({ files: both }))).toMatchObject({ known: false });
	expect(await detectPackageManager(createTableHost())).toMatchObject({ known: false });
});

test('only apt can be driven so far', () => {
	expect(findPackageManager('apt')?.name).toBe('apt');
	expect(findPackageManager('dnf')).toBeUndefined();
});
