import type { Condition } from '../knowledge/advisory.js';
import { kernelSupport } from '../knowledge/kernel-support.js';
import type { Dataset } from '../zfs/dataset.js';
import type { Pool, Vdev } from '../zfs/pool.js';
import { type CheckInput, isModuleAbsent, plannedUpgrade } from './topic.js';

type Conditions = Partial<Record<Condition, boolean>>;

/** What the facts say of the conditions on which an advisory depends. What they do not say is left out. */
export function deriveConditions(input: CheckInput): Conditions {
	const { pools, datasets, surroundings } = input.facts;
	const { isBlockCloningOn, allowsUserNamespaces, swapOnZvol } = surroundings;
	return {
		...(pools.known && poolConditions(pools.value)),
		...(datasets.known && datasetConditions(datasets.value)),
		...(isBlockCloningOn.known &&
			isBlockCloningOn.value !== undefined && { 'bclone-set-by-hand': isBlockCloningOn.value }),
		...(allowsUserNamespaces.known && { 'unprivileged-user-namespaces': allowsUserNamespaces.value }),
		...(swapOnZvol.known && { 'swap-on-zvol': swapOnZvol.value.length > 0 }),
		...kernelConditions(input),
	};
}

function poolConditions(pools: readonly Pool[]): Conditions {
	const isOn = (...names: readonly string[]) => pools.some((pool) => names.some((name) => isUsable(pool, name)));
	const isActive = (...names: readonly string[]) =>
		pools.some(({ features }) => names.some((name) => features.get(name) === 'active'));
	// A pool whose features could not be read may have any.
	const areFeaturesRead = pools.every(({ features }) => features.size > 0);
	return {
		...(areFeaturesRead && {
			'block-cloning': isOn('block_cloning'),
			'fast-dedup': isActive('fast_dedup'),
			'large-microzap': isOn('large_microzap'),
			'large-blocks': isActive('large_blocks'),
			redaction: isActive('redacted_datasets', 'redaction_bookmarks'),
			...(!isOn('raidz_expansion') && { 'raidz-expansion': false }),
			// Active as soon as it is enabled: it says only where there can be none (zpool-features(7)).
			...(!isOn('project_quota') && { 'project-quota': false }),
		}),
		...judgeEach(pools, 'async-destroy-running', ({ freeing }) => (freeing === undefined ? undefined : freeing > 0n)),
		...judgeEach(pools, 'draid', ({ status }) => (status.known ? hasDraid(status.value.root) : undefined)),
		...judgeEach(pools, 'raidz-expansion', ({ status }) =>
			status.known && status.value.isExpandingRaidz ? true : undefined,
		),
		// No single vdev is larger than its pool.
		...(pools.every(({ size }) => size !== undefined && size < 64n * 1024n ** 4n) && { 'vdev-over-64-tb': false }),
	};
}

function isUsable({ features }: Pool, name: string): boolean {
	const state = features.get(name);
	return state === 'enabled' || state === 'active';
}

/** True if it holds for one, false if for none, left out where one that was not read could decide. */
function judgeEach(
	pools: readonly Pool[],
	condition: Condition,
	holds: (pool: Pool) => boolean | undefined,
): Conditions {
	const answers = pools.map(holds);
	if (answers.includes(true)) return { [condition]: true };
	return answers.includes(undefined) ? {} : { [condition]: false };
}

function hasDraid(vdev: Vdev | undefined): boolean | undefined {
	if (vdev === undefined) return undefined;
	return vdev.type === 'draid' || vdev.children.some((child) => hasDraid(child) === true);
}

function datasetConditions(datasets: readonly Dataset[]): Conditions {
	return {
		encryption: datasets.some(({ encryption }) => encryption !== undefined),
		'partial-receive': datasets.some(({ receiveResumeToken }) => receiveResumeToken !== undefined),
	};
}

function kernelConditions(input: CheckInput): Conditions {
	const { kernels, machine, packages } = input.facts;
	const plan = plannedUpgrade(input);
	const providers = (kernels.known ? kernels.value : []).flatMap(({ provider }) =>
		provider.known ? [provider.value?.kind] : [],
	);
	const isUbuntu = machine.distribution.known ? machine.distribution.value.id === 'ubuntu' : undefined;
	const supports = plan?.kernels.map((kernel) => kernelSupport(plan.targetUpstream, kernel)) ?? [];
	return {
		// Without a loaded module there is none to unload.
		...(isModuleAbsent(input) && { 'module-reload': false }),
		...(isUbuntu !== undefined && { 'ubuntu-kernel': isUbuntu && providers.includes('kernel') }),
		...(packages.manager.known && packages.manager.value === 'apt' && { 'rpm-kabi-kmod': false }),
		...(supports.includes('too-new') && { 'kernel-above-maximum': true }),
		...(supports.length > 0 &&
			supports.every((support) => support === 'supported') && { 'kernel-above-maximum': false }),
	};
}
