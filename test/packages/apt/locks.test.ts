import { describe, expect, test } from 'vitest';
import { apt } from '../../../src/packages/apt/apt.js';
import { parseLockTable } from '../../../src/packages/apt/locks.js';
import { createTableHost } from '../../support/table-host.js';

/** Recorded while a process held dpkg's lock; the device is not the one that stat gives. */
const lockTable = [
	'23: POSIX  ADVISORY  WRITE 30221 fe:00:16244742 0 EOF',
	'24: POSIX  ADVISORY  WRITE 30498 00:2f:2217387 0 EOF',
	'25: OFDLCK ADVISORY  READ -1 fe:00:16244960 201 201',
	'',
].join('\n');

const identities = {
	exit: 1,
	stdout: '51:2217387 /var/lib/dpkg/lock-frontend\n51:2217388 /var/lib/dpkg/lock\n',
	stderr: "stat: cannot statx '/var/cache/apt/archives/lock': No such file or directory\n",
};

function createHost(openFile: string) {
	return createTableHost({
		commands: [
			['stat * /proc/*', `64:12 /proc/30498/fd/0\n${openFile} /proc/30498/fd/3\n`],
			['stat * /var/*', identities],
		],
		files: {
			'/proc/locks': lockTable,
			'/proc/30498/fd/0': '',
			'/proc/30498/fd/3': '',
			'/proc/30498/cmdline': '/usr/bin/dpkg\0--configure\0-a\u001b[31m\0',
		},
	});
}

describe('who holds the package manager’s lock', () => {
	test('is named with its process and command, safe to show', async () => {
		expect(await apt.readLockHolder(createHost('51:2217387'))).toEqual({
			known: true,
			value: { pid: 30498, lock: '/var/lib/dpkg/lock-frontend', command: '/usr/bin/dpkg --configure -a' },
			source: '/proc/locks',
		});
	});

	test('is not a process that locks another file with the same inode number', async () => {
		expect(await apt.readLockHolder(createHost('60:2217387'))).toMatchObject({ known: true, value: undefined });
	});

	test('is assumed where the process cannot be looked into', async () => {
		const host = createTableHost({
			commands: [['stat *', identities]],
			files: { '/proc/locks': lockTable },
		});
		expect(await apt.readLockHolder(host)).toMatchObject({ value: { pid: 30498, command: 'process 30498' } });
	});

	test('is nobody when the table has only other files', async () => {
		const host = createTableHost({
			commands: [['stat *', identities]],
			files: { '/proc/locks': '23: POSIX  ADVISORY  WRITE 30221 fe:00:16244742 0 EOF\n' },
		});
		expect(await apt.readLockHolder(host)).toMatchObject({ known: true, value: undefined });
	});

	test('is unknown without the kernel’s table', async () => {
		expect(await apt.readLockHolder(createTableHost({ commands: [['stat *', identities]] }))).toMatchObject({
			known: false,
		});
	});

	test('readers and owners that are no process of this host hold nothing', () => {
		expect(parseLockTable(lockTable).map(({ pid }) => pid)).toEqual([30221, 30498]);
		expect(
			parseLockTable('1: OFDLCK ADVISORY  WRITE -1 fe:00:1 0 EOF\n2: POSIX  ADVISORY  WRITE 0 fe:00:1 0 EOF\n'),
		).toEqual([]);
	});
});
