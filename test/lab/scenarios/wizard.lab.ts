import { expect } from 'vitest';
import { Terminal } from '../machine/terminal.ts';
import { guest, newVersion, scenario } from '../scenario/scenario.ts';
import { agreeUntil } from '../scenario/wizard.ts';

const s = scenario('wizard');

s.part('the wizard leads to the reboot and, asked to, reboots the host', async () => {
	const terminal = await Terminal.open(s.machine, 80, 24);
	const bootId = await s.machine.bootId();
	terminal.type(`zfs-lockstep --target ${newVersion}`);
	terminal.press('enter');
	await agreeUntil(s, terminal, /login:|The host goes down|The system will reboot/, 1200, async (screen) => {
		if (!screen.includes('Reboot into the new kernel module?')) {
			return false;
		}
		await s.versions('before the reboot');
		terminal.type('2'); // now
		terminal.press('enter');
		return true;
	});
	await s.machine.waitForBootAfter(bootId);
	terminal.close();
	expect(await s.versions('after the reboot')).toMatchObject({
		userspace: guest.versions.old,
		loaded: guest.versions.new,
	});
});

s.part('after the reboot the host says at login who must go on, and the wizard is where it was', async () => {
	const terminal = await Terminal.open(s.machine, 200, 50);
	terminal.type('zfs-lockstep');
	terminal.press('enter');
	await agreeUntil(s, terminal, /All seven steps are done/, 1800);
	terminal.press('enter');
	await terminal.waitForPrompt();
	terminal.close();
	await s.expectLockstep('after the upgrade', guest.versions.new);
	await s.expectDataUnharmed();
});
