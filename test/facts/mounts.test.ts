import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mountOf, parseMounts, readMounts, resolveLinks } from '../../src/facts/mounts.js';
import { findRootDataset } from '../../src/facts/pools.js';
import { readSpace } from '../../src/facts/space.js';
import { createTableHost } from '../support/table-host.js';

const mountInfo = [
	'29 1 0:26 / / rw,relatime shared:1 - zfs rpool/ROOT/debian-1 rw,xattr,posixacl',
	'30 29 0:27 / /proc rw,nosuid,nodev,noexec,relatime shared:2 - proc proc rw',
	'44 29 8:1 / /boot/efi rw,relatime - vfat /dev/sda1 rw,fmask=0022',
	'45 29 0:40 / /srv/with\\040space rw,relatime shared:5 master:2 - zfs tank/with\\040space rw',
	'46 29 0:41 / /usr rw,relatime - zfs rpool/usr rw',
	'',
].join('\n');

describe('mounts', () => {
	it('are read whatever the number of optional fields, with their escaped names', () => {
		expect(parseMounts(mountInfo)).toEqual([
			{ mountPoint: '/', type: 'zfs', source: 'rpool/ROOT/debian-1' },
			{ mountPoint: '/proc', type: 'proc', source: 'proc' },
			{ mountPoint: '/boot/efi', type: 'vfat', source: '/dev/sda1' },
			{ mountPoint: '/srv/with space', type: 'zfs', source: 'tank/with space' },
			{ mountPoint: '/usr', type: 'zfs', source: 'rpool/usr' },
		]);
	});

	it('never make the parser throw, whatever the text', () => {
		fc.assert(fc.property(fc.string(), (text) => Array.isArray(parseMounts(text))));
	});

	it('hold what lies below them, the longest first and the uppermost last', () => {
		const mounts = [...parseMounts(mountInfo), { mountPoint: '/', type: 'overlay', source: 'overlay' }];
		expect(mountOf(mounts, '/usr/lib/modules')?.source).toBe('rpool/usr');
		expect(mountOf(mounts, '/usrlocal')?.source).toBe('overlay');
	});

	it('below an alternate root are those of the mounted system only', async () => {
		const host = createTableHost({
			kind: 'alternate-root',
			root: '/mnt',
			files: {
				'/proc/self/mountinfo':
					'1 0 0:1 / / rw - overlay live rw\n2 1 0:2 / /mnt rw - zfs rpool/ROOT/debian rw\n3 2 8:1 / /mnt/boot/efi rw - vfat /dev/sda1 rw\n',
			},
		});
		const mounts = await readMounts(host);
		expect(mounts).toMatchObject({
			value: [{ mountPoint: '/', source: 'rpool/ROOT/debian' }, { mountPoint: '/boot/efi' }],
		});
		expect(findRootDataset(mounts)).toMatchObject({ known: true, value: 'rpool/ROOT/debian' });
	});

	it('follow links, and end with a loop of them', async () => {
		const { files } = createTableHost({ files: { '/lib': { link: 'usr/lib' }, '/a': { link: 'a' } } });
		const host = { ...createTableHost(), files };
		expect(await resolveLinks(host, '/lib/modules')).toBe('/usr/lib/modules');
		await expect(resolveLinks(host, '/a/b')).resolves.toMatch(/^\//);
	});
});

describe('the root dataset', () => {
	it('is what / is mounted from, or nothing where / is no ZFS', () => {
		expect(findRootDataset({ known: true, value: parseMounts(mountInfo), source: 'x' })).toMatchObject({
			value: 'rpool/ROOT/debian-1',
		});
		const ext4 = parseMounts('22 1 254:1 / / rw - ext4 /dev/vda1 rw\n');
		expect(findRootDataset({ known: true, value: ext4, source: 'x' })).toMatchObject({ known: true, value: undefined });
	});

	it('is unknown, not absent, where nothing is seen on /', () => {
		expect(findRootDataset({ known: true, value: [], source: 'x' }).known).toBe(false);
	});
});

describe('free space', () => {
	it('names the mount of each place, so that what shares a mount is counted once, and finds the EFI partition', async () => {
		const host = createTableHost({
			files: { '/proc/self/mountinfo': mountInfo, '/lib': { link: 'usr/lib' } },
			fileSystems: { '/boot/efi': { freeBytes: 1n, totalBytes: 2n } },
		});
		const space = await readSpace(host, await readMounts(host));
		expect(space).toMatchObject({ known: true });
		expect(space.known && space.value).toEqual(
			expect.arrayContaining([
				expect.objectContaining({ path: '/lib/modules', mountPoint: '/usr' }),
				expect.objectContaining({ path: '/var/lib/dkms', mountPoint: '/' }),
				expect.objectContaining({ path: '/', mountPoint: '/', type: 'zfs', device: 'rpool/ROOT/debian-1' }),
				expect.objectContaining({
					path: '/boot/efi',
					mountPoint: '/boot/efi',
					type: 'vfat',
					freeBytes: 1n,
					totalBytes: 2n,
					readOnly: false,
				}),
			]),
		);
	});
});
