import { expect } from 'vitest';
import { waitFor } from '../host.ts';
import { guest, newVersion, scenario } from '../scenario/scenario.ts';

// every flush of the guest is honoured, and what it did not flush is lost
const disks = { cacheMode: 'writeback' } as const;
const s = scenario('power-cut', disks);

/** Starts the program without waiting for it and returns when the guest is in the middle of what `sign` shows. */
async function startAndWaitFor(command: string, sign: string): Promise<void> {
	await s.run(
		`rm -f /root/ended; systemd-run --quiet --unit=lab-run --collect sh -c '${command} > /root/run.log 2>&1; touch /root/ended'`,
	);
	await waitFor(
		sign,
		900,
		async () => {
			const { exitCode } = await s.machine.exec(sign);
			if (exitCode === 0) return true;
			const ended = await s.machine.exec('test -e /root/ended && tail -n 20 /root/run.log');
			if (ended.exitCode === 0) throw new Error(`${command} ended before: ${ended.stdout}`);
			return undefined;
		},
		1000,
	);
	s.transcript.heading(`in the middle of: ${sign}`);
}

s.part(
	'power lost in the middle of the module build: status says where the run is, run goes on to the reboot',
	async () => {
		await s.run('rm /etc/dpkg/dpkg.cfg.d/lab; echo 30 > /etc/lab/build-seconds; sync');
		await startAndWaitFor(
			`zfs-lockstep run --yes --target ${newVersion}`,
			'pgrep -f "^/bin/bash /usr/local/lib/lab/kbuild"',
		);
		await s.cutPowerAndBoot(disks);
		await s.run('rm -f /etc/lab/build-seconds');
		const status = JSON.parse((await s.mustRun('zfs-lockstep status --json')).stdout);
		expect(status.step).toMatchObject({ index: 3, id: 'module' });
		await s.versions('after the power cut');
		await s.mustRun('zfs-lockstep run --yes', 4);
		expect(await s.versions('before the reboot')).toMatchObject({
			userspace: guest.versions.old,
			onDisk: guest.versions.new,
			inInitramfs: guest.versions.new,
		});
	},
);

s.part('power lost in the middle of the package transaction: run repairs it and goes on to the end', async () => {
	await s.reboot();
	await startAndWaitFor(
		'zfs-lockstep run --yes',
		'pgrep -x dpkg && grep -q "status half-configured zfs" /var/log/dpkg.log',
	);
	await s.cutPowerAndBoot(disks);
	await s.run('dpkg --audit; cat /var/log/dpkg.log | tail -5');
	await s.versions('after the power cut');
	const status = JSON.parse((await s.mustRun('zfs-lockstep status --json')).stdout);
	expect(status.step).toMatchObject({ id: 'userspace' });
	const resumed = await s.run('zfs-lockstep run --yes');
	if (resumed.exitCode === 4) {
		await s.reboot();
		await s.mustRun('zfs-lockstep run --yes');
	}
	await s.expectLockstep('after the upgrade', guest.versions.new);
	await s.expectDataUnharmed();
	await s.expectSendsWork();
});
