import { describe, expect, it } from 'vitest';
import { deriveConditions } from '../../src/checks/conditions.js';
import type { CheckTopic } from '../../src/checks/topic.js';
import type { HostFacts } from '../../src/facts/host-facts.js';
import type { Pool, Vdev } from '../../src/zfs/pool.js';
import {
	datasetWith,
	factsWith,
	findingsOf,
	happyFacts,
	happyPool,
	planned,
	planWith,
	poolWith,
	set,
	unread,
} from './facts.js';

function conditionsOf(facts: HostFacts, plan = planned): ReturnType<typeof deriveConditions> {
	const derived: ReturnType<typeof deriveConditions>[] = [];
	const check: CheckTopic['check'] = (input) => {
		derived.push(deriveConditions(input));
		return [];
	};
	findingsOf({ check, kinds: [] }, { facts, plan });
	return derived[0] ?? {};
}

const ofPools = (...pools: readonly Pool[]) => conditionsOf(factsWith({ pools: set(pools) }));

const root: Vdev | undefined = happyPool.status.known ? happyPool.status.value.root : undefined;
if (root === undefined) throw new Error('the recording has no vdevs');
const draid: Vdev = { ...root, name: 'draid1:4d:6c:1s-0', type: 'draid', children: [] };

describe('conditions of advisories', () => {
	it('are all that the facts of an ordinary host tell', () => {
		expect(conditionsOf(happyFacts)).toEqual({
			'async-destroy-running': false,
			'block-cloning': false,
			draid: false,
			encryption: false,
			'fast-dedup': false,
			'kernel-above-maximum': false,
			'large-blocks': false,
			'large-microzap': false,
			'partial-receive': false,
			'raidz-expansion': false,
			redaction: false,
			'rpm-kabi-kmod': false,
			'swap-on-zvol': false,
			'ubuntu-kernel': false,
			'unprivileged-user-namespaces': false,
			'vdev-over-64-tb': false,
		});
	});

	it('say of project quotas only where no pool can have them: the feature is active as soon as it is enabled', () => {
		const answer = (state: 'active' | 'enabled' | 'disabled') =>
			ofPools(poolWith({ features: new Map([['project_quota', state]]) }))['project-quota'];
		expect([answer('disabled'), answer('enabled'), answer('active')]).toEqual([false, undefined, undefined]);
	});

	it.each([
		['block-cloning', poolWith({ features: new Map([['block_cloning', 'enabled']]) })],
		['fast-dedup', poolWith({ features: new Map([['fast_dedup', 'active']]) })],
		['large-microzap', poolWith({ features: new Map([['large_microzap', 'active']]) })],
		['large-blocks', poolWith({ features: new Map([['large_blocks', 'active']]) })],
		['redaction', poolWith({ features: new Map([['redaction_bookmarks', 'active']]) })],
		['async-destroy-running', poolWith({ freeing: 1n })],
		['draid', poolWith({ status: { root: { ...root, children: [draid] } } })],
		['raidz-expansion', poolWith({ status: { isExpandingRaidz: true } })],
	] as const)('hold where one pool says so: %s', (condition, pool) => {
		expect(ofPools(happyPool, pool)[condition]).toBe(true);
	});

	it('are not met by a feature that is enabled where only its use counts', () => {
		expect(ofPools(poolWith({ features: new Map([['large_blocks', 'enabled']]) }))['large-blocks']).toBe(false);
	});

	it('come from datasets and the module as well', () => {
		const datasets = set([datasetWith({ encryption: 'aes-256-gcm', receiveResumeToken: '1-a' })]);
		const surroundings = {
			isBlockCloningOn: set(true),
			allowsUserNamespaces: set(true),
			swapOnZvol: set(['/dev/zd0']),
		};
		expect(conditionsOf(factsWith({ datasets, surroundings }))).toMatchObject({
			encryption: true,
			'partial-receive': true,
			'bclone-set-by-hand': true,
			'unprivileged-user-namespaces': true,
			'swap-on-zvol': true,
		});
	});

	it('are left out, not denied, where what they depend on was not read', () => {
		const names = Object.keys(
			conditionsOf(
				factsWith({
					pools: unread,
					datasets: unread,
					surroundings: { isBlockCloningOn: unread, allowsUserNamespaces: unread, swapOnZvol: unread },
					machine: { distribution: unread },
					packages: { manager: unread },
				}),
				{ kind: 'nothing-to-do', text: '', findings: [] },
			),
		);
		expect(names).toEqual([]);
	});

	it('of one pool that was not read leave the whole open, unless another one decides', () => {
		const unknown = { ...happyPool, status: unread, freeing: undefined, size: undefined, features: new Map() } as Pool;
		const conditions = ofPools(happyPool, unknown);
		for (const name of ['draid', 'async-destroy-running', 'block-cloning', 'redaction', 'vdev-over-64-tb'] as const) {
			expect(conditions).not.toHaveProperty([name]);
		}
		expect(ofPools(poolWith({ freeing: 1n }), unknown)['async-destroy-running']).toBe(true);
	});

	it('tell whether a planned kernel is beyond what the target supports', () => {
		expect(conditionsOf(happyFacts, planWith({ kernels: ['6.18.1-amd64'] }))['kernel-above-maximum']).toBe(true);
		const unknownRelease = conditionsOf(happyFacts, planWith({ targetUpstream: '2.9.0' }));
		expect(unknownRelease).not.toHaveProperty(['kernel-above-maximum']);
	});
});
