import { describe, expect, it } from 'vitest';
import { featuresTopic } from '../../src/checks/features.js';
import { collectFacts } from '../../src/facts/collect.js';
import type { FeatureState, Pool } from '../../src/zfs/pool.js';
import { createDebianHost, kernelRelease, newVersion } from '../support/debian-host.js';
import { factsWith, happyPool, nothingToDo, planWith, poolWith, set, unread, verdictsOf, wordsOf } from './facts.js';

const having = (features: Readonly<Record<string, FeatureState>>) =>
	poolWith({ features: new Map([...happyPool.features, ...Object.entries(features)]) });
const ofPools = (...pools: readonly Pool[]) => factsWith({ pools: set(pools) });

describe('the way back', () => {
	it('is open while every active feature is one that the old release knows', () => {
		expect(verdictsOf(featuresTopic)).toEqual(['ok features.rollback', 'warning features.zpool-upgrade']);
	});

	it('is closed by one active feature that it does not know', () => {
		const facts = ofPools(having({ head_errlog: 'active' }));
		expect(verdictsOf(featuresTopic, { facts })).toContain('warning features.rollback');
		expect(wordsOf(featuresTopic, 'features.rollback', { facts })).toContain('2.1 cannot import pool fx any more');
	});

	it('leads to a read-only pool where the feature allows that', () => {
		const facts = ofPools(having({ block_cloning: 'active' }));
		expect(wordsOf(featuresTopic, 'features.rollback', { facts })).toContain('for reading only');
	});

	it('stays open while a new feature is enabled only, and the feature is named', () => {
		const facts = ofPools(having({ blake3: 'enabled' }));
		expect(verdictsOf(featuresTopic, { facts })).toContain('ok features.rollback');
		expect(wordsOf(featuresTopic, 'features.rollback', { facts })).toContain('blake3');
	});

	it('is judged as closed where the module itself does not know the feature', () => {
		const facts = ofPools(poolWith({ unsupportedFeatures: ['com.klarasystems:vdev_zaps_v2'] }));
		expect(verdictsOf(featuresTopic, { facts })).toEqual([
			'warning features.unsupported',
			'warning features.rollback',
			'warning features.zpool-upgrade',
		]);
	});

	it('is not passed where the features could not be read', () => {
		expect(verdictsOf(featuresTopic, { facts: ofPools(poolWith({ features: new Map() })) })).toContain(
			'warning features.rollback',
		);
		expect(verdictsOf(featuresTopic, { facts: factsWith({ pools: unread }) })).toEqual([]);
	});

	it('from a pool of 2.3.2 tools and module, as recorded, is open: nobody has upgraded it', async () => {
		const facts = await collectFacts(
			createDebianHost({
				userspace: newVersion,
				loaded: newVersion,
				kernels: [{ release: kernelRelease, disk: newVersion, initramfs: newVersion }],
			}),
		);
		expect(verdictsOf(featuresTopic, { facts, plan: nothingToDo })).toEqual(['ok features.rollback']);
	});
});

describe('zpool upgrade', () => {
	it('is warned of loudly, with what it would do and the property that prevents it', () => {
		const words = wordsOf(featuresTopic, 'features.zpool-upgrade');
		expect(words).toContain('it would end the way back to 2.1');
		expect(words).toContain('head_errlog, vdev_zaps_v2');
		expect(words).toContain('zpool set compatibility=openzfs-2.1-linux fx');
	});

	it('is a notice between series where it would not close the way back at once', () => {
		const plan = planWith({ fromUpstream: '2.2.7', targetUpstream: '2.3.2' });
		expect(verdictsOf(featuresTopic, { plan })).toContain('notice features.zpool-upgrade');
		expect(wordsOf(featuresTopic, 'features.zpool-upgrade', { plan })).toContain('compatibility=openzfs-2.2 fx');
	});

	it('is no topic within a series, without an upgrade, and for pools that are held to a set', () => {
		const none = ['ok features.rollback'];
		expect(verdictsOf(featuresTopic, { plan: planWith({ targetUpstream: '2.1.16' }) })).toEqual(none);
		expect(verdictsOf(featuresTopic, { plan: nothingToDo })).toEqual(none);
		const facts = ofPools(poolWith({ compatibility: 'openzfs-2.1-linux' }));
		expect(verdictsOf(featuresTopic, { facts })).toEqual(none);
	});

	it('comes without the command where the tools do not know the property yet', () => {
		const facts = ofPools(poolWith({ compatibility: undefined }));
		expect(wordsOf(featuresTopic, 'features.zpool-upgrade', { facts })).not.toContain('zpool set');
	});
});

describe('the boot pool', () => {
	const grub = (version: string) =>
		set({
			name: 'grub-common',
			architecture: 'amd64',
			version,
			source: 'grub2',
			status: 'ii',
			isHeld: false,
			isComplete: true,
		});
	const boot = (features: Readonly<Record<string, FeatureState>>) =>
		poolWith({ name: 'bpool', features: new Map(Object.entries(features)) });
	const verdicts = (pool: Pool, version = '2.06-13+deb12u1') =>
		verdictsOf(featuresTopic, {
			facts: factsWith({ pools: set([pool]), packages: { grub: grub(version) } }),
			plan: nothingToDo,
		}).filter((each) => each.endsWith('features.grub'));

	it('is readable with features of the set of the installed GRUB', () => {
		expect(verdicts(boot({ lz4_compress: 'active' }))).toEqual(['ok features.grub']);
		expect(verdicts(boot({ extensible_dataset: 'enabled' }), '2.12-1~bpo12+1')).toEqual(['ok features.grub']);
	});

	it('with others may not be', () => {
		expect(verdicts(boot({ extensible_dataset: 'enabled' }))).toEqual(['warning features.grub']);
		expect(verdicts(boot({ large_dnode: 'active' }), '2.12-1')).toEqual(['warning features.grub']);
	});

	it('is also the pool that /boot lies on', () => {
		const space = happySpace('/boot', 'fx/boot');
		const facts = factsWith({ space, packages: { grub: grub('2.06-13') } });
		expect(verdictsOf(featuresTopic, { facts, plan: nothingToDo })).toContain('warning features.grub');
		expect(verdictsOf(featuresTopic, { facts: { ...facts, machine: proxmox }, plan: nothingToDo })).toEqual([
			'ok features.rollback',
		]);
	});

	it('is judged by the smaller set where the version of GRUB is not known, and not at all without GRUB', () => {
		const pool = boot({ extensible_dataset: 'enabled' });
		const facts = factsWith({ pools: set([pool]), packages: { grub: unread } });
		expect(wordsOf(featuresTopic, 'features.grub', { facts })).toContain('GRUB of an unknown version');
		const without = factsWith({ pools: set([pool]), packages: { grub: set(undefined) } });
		expect(verdictsOf(featuresTopic, { facts: without, plan: nothingToDo })).toEqual(['ok features.rollback']);
	});
});

const proxmox = factsWith({ machine: { isProxmox: set(true) } }).machine;

function happySpace(path: string, device: string) {
	return set([{ path, mountPoint: path, type: 'zfs', device, freeBytes: 1n, totalBytes: 2n, readOnly: false }]);
}
