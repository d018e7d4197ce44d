import type { Incus } from '../../facts/consumers/incus.js';
import type { LxdSnap } from '../../facts/consumers/lxd-snap.js';
import { parseSeries } from '../../knowledge/version.js';
import { poolOf } from '../../zfs/names.js';
import { listSome } from '../amounts.js';
import type { Finding } from '../finding.js';
import { fine, found } from '../kind.js';
import type { CheckInput } from '../topic.js';
import { type ConsumerTopic, judgeSystem, moduleReleases } from './consumer-topic.js';
import { incusKinds, lxdKinds } from './kinds/incus.js';

function checkIncus(input: CheckInput): readonly Finding[] {
	return judgeSystem(input.facts.consumers.incus, incusKinds.unreadable, (incus) => judgeIncus(input, incus));
}

function judgeIncus(input: CheckInput, { pools, isActive }: Incus): readonly Finding[] {
	const refusal =
		!pools.known && isActive === true
			? [
					found(incusKinds.unreadable, 'warning', {
						title: 'Incus runs, and its storage pools could not be read',
						detail: `${pools.why}. ${incusKinds.unreadable.why}`,
					}),
				]
			: [];
	const exported = pools.known
		? pools.value.flatMap(({ zfsName, isExportedAtStop }) =>
				zfsName !== undefined && isExportedAtStop && isPoolName(zfsName) ? [zfsName] : [],
			)
		: findPoolsOfLayout(input);
	if (exported.length === 0) return refusal;
	return [
		...refusal,
		found(incusKinds.poolExport, 'notice', {
			title: `Incus exports ${listSome(exported)} when it stops`,
			detail: `${pools.known ? 'It says so itself' : `Concluded from the names of the datasets, for ${pools.why}`}. ${incusKinds.poolExport.why}`,
		}),
	];
}

/** Neither a dataset below a pool nor a file. */
function isPoolName(name: string): boolean {
	return !name.includes('/');
}

/** Datasets that Incus and LXD make directly below the pool or dataset that they are given. */
const layout: readonly string[] = ['containers', 'virtual-machines', 'images', 'custom'];

/** Pools whose root Incus or LXD took as its own. */
function findPoolsOfLayout({ facts }: CheckInput): readonly string[] {
	if (!facts.datasets.known) return [];
	const names = new Set<string>(facts.datasets.value.map(({ name }) => name));
	const pools = new Set(facts.datasets.value.map(({ name }) => poolOf(name)));
	return [...pools].filter((pool) => layout.every((folder) => names.has(`${pool}/${folder}`)));
}

export const incusTopic: ConsumerTopic = {
	system: 'Incus',
	detected:
		'/var/lib/incus or /opt/incus; `incus storage list` where incus.service is active already, else the names of datasets',
	advisories: [],
	check: checkIncus,
	kinds: Object.values(incusKinds),
};

function checkLxd(input: CheckInput): readonly Finding[] {
	return judgeSystem(input.facts.consumers.lxdSnap, lxdKinds.unreadable, (snap) => judgeLxd(input, snap));
}

function judgeLxd(input: CheckInput, snap: LxdSnap): readonly Finding[] {
	const { after } = moduleReleases(input);
	const series = after === undefined ? undefined : parseSeries(after);
	// Without a module the versions say what is wrong.
	if (series === undefined) return [];
	const has = `${snap.toolSeries === undefined ? 'It is not mounted, so its tools cannot be seen' : `It has tools for ${listSome(snap.toolSeries) || 'none'}`}; zfs.external is ${snap.usesHostTools}`;
	if (snap.usesHostTools || snap.toolSeries?.includes(series) === true) {
		return [fine(lxdKinds.ready, `The LXD snap has tools for OpenZFS ${series}`, `${has}.`)];
	}
	const isSeen = snap.toolSeries !== undefined;
	const mayHavePools = snap.hasPoolFiles || !input.facts.datasets.known || hasLxdDatasets(input);
	return [
		found(lxdKinds.toolsMissing, mayHavePools && isSeen ? 'blocker' : 'warning', {
			title: isSeen
				? `The LXD snap has no tools for OpenZFS ${series}, which will run`
				: `It cannot be told whether the LXD snap has tools for OpenZFS ${series}, which will run`,
			detail: `${has}. ${lxdKinds.toolsMissing.why}`,
		}),
	];
}

/** Anywhere: LXD may have been given a dataset. */
function hasLxdDatasets({ facts }: CheckInput): boolean {
	if (!facts.datasets.known) return true;
	const names = new Set<string>(facts.datasets.value.map(({ name }) => name));
	return facts.datasets.value.some(({ name }) => {
		const parent = name.slice(0, name.lastIndexOf('/'));
		return layout.every((folder) => names.has(`${parent}/${folder}`));
	});
}

export const lxdTopic: ConsumerTopic = {
	system: 'LXD (snap)',
	detected:
		'/snap/lxd/current, also below /var/lib/snapd; folders zfs-X.Y of the snap, zfs_external in its config, pools in files, names of datasets',
	advisories: ['lxd-snap-tools-missing'],
	check: checkLxd,
	kinds: Object.values(lxdKinds),
};
