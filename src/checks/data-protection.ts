/** What a reboot needs to bring every dataset back: keys, mounts, the host's id, the cache file. */
import type { Dataset } from '../zfs/dataset.js';
import { poolOf } from '../zfs/names.js';
import { count, listSome } from './amounts.js';
import type { Finding, Remediation } from './finding.js';
import { type FindingKind, fine, found } from './kind.js';
import { dataProtectionKinds as kinds } from './kinds/data-protection.js';
import { areToolsAbsent, type CheckInput, type CheckTopic, isAlternateRoot, isModuleAbsent } from './topic.js';

function checkDataProtection(input: CheckInput): readonly Finding[] {
	if (areToolsAbsent(input)) return [];
	return [...judgeDatasets(input), ...judgeHostid(input), ...judgePoolCache(input), ...judgeSwap(input)];
}

function judgeDatasets(input: CheckInput): readonly Finding[] {
	const { datasets } = input.facts;
	if (isModuleAbsent(input)) return [];
	if (!datasets.known) {
		return [
			found(kinds.unreadable, 'warning', {
				title: 'The datasets could not be read',
				detail: `${datasets.why}. ${kinds.unreadable.why}`,
			}),
		];
	}
	const all = datasets.value;
	const prompted = all.filter(({ keyLocation }) => keyLocation === 'prompt');
	const closed = all.filter(({ keyStatus }) => keyStatus === 'unavailable');
	const partial = all.filter(({ receiveResumeToken }) => receiveResumeToken !== undefined);
	const unmounted = isAlternateRoot(input) ? [] : all.filter(shouldBeMounted);
	return [
		...describe(kinds.keyPrompt, 'warning', prompted, 'with a key that is typed in'),
		...describe(kinds.keyUnavailable, 'notice', closed, 'without a loaded key', closed.filter(isEncryptionRoot)),
		...describe(kinds.notMounted, 'warning', unmounted, 'not mounted that should be'),
		...describe(kinds.partialReceive, 'notice', partial, 'with an interrupted receive'),
	];
}

/** @param named whom the commands are for, where that is not everybody */
function describe<K extends FindingKind>(
	kind: K,
	severity: keyof K['when'] & Finding['severity'],
	datasets: readonly Dataset[],
	what: string,
	named: readonly Dataset[] = datasets,
): readonly Finding[] {
	if (datasets.length === 0) return [];
	return [
		found(kind, severity, {
			title: `${count(datasets.length, 'dataset')} ${what}: ${listSome(
				datasets.map(({ name }) => name),
				3,
			)}`,
			detail: kind.why,
			remediation: [forDataset(kind, named[0] ?? datasets[0])],
		}),
	];
}

/** The commands for the first of them stand for all. */
function forDataset({ action, commands = [] }: FindingKind, dataset: Dataset | undefined): Remediation {
	const name = dataset?.name ?? '';
	return { text: action, commands: commands.map((argv) => argv.map((word) => (word === '<dataset>' ? name : word))) };
}

function isEncryptionRoot({ name, encryptionRoot }: Dataset): boolean {
	return encryptionRoot === name;
}

function shouldBeMounted({ canmount, mountpoint, isMounted, keyStatus }: Dataset): boolean {
	const hasPlace = mountpoint?.startsWith('/') === true;
	return canmount === 'on' && hasPlace && isMounted === false && keyStatus !== 'unavailable';
}

function judgeHostid({ facts }: CheckInput): readonly Finding[] {
	const { hostid } = facts.surroundings;
	const pools = facts.pools.known ? facts.pools.value : [];
	const multihost = pools.filter(({ hasMultihost }) => hasMultihost === true).map(({ name }) => name);
	const isRootOnZfs = facts.rootDataset.known && facts.rootDataset.value !== undefined;
	if (hostid.known && hostid.value === 'set') {
		return [fine(kinds.hostid, 'The host has a lasting id', `From ${hostid.source}.`)];
	}
	const dependents = [
		...(multihost.length > 0 ? [`multihost is on for ${listSome(multihost)}`] : []),
		...(isRootOnZfs ? ['root is on ZFS'] : []),
	];
	const state = hostid.known ? `/etc/hostid is ${hostid.value}` : hostid.why;
	const make = hostid.known && hostid.value === 'unusable' ? ['zgenhostid', '-f'] : ['zgenhostid'];
	return [
		found(kinds.hostid, dependents.length > 0 || !hostid.known ? 'warning' : 'notice', {
			title: hostid.known ? 'The host has no lasting id' : 'Whether the host has a lasting id could not be read',
			detail: `${[state, ...dependents].join('; ')}. ${kinds.hostid.why}`,
			remediation: [{ text: kinds.hostid.action, commands: [make, ['update-initramfs', '-u', '-k', 'all']] }],
		}),
	];
}

function judgePoolCache(input: CheckInput): readonly Finding[] {
	const { pools, rootDataset, surroundings, units } = input.facts;
	const { hasPoolCache } = surroundings;
	if (hasPoolCache.known && hasPoolCache.value) {
		return [fine(kinds.poolCache, 'The cache file of the pools is there', `${hasPoolCache.source} is not empty.`)];
	}
	const rootPool = rootDataset.known && rootDataset.value !== undefined ? poolOf(rootDataset.value) : undefined;
	const others = (pools.known ? pools.value : []).filter(({ name }) => name !== rootPool);
	const isScanned =
		units.known &&
		units.value.some(({ name, unitFileState }) => name === 'zfs-import-scan.service' && unitFileState === 'enabled');
	const [first] = others;
	// The pools of a rescue system are in the cache file of neither system.
	if (first === undefined || (hasPoolCache.known && isScanned) || isAlternateRoot(input)) return [];
	return [
		found(kinds.poolCache, 'warning', {
			title: hasPoolCache.known
				? 'The cache file from which pools are imported is missing or empty'
				: 'Whether the cache file of the pools is there could not be read',
			detail: `${hasPoolCache.known ? hasPoolCache.source : hasPoolCache.why}; pools: ${listSome(others.map(({ name }) => name))}. ${kinds.poolCache.why}`,
			remediation: [
				{ text: kinds.poolCache.action, commands: [['zpool', 'set', 'cachefile=/etc/zfs/zpool.cache', first.name]] },
			],
		}),
	];
}

function judgeSwap({ facts }: CheckInput): readonly Finding[] {
	const { swapOnZvol } = facts.surroundings;
	if (!swapOnZvol.known) {
		return [
			found(kinds.swapOnZvol, 'warning', {
				title: 'Whether swap lies on a zvol could not be read',
				detail: `${swapOnZvol.why}. ${kinds.swapOnZvol.why}`,
				remediation: [{ text: 'Look at what is in use.', commands: [['cat', '/proc/swaps']] }],
			}),
		];
	}
	const [first, ...others] = swapOnZvol.value;
	if (first === undefined) return [];
	return [
		found(kinds.swapOnZvol, 'warning', {
			title: `Swap lies on a zvol: ${listSome([first, ...others])}`,
			detail: `Found in ${swapOnZvol.source}. ${kinds.swapOnZvol.why}`,
			remediation: [
				{ text: kinds.swapOnZvol.action, commands: [first, ...others].map((device) => ['swapoff', device]) },
			],
		}),
	];
}

export const dataProtectionTopic: CheckTopic = { check: checkDataProtection, kinds: Object.values(kinds) };
