import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { waitFor } from '../host.ts';
import { repository } from '../machine/program-disk.ts';
import { Terminal } from '../machine/terminal.ts';
import { guest, newVersion, scenario } from '../scenario/scenario.ts';

const s = scenario('after-boot');

const kernelModule = `/lib/modules/${guest.versions.kernel}/updates/dkms/zfs.ko`;

/** The unit and its folders as the Debian package installs them. */
async function installUnit(): Promise<void> {
	const unit = readFileSync(path.join(repository, 'packaging/systemd/zfs-lockstep.service'), 'utf8');
	const folders = readFileSync(path.join(repository, 'packaging/debian/files/tmpfiles.conf'), 'utf8');
	await s.mustRun('cat > /usr/lib/systemd/system/zfs-lockstep.service', 0, { input: unit });
	await s.mustRun('cat > /usr/lib/tmpfiles.d/zfs-lockstep.conf', 0, { input: folders });
	await s.mustRun('ln -s /usr/local/sbin/zfs-lockstep /usr/sbin/zfs-lockstep');
	await s.mustRun('systemd-tmpfiles --create zfs-lockstep.conf && systemctl enable zfs-lockstep.service');
}

async function show(unit: string, ...properties: readonly string[]): Promise<Readonly<Record<string, string>>> {
	const { stdout } = await s.machine.exec(`systemctl show -p ${properties.join(',')} ${unit}`);
	return Object.fromEntries(
		stdout
			.trim()
			.split('\n')
			.map((line) => line.split('=', 2)),
	);
}

/** The unit once it is not at work any more. */
async function unitAtRest(): Promise<Readonly<Record<string, string>>> {
	return waitFor('the end of zfs-lockstep.service', 1200, async () => {
		const properties = ['ActiveState', 'Result', 'ConditionResult', 'ExecMainStartTimestampMonotonic'];
		const shown = await show('zfs-lockstep.service', ...properties);
		return ['inactive', 'failed'].includes(shown.ActiveState ?? '') ? shown : undefined;
	});
}

/** Reboots, and gives what the unit said in the journal of that boot, which has not waited for it. */
async function rebootAndRead(): Promise<string> {
	await s.reboot();
	const bootedAt = await waitFor('the end of the boot', 1200, async () => {
		const shown = await show('multi-user.target', 'ActiveState', 'ActiveEnterTimestampMonotonic');
		return shown.ActiveState === 'active' ? Number(shown.ActiveEnterTimestampMonotonic) : undefined;
	});
	await waitFor('the start of zfs-lockstep.service', 1200, async () => {
		const { ExecMainStartTimestampMonotonic: startedAt } = await show(
			'zfs-lockstep.service',
			'ExecMainStartTimestampMonotonic',
		);
		return startedAt === '0' ? undefined : true;
	});
	const unit = await unitAtRest();
	s.transcript.screen('zfs-lockstep.service', JSON.stringify({ ...unit, bootedAt }));
	expect(unit).toMatchObject({ ActiveState: 'inactive', Result: 'success' });
	expect(Number(unit.ExecMainStartTimestampMonotonic)).toBeGreaterThan(bootedAt);
	return (await s.mustRun('journalctl --no-pager -b -o cat -u zfs-lockstep.service')).stdout;
}

/** What a login on the console shows before the first prompt. */
async function login(): Promise<string> {
	const terminal = await Terminal.open(s.machine, 120, 50);
	terminal.type('exit');
	terminal.press('enter');
	const screen = await terminal.waitForText(/zfs-lockstep: an upgrade to OpenZFS .*\n[\s\S]*The way back/);
	s.transcript.screen('login', screen);
	await terminal.waitForPrompt();
	terminal.close();
	return screen;
}

s.part('without a run the unit is skipped, and says nothing', async () => {
	await installUnit();
	await s.mustRun('systemctl start zfs-lockstep.service');
	expect(await unitAtRest()).toMatchObject({ ActiveState: 'inactive', ConditionResult: 'no' });
	await s.mustRun('test ! -e /run/motd.d/zfs-lockstep');
});

s.part(
	'after the reboot of a run it says in the journal and at login that all is well, and goes no further',
	async () => {
		await s.mustRun(`zfs-lockstep run --yes --target ${newVersion}`, 4);
		const said = await rebootAndRead();
		expect(said).toContain(`The host came up with the zfs module ${guest.versions.new}`);
		expect(await login()).toContain('The host came up with the zfs module');
		const status = JSON.parse((await s.mustRun('zfs-lockstep status --json')).stdout);
		expect(status.step).toMatchObject({ index: 4, id: 'reboot' });
		expect((await s.versions('after the reboot')).userspace).toBe(guest.versions.old);
	},
);

s.part('a pool that is missing after the boot is named', async () => {
	await s.mustRun('zpool export backup');
	const said = await rebootAndRead();
	expect(said).toContain('Pool "backup" is not imported');
	expect(await login()).toContain('Pool "backup" is not imported');
});

s.part('without the module the host boots as fast and as far, and the way back is said to everybody', async () => {
	await s.mustRun('zpool import backup');
	await s.mustRun(`mv ${kernelModule} /root/zfs.ko && depmod -a && update-initramfs -u`);
	await s.mustRun('mkdir -p /etc/zfs-lockstep && echo "wall = true" > /etc/zfs-lockstep/config.toml');
	const said = await rebootAndRead();
	expect(said).toContain('The zfs module is not loaded');
	expect(said).toContain('zfs-lockstep rollback');
	expect(await login()).toContain('The zfs module is not loaded');
	const { stdout } = await s.mustRun('systemctl list-jobs --no-pager');
	expect(stdout).toContain('No jobs');
});

s.part('asked to, it tells those who are logged in', async () => {
	const terminal = await Terminal.open(s.machine, 120, 50);
	await s.mustRun('systemctl start zfs-lockstep.service');
	const screen = await terminal.waitForText(/Broadcast message[\s\S]*The zfs module is not loaded/, 300);
	s.transcript.screen('wall', screen);
	terminal.close();
});

s.part('when the run has ended, notice and unit are gone', async () => {
	await s.mustRun(`mv /root/zfs.ko ${kernelModule} && depmod -a && modprobe zfs && zpool import -a`);
	await s.mustRun('zfs-lockstep reset --yes');
	await s.mustRun('test ! -e /run/motd.d/zfs-lockstep');
	await s.mustRun('systemctl start zfs-lockstep.service');
	expect(await unitAtRest()).toMatchObject({ ActiveState: 'inactive', Result: 'success' });
	await s.mustRun('test ! -e /run/motd.d/zfs-lockstep');
});
