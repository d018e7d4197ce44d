import { describe, expect, it } from 'vitest';
import { spaceTopic } from '../../src/checks/space.js';
import type { FreeSpace } from '../../src/facts/host-facts.js';
import { factsWith, happyFacts, nothingToDo, planWith, set, unread, verdictsOf, wordsOf } from './facts.js';

const mebibyte = 1024n ** 2n;
const places = happyFacts.space.known ? happyFacts.space.value : [];

/** The paths below a mount point lie on a file system of their own. */
function mounted(mountPoint: string, change: Partial<FreeSpace>) {
	return factsWith({
		space: set(
			places.map((place) =>
				place.path === mountPoint || place.path.startsWith(`${mountPoint}/`)
					? { ...place, mountPoint, ...change }
					: place,
			),
		),
	});
}

describe('the room', () => {
	it('is enough on an ordinary host, and the need is named', () => {
		expect(verdictsOf(spaceTopic)).toEqual(['ok space.enough']);
		expect(wordsOf(spaceTopic, 'space.enough')).toMatch(/10\.0 GiB free, about \d+ MiB needed/);
	});

	it('for an initramfs in a small /boot is counted by its real size', () => {
		// 60 MB initramfs: 75 MB beside the old one.
		const facts = (free: bigint) => mounted('/boot', { freeBytes: free * mebibyte });
		expect(verdictsOf(spaceTopic, { facts: facts(200n) })).toEqual(['ok space.enough']);
		expect(verdictsOf(spaceTopic, { facts: facts(100n) })).toEqual(['warning space.enough']);
		expect(verdictsOf(spaceTopic, { facts: facts(60n) })).toEqual(['blocker space.enough']);
		expect(wordsOf(spaceTopic, 'space.enough', { facts: facts(60n) })).toContain('an initramfs beside the old one');
	});

	it('for the build adds up what lies on one file system', () => {
		const facts = mounted('/var', { freeBytes: 700n * mebibyte });
		expect(verdictsOf(spaceTopic, { facts })).toEqual(['blocker space.enough']);
		expect(wordsOf(spaceTopic, 'space.enough', { facts })).toContain('the build of the module');
	});

	it('for a kernel is larger, and needs no build', () => {
		const facts = mounted('/var', { freeBytes: 1500n * mebibyte });
		const plan = planWith({ route: 'kernel-package' });
		expect(verdictsOf(spaceTopic, { facts, plan })).toEqual(['ok space.enough']);
		expect(wordsOf(spaceTopic, 'space.enough', { facts: mounted('/usr', { freeBytes: 1n }), plan })).toContain(
			'modules and headers of a kernel',
		);
	});

	it('is no topic when nothing is to be upgraded', () => {
		expect(verdictsOf(spaceTopic, { facts: mounted('/boot', { freeBytes: 1n }), plan: nothingToDo })).toEqual([]);
	});

	it('does not pass where it could not be read', () => {
		expect(verdictsOf(spaceTopic, { facts: factsWith({ space: unread }) })).toEqual(['warning space.unreadable']);
	});
});

describe('a read-only file system', () => {
	it('blocks, named once by its mount point', () => {
		const facts = mounted('/var', { readOnly: true });
		expect(verdictsOf(spaceTopic, { facts })).toContain('blocker space.read-only');
		expect(wordsOf(spaceTopic, 'space.read-only', { facts })).toContain('Mounted read-only: /var\n');
		expect(verdictsOf(spaceTopic, { facts, plan: nothingToDo })).toEqual(['blocker space.read-only']);
	});

	it('that nothing is written to does not', () => {
		expect(verdictsOf(spaceTopic, { facts: mounted('/tmp', { readOnly: true }) })).toEqual(['ok space.enough']);
	});
});

describe('the folder of the state', () => {
	const state = '/var/lib/zfs-lockstep';

	it('in memory would be lost by the reboot', () => {
		const facts = mounted(state, { type: 'tmpfs', device: 'tmpfs' });
		expect(verdictsOf(spaceTopic, { facts })).toEqual(['ok space.enough', 'warning space.state-volatile']);
	});

	it('on a pool is a warning, or a notice where root is on ZFS anyway', () => {
		const facts = mounted(state, { type: 'zfs', device: 'fx/var' });
		expect(verdictsOf(spaceTopic, { facts })).toContain('warning space.state-on-pool');
		expect(wordsOf(spaceTopic, 'space.state-on-pool', { facts })).toContain('lies on fx/var');
		const rootDataset = set('fx/ROOT' as never);
		expect(verdictsOf(spaceTopic, { facts: { ...facts, rootDataset } })).toContain('notice space.state-on-pool');
	});
});
