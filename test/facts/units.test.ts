import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseUnits, readUnits } from '../../src/facts/units.js';
import { createDebianHost } from '../support/debian-host.js';

describe('the units of OpenZFS', () => {
	it('are read by one command, those that are not installed left out', async () => {
		const host = createDebianHost();
		const units = await readUnits(host, 'systemd');
		expect(host.calls).toHaveLength(1);
		expect(units.known && units.value.map(({ name }) => name)).toEqual([
			'zfs-import-cache.service',
			'zfs-import-scan.service',
			'zfs-zed.service',
		]);
	});

	it('tell a unit that systemd skipped from one that nobody started', () => {
		const block = (name: string, checkedAt: string) =>
			`Id=${name}\nLoadState=loaded\nActiveState=inactive\nUnitFileState=enabled\nConditionResult=no\nConditionTimestampMonotonic=${checkedAt}\nResult=success\n`;
		const units = parseUnits(
			`${block('zfs-import-cache.service', '812345')}\n${block('zfs-import-scan.service', '0')}`,
		);
		expect(units.map(({ name, wasConditionChecked }) => [name, wasConditionChecked])).toEqual([
			['zfs-import-cache.service', true],
			['zfs-import-scan.service', false],
		]);
	});

	it('are unknown where systemd does not run', async () => {
		const host = createDebianHost();
		expect((await readUnits(host, 'other')).known).toBe(false);
		expect(host.calls).toEqual([]);
	});

	it('are unknown when systemctl fails', async () => {
		const host = createDebianHost(
			{},
			{ commands: [['systemctl *', { exit: 1, stderr: 'Failed to connect to bus\n' }]] },
		);
		expect((await readUnits(host, 'systemd')).known).toBe(false);
	});

	it('never make the parser throw', () => {
		fc.assert(fc.property(fc.string(), (text) => Array.isArray(parseUnits(text))));
	});
});
