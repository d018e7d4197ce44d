import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { Terminal } from '../machine/terminal.ts';
import { guest, newVersion, scenario } from '../scenario/scenario.ts';
import { agreeUntil, ScreenAlbum, typeKeys } from '../scenario/wizard.ts';

const s = scenario('wizard');
const album = new ScreenAlbum(s);

/** The panels that are one key away, each looked at and left again. */
async function lookAtPanels(terminal: Terminal): Promise<void> {
	for (const [key, name] of [
		['r', 'way back'],
		['f', 'findings'],
		['l', 'log'],
		['?', 'help'],
	] as const) {
		terminal.type(key);
		await sleep(2500);
		album.keep(`panel ${name}`, terminal);
		terminal.press('escape');
		await sleep(1500);
	}
}

s.part('the wizard leads to the reboot and, asked to, reboots the host', async () => {
	const terminal = await Terminal.open(s.machine, 80, 24);
	const bootId = await s.machine.bootId();
	await typeKeys(terminal, `zfs-lockstep --target ${newVersion}`, 'enter');
	let looked = false;
	await agreeUntil(terminal, {
		album,
		seconds: 2400,
		end: /login:|The system will reboot|Waiting for a reboot/,
		before: async (screen) => {
			if (screen.includes('Build and install') && !looked) {
				looked = true;
				await lookAtPanels(terminal);
				return true;
			}
			if (!screen.includes('Reboot into the new kernel module?')) {
				return false;
			}
			await s.versions('before the reboot');
			await typeKeys(terminal, '2', 'enter'); // now
			return true;
		},
	});
	await s.machine.waitForBootAfter(bootId);
	terminal.close();
	expect(await s.versions('after the reboot')).toMatchObject({
		userspace: guest.versions.old,
		loaded: guest.versions.new,
	});
});

s.part('after the reboot status says who must go on, and the wizard is where it was', async () => {
	const terminal = await Terminal.open(s.machine, 80, 24);
	await typeKeys(terminal, 'clear; zfs-lockstep status', 'enter');
	await terminal.waitForText('The host was rebooted.', 120);
	album.keep('status', terminal);
	await typeKeys(terminal, 'clear; zfs-lockstep', 'enter');
	await agreeUntil(terminal, { album, seconds: 3600, end: /All seven steps are done/ });
	await terminal.resize(120, 40);
	await sleep(2000);
	album.keep('end, wide', terminal);
	terminal.press('enter');
	await terminal.waitForPrompt();
	album.keep('shell afterwards', terminal);
	terminal.close();
	await s.expectLockstep('after the upgrade', guest.versions.new);
	await s.expectDataUnharmed();
	await s.expectSendsWork();
});
