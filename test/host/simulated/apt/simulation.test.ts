import { describe, expect, it } from 'vitest';
import { preferencesText } from '../../../../src/packages/apt/preferences.js';
import { loadRecording } from '../../../fixtures/load.js';
import { openShell } from '../machine-shell.js';

const folder = 'lab/apt-bookworm-2.1.11-to-2.3.2';

describe('the simulated apt-get says, line by line, what the real one was recorded to say', () => {
	it.each([
		's-dist-upgrade',
		's-dkms-alone-no-remove',
		's-dkms-alone-with-recommends',
		's-dkms-utils',
		's-dkms-utils-zed',
		's-full-set',
		's-full-set-V',
		's-full-set-t',
		's-no-remove-eight',
		's-only-upgrade-dkms-alone',
		's-only-upgrade-eight',
		's-only-upgrade-six',
		's-purge-old-libs',
		's-upgrade',
		's-utils-and-zed',
		's-with-libs',
	])('%s', (name) => {
		const recorded = loadRecording(`${folder}/${name}.txt`);
		const said = openShell().run(recorded.command);
		expect(said.lines).toEqual(recorded.stdout.replace(/\n$/, '').split('\n'));
		expect(said.err).toBe(recorded.stderr);
		expect(said.code).toBe(recorded.exitCode);
	});

	it.each(['s-held', 's-held-y', 's-held-eight', 's-held-eight-y'])('%s, with zfs-dkms on hold', (name) => {
		const recorded = loadRecording(`${folder}/${name}.txt`);
		const [, simulate = ''] = recorded.command.split('; ');
		const shell = openShell();
		const lines = [shell.run('apt-mark hold zfs-dkms'), shell.run(simulate)].flatMap((said) => said.lines);
		lines.push(...shell.run('apt-mark unhold zfs-dkms').lines);
		expect(lines).toEqual(recorded.stdout.replace(/\n$/, '').split('\n'));
	});

	it('the way back, offered by the archive', () => {
		const recorded = loadRecording('lab/apt-bookworm-2.1.11-to-2.3.2-chroot-real/s-downgrade.txt');
		const said = openShell('nothing-to-do').run(recorded.command);
		expect(said.lines).toEqual(recorded.stdout.replace(/\n$/, '').split('\n'));
	});

	it('the addresses of the full set, apart from the place of the archive', () => {
		const recorded = loadRecording(`${folder}/print-uris-eight.txt`);
		// There the packages lay on the same disk, so nothing had to be fetched.
		const strip = (line: string) => line.replace(/^'[^']*\/([^/']*)'/, "'$1'").replace('0 B/', '');
		const said = openShell().run(recorded.command);
		expect(said.lines.map(strip)).toEqual(recorded.stdout.replace(/\n$/, '').split('\n').map(strip));
	});
});

describe('the trap', () => {
	it('removes the tools when only zfs-dkms is named', () => {
		const { lines } = openShell().run('apt-get -s install --no-install-recommends zfs-dkms=2.3.2-2~bpo12+2');
		expect(lines.filter((line) => line.startsWith('Remv')).join()).toContain('zfsutils-linux');
	});

	it('is no trap with a preferences file that names the whole set', () => {
		const shell = openShell();
		const file = '/run/preferences';
		shell.run(`dd of=${file} status=none`, preferencesText('zfs-linux', '2.3.2-2~bpo12+2', undefined));
		const option = `Dir::Etc::Preferences=${file}`;
		const { lines } = shell.run(
			`apt-get -s --option ${option} install --no-install-recommends zfs-dkms=2.3.2-2~bpo12+2`,
		);
		expect(lines.filter((line) => line.startsWith('Remv')).map((line) => line.split(' ')[1])).toEqual([
			'libzpool5linux',
			'libzfs4linux',
		]);
	});
});
