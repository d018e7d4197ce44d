import { describe, expect, test } from 'vitest';
import { apt } from '../../../src/packages/apt/apt.js';
import { preferencesText } from '../../../src/packages/apt/preferences.js';
import { simulateCommand } from '../../../src/packages/apt/transaction.js';
import type { SetChange } from '../../../src/packages/package-manager.js';
import { loadRecording } from '../../fixtures/load.js';
import { createTableHost } from '../../support/table-host.js';

const forward: SetChange = {
	direction: 'forward',
	from: {
		kind: 'archive',
		packages: [
			{ name: 'zfs-dkms', version: '2.3.2-2~bpo12+2' },
			{ name: 'zfs-zed', version: '2.3.2-2~bpo12+2' },
		],
		preferencesFile: '/run/zl/forward',
	},
};
const back: SetChange = { direction: 'back', from: { kind: 'files', files: ['/saved/zfs-dkms_2.1.11-1_all.deb'] } };

describe('the transaction', () => {
	test('asks nobody, keeps edited configuration and lets no service be restarted', () => {
		const { argv, env } = apt.transactionCommand(forward);
		expect(argv.join(' ')).toContain('--assume-yes');
		expect(argv).toContain('Dpkg::Options::=--force-confold');
		expect(env).toMatchObject({ DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1' });
	});

	test('is simulated with the same arguments that it runs with', () => {
		const real = apt.transactionCommand(forward).argv.join(' ');
		// who fetches is no matter of what is done; nothing is fetched by a simulation
		const same = real.replace('--assume-yes --option APT::Sandbox::User=root', '--simulate');
		expect(simulateCommand(forward).argv.join(' ')).toBe(same);
	});

	test('never removes what it was not told to, and takes no recommended packages', () => {
		expect(apt.transactionCommand(forward).argv).toEqual(
			expect.arrayContaining(['--no-auto-remove', '--no-install-recommends']),
		);
	});

	test('downgrades only on the way back', () => {
		expect(apt.transactionCommand(forward).argv).not.toContain('--allow-downgrades');
		expect(apt.transactionCommand(back).argv).toContain('--allow-downgrades');
	});

	test('touches packages on hold only where that was asked for', () => {
		expect(apt.transactionCommand(forward).argv.join(' ')).not.toMatch(/hold|held/);
		expect(apt.transactionCommand({ ...forward, changeHeld: true }).argv).toEqual(
			expect.arrayContaining(['--ignore-hold', '--allow-change-held-packages']),
		);
	});

	test('names what it takes away, and mends only where that was asked for', () => {
		expect(apt.transactionCommand({ ...forward, remove: ['libzfs4linux'] }).argv.at(-1)).toBe('libzfs4linux-');
		expect(apt.transactionCommand(forward).argv).not.toContain('--fix-broken');
		expect(apt.transactionCommand({ ...back, repair: true }).argv).toContain('--fix-broken');
	});

	test('takes the way back from saved files alone, without an archive or a pin', () => {
		const { argv } = apt.transactionCommand(back);
		expect(argv.slice(-3)).toEqual(['install', '--', '/saved/zfs-dkms_2.1.11-1_all.deb']);
		expect(argv.join(' ')).not.toContain('Preferences');
	});

	test('uses no progress channel that would take standard output or error from maintainer scripts', () => {
		expect(apt.transactionCommand(forward).argv.join(' ')).not.toContain('Status-Fd');
	});

	test('waits for another package manager’s lock only as long as it was told to', () => {
		expect(apt.transactionCommand({ ...forward, lockTimeoutSeconds: 600 }).argv).toContain('DPkg::Lock::Timeout=600');
	});

	test('a download has its own folder and installs nothing', () => {
		const { argv } = apt.downloadCommand({ ...forward, archivesDirectory: '/var/lib/zl/new' });
		expect(argv).toEqual(expect.arrayContaining(['--download-only', 'Dir::Cache::Archives=/var/lib/zl/new']));
	});

	test('the recorded commands are still the ones that are built', () => {
		const { command } = loadRecording('packages/apt-2.6.2/simulate-forward-files.txt');
		const files = command.split(' -- ')[1]?.split(' ') ?? [];
		const [first = '', ...rest] = files;
		const change: SetChange = { direction: 'forward', from: { kind: 'files', files: [first, ...rest] } };
		expect(simulateCommand(change).argv.join(' ')).toBe(command);
	});
});

describe('the private pin file', () => {
	test('chooses one version and takes every other one of the set out of the race', () => {
		expect(preferencesText('zfs-linux', '2.3.2-2~bpo12+2', undefined)).toBe(
			[
				'Package: src:zfs-linux',
				'Pin: version 2.3.2-2~bpo12+2',
				'Pin-Priority: 1001',
				'',
				'Package: src:zfs-linux',
				'Pin: version *',
				'Pin-Priority: 1',
				'',
			].join('\n'),
		);
	});

	test('keeps what the administrator pinned, behind our own records', () => {
		const own = 'Package: nginx\nPin: release n=bookworm-backports\nPin-Priority: 900\n';
		const text = preferencesText('zfs-linux', '2.3.2-2', `\n${own}\n\n`);
		expect(text.split(/\n\n/)).toHaveLength(3);
		expect(text.endsWith(`\n\n${own}`)).toBe(true);
		expect(preferencesText('zfs-linux', '2.3.2-2', '  \n')).toBe(preferencesText('zfs-linux', '2.3.2-2', undefined));
	});
});

describe('the size of a transaction', () => {
	test('is read file by file, in exact bytes', async () => {
		const host = createTableHost({
			commands: [['apt-get --print-uris *', loadRecording('packages/apt-2.6.2/print-uris.txt')]],
		});
		const size = await apt.readTransactionSize(host, forward);
		expect(size.known && size.value.files).toHaveLength(10);
		expect(size.known && size.value.files).toContainEqual({
			name: 'zfs-dkms_2.3.2-2~bpo12+2_all.deb',
			bytes: 2446968n,
		});
		expect(size).toMatchObject({ value: { diskBytes: 1111000n } });
	});

	test('knows freed space, and large amounts', async () => {
		const say = (line: string) =>
			apt.readTransactionSize(createTableHost({ commands: [['apt-get *', `${line}\n`]] }), forward);
		expect(await say('After this operation, 122 kB disk space will be freed.')).toMatchObject({
			value: { diskBytes: -122000n, files: [] },
		});
		expect(await say('After this operation, 1,234 MB of additional disk space will be used.')).toMatchObject({
			value: { diskBytes: 1_234_000_000n },
		});
	});

	test('is unknown when apt refuses', async () => {
		const host = createTableHost({
			commands: [['apt-get *', { exit: 100, stderr: 'E: Unable to locate package x\n' }]],
		});
		expect(await apt.readTransactionSize(host, forward)).toMatchObject({ known: false });
	});
});
