import { expect, test } from 'vitest';
import { parseAutomaticUpgrades, readAutomaticUpgrades } from '../../../src/packages/apt/automatic-upgrades.js';
import { loadRecording } from '../../fixtures/load.js';
import { createTableHost } from '../../support/table-host.js';

test('a host with unattended-upgrades installs by itself, without a reboot', async () => {
	const host = createTableHost({
		commands: [['apt-config dump', loadRecording('packages/apt-2.6.2/apt-config-dump.txt')]],
	});
	expect(await readAutomaticUpgrades(host)).toMatchObject({ value: { isEnabled: true, rebootsAt: undefined } });
});

test('an automatic reboot is told, and when', () => {
	const text =
		'APT::Periodic::Unattended-Upgrade "1";\nUnattended-Upgrade::Automatic-Reboot "true";\nUnattended-Upgrade::Automatic-Reboot-Time "02:00";\n';
	expect(parseAutomaticUpgrades(text)).toEqual({ isEnabled: true, rebootsAt: '02:00' });
	expect(parseAutomaticUpgrades(text.replace(/^.*-Time.*\n/m, '')).rebootsAt).toBe('now');
});

test.each([
	['APT::Periodic::Unattended-Upgrade "0";'],
	['APT::Periodic::Unattended-Upgrade "1";\nAPT::Periodic::Enable "0";'],
	['APT "";'],
	['APT::Periodic::Unattended-Upgrade "1";\nAPT::Periodic::Unattended-Upgrade "0";'],
])('nothing comes by itself with %j', (text) => {
	expect(parseAutomaticUpgrades(text).isEnabled).toBe(false);
});
