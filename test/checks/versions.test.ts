import { describe, expect, it } from 'vitest';
import { versionsTopic } from '../../src/checks/versions.js';
import type { HostFacts } from '../../src/facts/host-facts.js';
import { factsWith, nothingToDo, planSaying, set, unread, verdictsOf, version, wordsOf } from './facts.js';

/** A host whose halves are of these versions, with packages like the tools. */
function pair(tools: string, module: string, change: Partial<HostFacts['versions']> = {}): HostFacts {
	return factsWith({
		versions: {
			userspace: set(version(tools)),
			loadedModule: set(version(module)),
			packages: set(version(tools)),
			...change,
		},
	});
}

const refused = planSaying('plan.transaction-impossible');

describe('the two halves', () => {
	it('are well when they are of the same release, whoever packaged them', () => {
		expect(verdictsOf(versionsTopic)).toEqual(['ok versions.match']);
		expect(verdictsOf(versionsTopic, { facts: pair('2.2.2-0ubuntu9.2', '2.2.2-1ubuntu1.1') })).toEqual([
			'ok versions.match',
		]);
	});

	it.each([
		['2.3.1-1', '2.2.7-1'],
		['2.3.1-1', '2.3.0-1'],
		['2.3.2-2~bpo12+2', '2.3.1-1'],
		['2.4.4-1', '2.3.1-1'],
	])('break each other when exactly one is 2.3.1: tools %s on module %s', (tools, module) => {
		const facts = pair(tools, module);
		expect(verdictsOf(versionsTopic, { facts })).toEqual(['blocker versions.abi-break']);
		const words = wordsOf(versionsTopic, 'versions.abi-break', { facts });
		expect(words).toContain(`Tools ${tools}, loaded module ${module}`);
		expect(words).toContain('zfs-lockstep --ignore-check versions.abi-break');
	});

	it('of 2.3.1 on both sides do not', () => {
		expect(verdictsOf(versionsTopic, { facts: pair('2.3.1-1', '2.3.1-1') })).toEqual(['ok versions.match']);
	});

	it('give a warning when they differ and the planned upgrade ends it', () => {
		expect(verdictsOf(versionsTopic, { facts: pair('2.2.2-1', '2.2.6-1') })).toEqual(['warning versions.differ']);
		expect(verdictsOf(versionsTopic, { facts: pair('2.1.5-1', '2.2.6-1') })).toEqual(['warning versions.differ']);
	});

	it('block when even their series differ and nothing is planned that would end it', () => {
		expect(verdictsOf(versionsTopic, { facts: pair('2.1.5-1', '2.2.6-1'), plan: refused })).toEqual([
			'blocker versions.differ',
		]);
		expect(verdictsOf(versionsTopic, { facts: pair('2.2.2-1', '2.2.6-1'), plan: nothingToDo })).toEqual([
			'warning versions.differ',
		]);
	});

	it('name the faults that are known of the pair', () => {
		const facts = pair('2.4.4-1', '2.3.9-1');
		expect(verdictsOf(versionsTopic, { facts })).toEqual(['warning versions.known-fault', 'warning versions.differ']);
		expect(wordsOf(versionsTopic, 'versions.known-fault', { facts })).toContain(
			'zfs-lockstep explain pair-scrub-2-4-tools',
		);
	});

	it('are not taken for equal where one is a release candidate', () => {
		expect(verdictsOf(versionsTopic, { facts: pair('2.3.0-rc3', '2.3.0-1') })).toEqual(['warning versions.differ']);
	});

	it('cannot be compared while the module is not loaded', () => {
		const facts = factsWith({ versions: { loadedModule: set(undefined) } });
		expect(verdictsOf(versionsTopic, { facts })).toEqual(['blocker versions.module-not-loaded']);
	});

	it('do not pass when one of them could not be read', () => {
		expect(verdictsOf(versionsTopic, { facts: factsWith({ versions: { loadedModule: unread } }) })).toEqual([
			'blocker versions.module-unknown',
		]);
		expect(verdictsOf(versionsTopic, { facts: factsWith({ versions: { userspace: unread } }) })).toEqual([
			'blocker versions.userspace-unknown',
		]);
	});

	it('of a mounted system are not compared with the module of the rescue system', () => {
		const facts = factsWith({
			machine: { environment: set('alternate-root') },
			versions: { loadedModule: unread },
		});
		expect(verdictsOf(versionsTopic, { facts })).toEqual([]);
	});
});

describe('the tools', () => {
	it('that are on no host at all are one finding, not many', () => {
		const facts = factsWith({ versions: { userspace: unread }, packages: { installed: set([]) } });
		expect(verdictsOf(versionsTopic, { facts, plan: planSaying('route.refused-image') })).toEqual([
			'blocker versions.no-openzfs',
		]);
		expect(verdictsOf(versionsTopic, { facts, plan: planSaying('plan.openzfs-not-installed') })).toEqual([]);
	});

	it('that are not those of the package are found', () => {
		const facts = pair('2.3.4-1', '2.3.4-1', { packages: set(version('2.1.11-1+deb12u1')) });
		expect(verdictsOf(versionsTopic, { facts })).toEqual(['warning versions.foreign-tools', 'ok versions.match']);
	});
});
