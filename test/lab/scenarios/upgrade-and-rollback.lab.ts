import { expect } from 'vitest';
import { followRollback } from '../scenario/rollback.ts';
import { guest, newVersion, scenario } from '../scenario/scenario.ts';

const s = scenario('upgrade-and-rollback');

s.part(
	'run --yes builds the new module beside the old one, puts it in the initramfs and waits for the reboot',
	async () => {
		await s.mustRun(`zfs-lockstep run --yes --target ${newVersion}`, 4);
		const versions = await s.versions('before the reboot');
		expect(versions).toMatchObject({
			userspace: guest.versions.old,
			loaded: guest.versions.old,
			onDisk: guest.versions.new,
			inInitramfs: guest.versions.new,
		});
		expect(versions.packages).not.toContain(guest.versions.new);
		const status = JSON.parse((await s.mustRun('zfs-lockstep status --json')).stdout);
		expect(status).toMatchObject({ schemaVersion: 1, step: { index: 4, of: 7, id: 'reboot' }, waitingFor: 'reboot' });
	},
);

s.part('the reboot loads the new module and imports the pools under the old tools', async () => {
	await s.reboot();
	expect(await s.versions('after the reboot')).toMatchObject({
		userspace: guest.versions.old,
		loaded: guest.versions.new,
	});
});

s.part('run --yes goes on where it was and brings both halves to the new version', async () => {
	await s.mustRun('zfs-lockstep run --yes');
	await s.expectLockstep('after the upgrade', guest.versions.new);
});

s.part('nothing that the pools held is changed, and sends of every kind work', async () => {
	await s.expectDataUnharmed();
	await s.expectSendsWork();
});

s.part('a second run finds nothing to do', async () => {
	await s.mustRun(`zfs-lockstep run --yes --target ${newVersion}`, 77);
});

s.part('the commands that rollback prints lead back to the old version', async () => {
	await followRollback(s);
	await s.expectLockstep('after the rollback', guest.versions.old);
	await s.expectDataUnharmed();
	await s.expectSendsWork();
});
