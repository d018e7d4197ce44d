import { describe, expect, it } from 'vitest';
import { readSurroundings } from '../../src/facts/surroundings.js';
import { HostError } from '../../src/host/host-error.js';
import type { TableFile } from '../support/table-files.js';
import { createTableHost } from '../support/table-host.js';

const read = (files: Record<string, TableFile>, kind: 'local' | 'alternate-root' = 'local') =>
	readSurroundings(createTableHost({ files, kind, root: kind === 'local' ? '/' : '/mnt' }));

describe('the id of the host', () => {
	it('comes from the file, unless a parameter of the module overrides it', async () => {
		const file = { text: '\x01\x02\x03\x04', size: 4 };
		expect((await read({ '/etc/hostid': file })).hostid).toMatchObject({ value: 'set', source: '/etc/hostid' });
		expect((await read({ '/sys/module/spl/parameters/spl_hostid': '12648430\n' })).hostid).toMatchObject({
			value: 'set',
			source: '/sys/module/spl/parameters/spl_hostid',
		});
	});

	it('is missing without a file, and unusable where the file is short or all zero, as the module takes it', async () => {
		expect((await read({})).hostid).toMatchObject({ value: 'missing' });
		expect((await read({ '/etc/hostid': { text: '\0\0\0\0', size: 4 } })).hostid).toMatchObject({ value: 'unusable' });
		expect((await read({ '/etc/hostid': { text: '\x01', size: 1 } })).hostid).toMatchObject({ value: 'unusable' });
		const zeroParameter = { '/sys/module/spl/parameters/spl_hostid': '0\n' };
		expect((await read(zeroParameter)).hostid).toMatchObject({ value: 'missing' });
	});

	it('is unknown, with the reason, where the file cannot be read', async () => {
		const denied = new HostError('permission', '/etc/hostid', 'Cannot read /etc/hostid: permission denied.', []);
		expect((await read({ '/etc/hostid': { error: denied } })).hostid).toEqual({ known: false, why: denied.message });
	});
});

describe('swap on a zvol', () => {
	it('is found among what is in use and among what the next boot uses', async () => {
		const files = {
			'/proc/swaps':
				'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/dev/sda2  partition 1 0 -2\n/dev/zd16  partition\t8388604\t0\t-3\n',
			'/etc/fstab':
				'# <file system> <mount point> <type>\n/dev/zvol/rpool/swap none swap discard 0 0\nUUID=1 / ext4 defaults 0 1\n#/dev/zvol/x none swap sw 0 0\n/dev/zvol/tank/vm /srv/vm ext4 defaults 0 2\n',
		};
		expect((await read(files)).swapOnZvol).toMatchObject({ value: ['/dev/zd16', '/dev/zvol/rpool/swap'] });
	});

	it('of the rescue system is not taken for that of the mounted one', async () => {
		const swaps = { '/proc/swaps': 'Filename Type Size Used Priority\n/dev/zd16 partition 1 0 -3\n' };
		expect((await read(swaps, 'alternate-root')).swapOnZvol).toMatchObject({ value: [] });
	});
});

describe('the other files', () => {
	it('tell an empty cache file from one that imports pools', async () => {
		expect((await read({ '/etc/zfs/zpool.cache': { text: '', size: 0 } })).hasPoolCache).toMatchObject({
			value: false,
		});
		expect((await read({ '/etc/zfs/zpool.cache': { text: 'x', size: 1 } })).hasPoolCache).toMatchObject({
			value: true,
		});
	});

	it('tell whether block cloning is on, off, or not a parameter of this module', async () => {
		const path = '/sys/module/zfs/parameters/zfs_bclone_enabled';
		expect((await read({ [path]: '1\n' })).isBlockCloningOn).toMatchObject({ value: true });
		expect((await read({ [path]: '0\n' })).isBlockCloningOn).toMatchObject({ value: false });
		expect((await read({})).isBlockCloningOn).toMatchObject({ known: true, value: undefined });
		expect((await read({ [path]: 'Y\n' })).isBlockCloningOn.known).toBe(false);
	});

	it('tell whether unprivileged users may create user namespaces, by both switches', async () => {
		const limit = { '/proc/sys/user/max_user_namespaces': '63474\n' };
		expect((await read(limit)).allowsUserNamespaces).toMatchObject({ value: true });
		expect(
			(await read({ ...limit, '/proc/sys/kernel/unprivileged_userns_clone': '0\n' })).allowsUserNamespaces,
		).toMatchObject({ value: false });
		expect((await read({})).allowsUserNamespaces).toMatchObject({ value: false });
	});

	it('date the lists of what is on offer by the newest trace of a refresh', async () => {
		const lists = { '/var/lib/apt/lists': { text: '', mtime: 100 } };
		const stamp = { '/var/lib/apt/periodic/update-success-stamp': { text: '', mtime: 300 } };
		expect((await read({ ...lists, ...stamp })).packageListsReadAt).toMatchObject({ value: 300 });
		expect((await read({})).packageListsReadAt).toMatchObject({ known: true, value: undefined });
	});
});
