import { describe, expect, it } from 'vitest';
import { unitsTopic } from '../../src/checks/units.js';
import type { ZfsUnit } from '../../src/facts/host-facts.js';
import { factsWith, happyFacts, set, unread, verdictsOf, wordsOf } from './facts.js';

const units = happyFacts.units.known ? happyFacts.units.value : [];
const changed = (name: string, change: Partial<ZfsUnit>) =>
	factsWith({ units: set(units.map((unit) => (unit.name === name ? { ...unit, ...change } : unit))) });

describe('the units of OpenZFS', () => {
	it('are well when none failed or was skipped', () => {
		expect(verdictsOf(unitsTopic)).toEqual(['ok units.running']);
	});

	it('that failed are named with the way to see why', () => {
		const facts = changed('zfs-zed.service', { activeState: 'failed', result: 'exit-code' });
		expect(verdictsOf(unitsTopic, { facts })).toEqual(['warning units.failed']);
		expect(wordsOf(unitsTopic, 'units.failed', { facts })).toContain('journalctl -b -u zfs-zed.service');
	});

	it('that were skipped by their condition are found, though systemctl --failed is empty', () => {
		const facts = changed('zfs-zed.service', {
			activeState: 'inactive',
			wasConditionChecked: true,
			conditionResult: 'no',
			unitFileState: 'enabled',
		});
		expect(verdictsOf(unitsTopic, { facts })).toEqual(['warning units.skipped']);
	});

	it('of which one imports may skip the other: their conditions exclude each other', () => {
		const facts = changed('zfs-import-scan.service', {
			wasConditionChecked: true,
			conditionResult: 'no',
			unitFileState: 'enabled',
		});
		expect(verdictsOf(unitsTopic, { facts })).toEqual(['ok units.running']);
	});

	it('that were never started since the boot are not taken for skipped', () => {
		const facts = changed('zfs-zed.service', {
			activeState: 'inactive',
			wasConditionChecked: false,
			conditionResult: 'no',
			unitFileState: 'enabled',
		});
		expect(verdictsOf(unitsTopic, { facts })).toEqual(['ok units.running']);
	});

	it('have to import the pools besides that of the root', () => {
		const facts = changed('zfs-import-cache.service', { unitFileState: 'disabled' });
		expect(verdictsOf(unitsTopic, { facts })).toEqual(['warning units.import-disabled']);
		expect(verdictsOf(unitsTopic, { facts: { ...facts, rootDataset: set('fx/ROOT' as never) } })).toEqual([
			'ok units.running',
		]);
	});

	it('do not pass where they could not be read', () => {
		expect(verdictsOf(unitsTopic, { facts: factsWith({ units: unread }) })).toEqual(['warning units.unreadable']);
	});

	it('are no topic without systemd, without the module, and of a system that does not run', () => {
		for (const facts of [
			factsWith({ units: unread, machine: { initSystem: 'other' } }),
			factsWith({ units: unread, versions: { loadedModule: set(undefined) } }),
			factsWith({ units: unread, machine: { environment: set('alternate-root') } }),
		]) {
			expect(verdictsOf(unitsTopic, { facts })).toEqual([]);
		}
	});
});
