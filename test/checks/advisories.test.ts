import { describe, expect, it } from 'vitest';
import { advisoriesTopic } from '../../src/checks/advisories.js';
import type { HostFacts } from '../../src/facts/host-facts.js';
import { explainEntry } from '../../src/knowledge/explain.js';
import {
	datasetWith,
	factsWith,
	findingsOf,
	nothingToDo,
	planWith,
	poolWith,
	set,
	unread,
	verdictsOf,
	version,
	wordsOf,
} from './facts.js';

const running = (text: string, change: Partial<HostFacts> = {}) =>
	factsWith({
		...change,
		versions: { userspace: set(version(text)), loadedModule: set(version(text)), packages: set(version(text)) },
	});
const to = (fromUpstream: string, targetUpstream: string) =>
	planWith({ fromUpstream, targetUpstream, targetVersion: targetUpstream });
const cloning = set([poolWith({ features: new Map([['block_cloning', 'active']]) })]);

describe('advisories', () => {
	it('are a handful of findings, however many faults there are', () => {
		const facts = running('2.1.11', {});
		expect(findingsOf(advisoriesTopic, { facts }).length).toBeLessThanOrEqual(4);
		expect(verdictsOf(advisoriesTopic, { facts })).toEqual([
			'notice advisories.brought-by-upgrade',
			'warning advisories.open',
			'notice advisories.fixed-by-upgrade',
		]);
	});

	it('that the upgrade mends are listed by id', () => {
		const facts = running('2.1.11', {});
		expect(wordsOf(advisoriesTopic, 'advisories.fixed-by-upgrade', { facts })).toContain('zfs-dirty-dnode-holes');
		// Debian's build has the fix already
		expect(wordsOf(advisoriesTopic, 'advisories.fixed-by-upgrade')).toBe('');
	});

	it('that stay open name the later release of the series that mends most of them', () => {
		const words = wordsOf(advisoriesTopic, 'advisories.open');
		expect(words).toMatch(/known faults stay open with 2\.3\.2; 2\.3\.8 mends \d/);
		expect(words).toContain('zfs-dnode-sync-range-tree');
	});

	it('that the upgrade brings and that do harm are said one by one', () => {
		const facts = running('2.1.16', { pools: cloning });
		const verdicts = verdictsOf(advisoriesTopic, { facts, plan: to('2.1.16', '2.3.4') });
		expect(verdicts).toContain('warning advisory.zfs-bclone-truncate-read');
		expect(verdicts).toContain('warning advisory.zfs-bclone-double-free');
		const leaving = running('2.3.1', {});
		expect(verdictsOf(advisoriesTopic, { facts: leaving, plan: to('2.3.1', '2.3.2') })).toContain(
			'warning advisory.zfs-leaving-2-3-1',
		);
	});

	it('that block are blockers where they surely concern the host, and warnings where that was not read', () => {
		const from = running('2.2.9');
		const plan = planWith({
			fromUpstream: '2.2.9',
			targetUpstream: '2.3.5',
			targetVersion: '2.3.5',
			bootKernel: '6.12.59-1-amd64',
		});
		expect(verdictsOf(advisoriesTopic, { facts: from, plan })).toContain('blocker advisory.zfs-build-6-12-59');
	});

	it('say what was not determined, and weigh less then', () => {
		const facts = running('2.1.16', { pools: unread });
		const plan = to('2.1.16', '2.3.4');
		expect(verdictsOf(advisoriesTopic, { facts, plan })).not.toContain('warning advisory.zfs-bclone-truncate-read');
		expect(wordsOf(advisoriesTopic, 'advisories.brought-by-upgrade', { facts, plan })).toContain(
			'zfs-bclone-truncate-read: Reads of a cloned range after a truncate return zeros (not determined whether it concerns this host)',
		);
	});

	it('of encryption concern only hosts that use it', () => {
		const facts = running('2.2.7');
		const plan = to('2.2.7', '2.2.9');
		expect(wordsOf(advisoriesTopic, 'advisories.fixed-by-upgrade', { facts, plan })).not.toContain('encrypted');
		const encrypted = running('2.2.7', { datasets: set([datasetWith({ encryption: 'aes-256-gcm' })]) });
		expect(wordsOf(advisoriesTopic, 'advisories.fixed-by-upgrade', { facts: encrypted, plan })).toContain(
			'zfs-send-encrypted-non-raw',
		);
	});

	it('are told of the running release when nothing is to be upgraded', () => {
		const words = wordsOf(advisoriesTopic, 'advisories.open', { facts: running('2.3.2'), plan: nothingToDo });
		expect(words).toContain('concern this host');
	});

	it('that are all of less weight are a notice', () => {
		expect(verdictsOf(advisoriesTopic, { facts: running('2.3.9'), plan: nothingToDo })).toEqual([
			'notice advisories.open',
		]);
	});

	it('are said once: what another check measures is not repeated', () => {
		const facts = factsWith({
			pools: set([poolWith({ freeing: 1n })]),
			datasets: set([datasetWith({ receiveResumeToken: '1-a' })]),
			surroundings: { swapOnZvol: set(['/dev/zd0']) },
		});
		const all = JSON.stringify(findingsOf(advisoriesTopic, { facts }));
		for (const id of ['zfs-swap-on-zvol', 'zfs-async-destroy-errata', 'zfs-resume-over-upgrade', '"pair-']) {
			expect(all).not.toContain(id);
		}
	});

	it('are told of the module that the next boot loads while none is loaded', () => {
		const facts = factsWith({ versions: { loadedModule: set(undefined) } });
		expect(findingsOf(advisoriesTopic, { facts })).toEqual(findingsOf(advisoriesTopic));
		const unloading = running('2.2.4', {});
		const plan = to('2.2.4', '2.3.4');
		expect(verdictsOf(advisoriesTopic, { facts: unloading, plan })).toContain(
			'warning advisory.zfs-unload-crash-2-2-4',
		);
		const absent = {
			...unloading,
			versions: { ...unloading.versions, loadedModule: set(undefined), nextModule: unloading.versions.userspace },
		};
		expect(verdictsOf(advisoriesTopic, { facts: absent, plan })).not.toContain(
			'warning advisory.zfs-unload-crash-2-2-4',
		);
	});

	it('can be read in full by the id of the finding', () => {
		const facts = running('2.1.16', { pools: cloning });
		const single = findingsOf(advisoriesTopic, { facts, plan: to('2.1.16', '2.3.4') }).filter(({ id }) =>
			id.startsWith('advisory.'),
		);
		expect(single.length).toBeGreaterThan(0);
		for (const { id } of single) expect(explainEntry(id.replace('advisory.', ''))).toBeDefined();
	});

	it('cannot be applied without versions; of a mounted system what its next boot loads counts', () => {
		expect(verdictsOf(advisoriesTopic, { facts: factsWith({ versions: { userspace: unread } }) })).toEqual([]);
		expect(verdictsOf(advisoriesTopic, { facts: factsWith({ versions: { loadedModule: unread } }) })).toEqual([]);
		const mounted = factsWith({ machine: { environment: set('alternate-root') }, versions: { loadedModule: unread } });
		expect(verdictsOf(advisoriesTopic, { facts: mounted })).toContain('warning advisories.open');
	});
});
