import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../../src/host/simulated/machine.js';
import { writeText } from '../../../../src/host/simulated/tree.js';
import { loadRecording } from '../../../fixtures/load.js';
import { type MachineShell, openShell } from '../machine-shell.js';

const target = '2.3.2-2~bpo12+2';
const source = '2.1.11-1+deb12u1';
const names = ['zfs-dkms', 'zfsutils-linux', 'zfs-zed', 'zfs-initramfs', 'libnvpair3linux', 'libuutil3linux'];
const install = ['apt-get', 'install', '-y', '--no-install-recommends'];

const forward = [...install, ...names, 'libzfs6linux', 'libzpool6linux'].map((word) =>
	/^(?:zfs|lib)/.test(word) ? `${word}=${target}` : word,
);
const back = [
	...install,
	'--allow-downgrades',
	...[...names, 'libzfs4linux', 'libzpool5linux'].map((name) => `${name}=${source}`),
];

function versionsOf({ packages }: Machine): Readonly<Record<string, string>> {
	const ours = Object.entries(packages).filter(
		([name, { state }]) => /zfs|libnvpair|libuutil|libzpool/.test(name) && state !== 'config-files',
	);
	return Object.fromEntries(ours.map(([name, { version, state }]) => [name, `${version} ${state}`]));
}

function fillDisk(shell: MachineShell, bytes: bigint): void {
	const fileSystems = shell.machine.fileSystems.map((one) =>
		one.path === '/' ? { ...one, usedBytes: String(BigInt(one.usedBytes) + bytes) } : one,
	);
	shell.machine = { ...shell.machine, fileSystems };
}

function failBuilds(shell: MachineShell): void {
	const faults = { ...shell.machine.faults, buildFails: [{ version: '2.3.2', kernels: [] }] };
	shell.machine = { ...shell.machine, faults };
}

/** The recording's host had one kernel. */
function removeOldKernel(shell: MachineShell): void {
	const old = '6.1.0-50-amd64';
	const modules = [
		`/usr/lib/modules/${old}`,
		`/var/lib/dkms/zfs/2.1.11/${old}`,
		`/var/lib/dkms/zfs/kernel-${old}-x86_64`,
	];
	shell.run(['rm', '-rf', `/boot/vmlinuz-${old}`, `/boot/initrd.img-${old}`, ...modules]);
}

describe('a transaction over the full set', () => {
	it('moves every package, and the libraries with their new numbers', () => {
		const shell = openShell();
		const { code, out } = shell.run(forward);
		expect(code).toBe(0);
		expect(out).toContain('6 upgraded, 2 newly installed, 2 to remove and 0 not upgraded.');
		expect(versionsOf(shell.machine)).toEqual({
			...Object.fromEntries([...names, 'libzfs6linux', 'libzpool6linux'].map((name) => [name, `${target} installed`])),
		});
		expect(shell.run('zfs version').lines).toEqual([`zfs-${target}`, `zfs-kmod-${source}`]);
	});

	it('builds the module for the running and the newest kernel only, and loads nothing', () => {
		const shell = openShell();
		shell.run(forward);
		expect(shell.run('dkms status').lines).toEqual(['zfs/2.3.2, 6.1.0-56-amd64, x86_64: installed']);
		expect(shell.run('modinfo -k 6.1.0-56-amd64 -F version zfs').out).toBe(`${target}\n`);
		expect(shell.run('modinfo -k 6.1.0-50-amd64 -F version zfs').code).toBe(1);
		expect(shell.run('cat /sys/module/zfs/version').out).toBe(`${source}\n`);
	});

	it('goes back to the old library numbers, and only where a downgrade is allowed', () => {
		const shell = openShell('nothing-to-do');
		const refused = shell.run(back.filter((word) => word !== '--allow-downgrades'));
		expect(refused.code).toBe(100);
		expect(refused.err).toContain('Packages were downgraded and -y was used without --allow-downgrades');
		const { code } = shell.run(back);
		expect(code).toBe(0);
		expect(Object.keys(versionsOf(shell.machine)).toSorted()).toEqual(
			[...names, 'libzfs4linux', 'libzpool5linux'].toSorted(),
		);
		expect(shell.run('dkms status').out).not.toContain('2.3.2');
	});

	it('goes back by package files when the archive cannot be reached', () => {
		const shell = openShell();
		shell.run('mkdir -p /kept');
		for (const name of [...names, 'libzfs4linux', 'libzpool5linux']) {
			shell.run(['env', '--chdir=/kept', 'apt-get', 'download', '--', name]);
		}
		shell.run(forward);
		shell.machine = { ...shell.machine, archive: { ...shell.machine.archive, isUnreachable: true } };
		const files = shell.run('ls /kept').lines.map((name) => `/kept/${name}`);
		expect(files).toHaveLength(8);
		expect(shell.run([...install, '--allow-downgrades', ...files]).code).toBe(0);
		expect(shell.run('zfs version').lines[0]).toBe(`zfs-${source}`);
	});

	it('is refused while somebody holds the lock, and waits for it where it is told to', () => {
		const shell = openShell('apt-locked');
		const refused = shell.run(forward);
		expect(refused.code).toBe(100);
		expect(refused.err).toContain(
			'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (unattended-upgr)',
		);
		const before = shell.machine.clock;
		expect(shell.run([...forward, '-o', 'DPkg::Lock::Timeout=900']).code).toBe(0);
		expect(shell.machine.clock - before).toBeGreaterThan(500);
	});

	it('asks when nobody said yes, and gets no answer', () => {
		const { code, out } = openShell().run(forward.filter((word) => word !== '-y'));
		expect(code).toBe(1);
		expect(out).toContain('Do you want to continue? [Y/n] Abort.');
	});

	it('does not begin without the network', () => {
		const shell = openShell('no-network');
		const { code, err } = shell.run(forward);
		expect(code).toBe(100);
		expect(err).toContain("Temporary failure resolving 'deb.debian.org'");
		expect(versionsOf(shell.machine)).toEqual(versionsOf(openShell().machine));
	});

	it('fetches nothing that does not fit', () => {
		const shell = openShell('no-space');
		fillDisk(shell, 89_500_000n);
		const { code, err } = shell.run(forward);
		expect(code).toBe(100);
		expect(err).toContain("E: You don't have enough free space in /var/cache/apt/archives/.");
	});

	it('leaves zfs-dkms half configured when the disk fills up during the build', () => {
		const shell = openShell('no-space');
		expect(shell.run(forward).code).toBe(100);
		expect(shell.run('cat /var/lib/dkms/zfs/2.3.2/build/make.log').out).toContain('No space left on device');
		expect(versionsOf(shell.machine)['zfs-dkms']).toBe(`${target} half-configured`);
	});
});

describe('configuration files of a package', () => {
	it('stay away, edited or as they were, as dpkg 1.21 was seen to do', () => {
		const shell = openShell();
		shell.run('mv /etc/cron.d/zfsutils-linux /root/moved-away');
		shell.run('rm /etc/default/zfs');
		const edited = '# edited by the administrator\n';
		shell.machine = writeText(shell.machine, '/etc/zfs/zed.d/zed.rc', edited);
		expect(shell.run(forward).code).toBe(0);
		expect(shell.run('stat /etc/cron.d/zfsutils-linux').code).toBe(1);
		expect(shell.run('stat /etc/cron.d/zfsutils-linux.dpkg-dist').code).toBe(1);
		expect(shell.run('stat /etc/default/zfs').code).toBe(1);
		expect(shell.run('cat /etc/default/zfs.dpkg-dist').out).toContain(target);
		expect(shell.run('cat /etc/zfs/zed.d/zed.rc').out).toBe(edited);
		expect(shell.run('cat /etc/zfs/zed.d/zed.rc.dpkg-dist').out).toContain(target);
		expect(shell.run('cat /etc/zfs/zfs-functions').out).toContain(target);
	});
});

describe('a transaction whose module does not build', () => {
	it('leaves the states that dpkg was recorded to show, and no module on the disk', () => {
		const shell = openShell();
		removeOldKernel(shell);
		failBuilds(shell);
		const { code, err } = shell.run([...install, '--only-upgrade', ...names.map((name) => `${name}=${target}`)]);
		expect(code).toBe(100);
		expect(err).toContain('E: Sub-process /usr/bin/dpkg returned an error code (1)');
		for (const name of ['2-dpkg-audit', '3-dpkg-l', '4-dkms-status', '6-s-install', '8-apt-check']) {
			const recorded = loadRecording(`lab/apt-dkms-build-failure/${name}.txt`);
			const [command = ''] = recorded.command.split(' | ');
			const said = shell.run(command.replaceAll("'", ''));
			expect(said.out, name).toBe(recorded.stdout);
		}
		const modinfo = shell.run('modinfo -k 6.1.0-56-amd64 -F version zfs');
		expect(modinfo).toMatchObject({ code: 1, out: '' });
		expect(modinfo.err).toContain('Module zfs not found');
	});

	it('is finished by dpkg --configure -a once the fault is mended', () => {
		const shell = openShell();
		failBuilds(shell);
		shell.run(forward);
		expect(shell.run('dpkg --configure -a').code).toBe(1);
		shell.machine = { ...shell.machine, faults: { ...shell.machine.faults, buildFails: [] } };
		expect(shell.run('dpkg --configure -a').code).toBe(0);
		expect(Object.values(versionsOf(shell.machine)).every((one) => one === `${target} installed`)).toBe(true);
	});
});

describe('removing packages', () => {
	it('takes the cache file of the pools along when zfs-dkms goes', () => {
		const shell = openShell();
		expect(shell.run('stat /etc/zfs/zpool.cache').code).toBe(0);
		shell.run('apt-get -y remove zfs-dkms');
		expect(shell.run('dkms status').out).toBe('');
		expect(shell.run('stat /etc/zfs/zpool.cache').code).toBe(1);
	});
});
