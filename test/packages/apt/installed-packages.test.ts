import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { apt } from '../../../src/packages/apt/apt.js';
import { parseStatusTable } from '../../../src/packages/apt/installed-packages.js';
import { loadRecording } from '../../fixtures/load.js';
import { createTableHost } from '../../support/table-host.js';

describe('installed packages', () => {
	test('the set is every binary of the OpenZFS source package, whatever its name', async () => {
		const host = createTableHost({
			commands: [['dpkg-query --show *', loadRecording('packages/apt-2.6.2/status.txt')]],
		});
		const set = await apt.readInstalledSet(host);
		expect(set.known && set.value.map(({ name, version, status }) => `${name} ${version} ${status}`)).toEqual([
			'libnvpair3linux 2.1.11-1+deb12u1 ii',
			'libpam-zfs 2.1.11-1+deb12u1 ii',
			'libuutil3linux 2.1.11-1+deb12u1 ii',
			'libzfs4linux 2.1.11-1+deb12u1 ii',
			'libzpool5linux 2.1.11-1+deb12u1 ii',
			'python3-pyzfs 2.1.11-1+deb12u1 ii',
			'zfs-dkms 2.1.11-1+deb12u1 ii',
			'zfs-initramfs 2.1.11-1+deb12u1 ii',
			'zfs-zed 2.1.11-1+deb12u1 ii',
			'zfsutils-linux 2.1.11-1+deb12u1 ii',
		]);
	});

	test('a replaced library that stayed behind is still part of the set', async () => {
		const host = createTableHost({
			commands: [['dpkg-query --show *', loadRecording('packages/apt-3.0.3/status-after.txt')]],
		});
		const set = await apt.readInstalledSet(host);
		expect(set.known && set.value.filter(({ version }) => version !== '2.4.4-1~bpo13+1')).toMatchObject([
			{ name: 'libzpool6linux', version: '2.3.9-0+deb13u1' },
		]);
	});

	test('a failing dpkg leaves the set unknown, not empty', async () => {
		const host = createTableHost({
			commands: [['dpkg-query *', { exit: 2, stderr: 'dpkg-query: error: parsing file\n' }]],
		});
		expect(await apt.readInstalledSet(host)).toMatchObject({
			known: false,
			why: expect.stringContaining('parsing file'),
		});
	});

	test.each([
		['hi ', { isHeld: true, isComplete: true, status: 'hi' }],
		['iF ', { isHeld: false, isComplete: false, status: 'iF' }],
		['iU ', { isHeld: false, isComplete: false, status: 'iU' }],
		['iHR', { isHeld: false, isComplete: false, status: 'iHR' }],
		['iW ', { isHeld: false, isComplete: false, status: 'iW' }],
		['ri ', { isHeld: false, isComplete: true, status: 'ri' }],
		['hiR', { isHeld: true, isComplete: false, status: 'hiR' }],
	])('status %j is read to the last letter', (abbreviation, expected) => {
		expect(parseStatusTable(`zfs-dkms\tall\t2.3.2-1\t${abbreviation}\tzfs-linux\n`)).toMatchObject([expected]);
	});

	test('what is removed is not installed, even if its configuration stayed', () => {
		const recorded = loadRecording('lab/apt-bookworm-2.1.11-to-2.3.2/dpkg-query.txt').stdout;
		const columns = (row: string) => row.split('\t');
		const table = recorded
			.split('\n')
			.filter((row) => row !== '')
			.map((row) => [columns(row)[0], columns(row)[2], columns(row)[1], columns(row)[3], columns(row)[4]].join('\t'));
		const removed = 'libzfs6linux\tamd64\t2.3.2-2\trc \tzfs-linux';
		const absent = table.filter((row) => row.includes('\tun \t'));
		expect(absent.length).toBeGreaterThan(5);
		expect(parseStatusTable([...table, removed].join('\n'))).toHaveLength(table.length - absent.length);
	});

	test.each(['', 'zfs-dkms', 'a\tall\t1\txx \tb', 'a\tall\t1\tii \tb\tc'])(
		'%j is either no package or an error',
		(line) => {
			if (line === '') expect(parseStatusTable(line)).toEqual([]);
			else expect(() => parseStatusTable(line)).toThrow(/not a package status line/);
		},
	);

	test('every package that dpkg lists is read back', () => {
		const field = fc.stringMatching(/^[a-z][a-z0-9+.-]{1,12}$/);
		fc.assert(
			fc.property(fc.array(fc.tuple(field, field, field, field)), (rows) => {
				const table = rows.map(([a, b, c, d]) => `${a}\t${b}\t${c}\tii \t${d}\n`).join('');
				expect(
					parseStatusTable(table).map(({ name, architecture, version, source }) => [
						name,
						architecture,
						version,
						source,
					]),
				).toEqual(rows);
			}),
		);
	});
});
