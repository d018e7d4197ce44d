/** Pool features: whether the way back is still open, what would close it, and what GRUB can read. */
import { featuresOutsideGrubSet, grubSetOf } from '../knowledge/grub.js';
import { type Series, seriesOf } from '../knowledge/releases.js';
import {
	type FeatureState,
	poolUpgradeImpact,
	type RollbackImpact,
	rollbackImpact,
} from '../knowledge/rollback-impact.js';
import type { Pool } from '../zfs/pool.js';
import { listSome } from './amounts.js';
import type { Finding } from './finding.js';
import { fine, found } from './kind.js';
import { featureKinds as kinds } from './kinds/features.js';
import { type CheckInput, type CheckTopic, plannedUpgrade } from './topic.js';

function checkFeatures(input: CheckInput): readonly Finding[] {
	const { pools } = input.facts;
	// The health says why they could not be read.
	if (!pools.known || pools.value.length === 0) return [];
	return [
		...judgeUnsupported(pools.value),
		...judgeRollback(input, pools.value),
		...judgeUpgradeAdvice(input, pools.value),
		...judgeBootPools(input, pools.value),
	];
}

function judgeUnsupported(pools: readonly Pool[]): readonly Finding[] {
	return pools
		.filter(({ unsupportedFeatures }) => unsupportedFeatures.length > 0)
		.map(({ name, unsupportedFeatures }) =>
			found(kinds.unsupported, 'warning', {
				title: `Pool ${name} has features that the loaded module does not know`,
				detail: `${listSome(unsupportedFeatures)}. ${kinds.unsupported.why}`,
			}),
		);
}

/** The series that the way back leads to, where it differs from the target's or nothing is planned. */
function oldSeries(input: CheckInput): Series | undefined {
	const { packages } = input.facts.versions;
	const version = plannedUpgrade(input)?.fromUpstream ?? (packages.known ? packages.value.upstream : undefined);
	return version === undefined ? undefined : seriesOf(version);
}

function judgeRollback(input: CheckInput, pools: readonly Pool[]): readonly Finding[] {
	const series = oldSeries(input);
	if (series === undefined) return [];
	const impacts = pools.map((pool) => ({ pool, impact: rollbackImpact(featuresOf(pool), series) }));
	const closed = impacts.filter(({ impact }) => impact.verdict !== 'possible');
	const unread = pools.filter(({ features }) => features.size === 0);
	const findings = closed.map(({ pool: { name }, impact }) =>
		found(kinds.rollback, 'warning', {
			title:
				impact.verdict === 'impossible'
					? `OpenZFS ${series} cannot import pool ${name} any more`
					: `OpenZFS ${series} can import pool ${name} for reading only`,
			detail: `Active: ${listSome([...impact.forbids, ...impact.forbidsWriting])}. ${kinds.rollback.why}`,
			remediation: [{ text: kinds.rollback.action, commands: [['zpool', 'get', 'all', name]] }],
		}),
	);
	if (unread.length > 0) {
		const names = unread.map(({ name }) => name);
		findings.push(
			found(kinds.rollback, 'warning', {
				title: `The features of ${listSome(names)} could not be read`,
				detail: kinds.rollback.why,
				remediation: [
					{ text: 'Ask by hand.', commands: names.slice(0, 3).map((name) => ['zpool', 'get', 'all', name]) },
				],
			}),
		);
	}
	if (findings.length > 0) return findings;
	const dormant = [...new Set(impacts.flatMap(({ impact }) => impact.dormant))];
	return [
		fine(
			kinds.rollback,
			`OpenZFS ${series} can still import ${pools.length === 1 ? 'the pool' : `all ${pools.length} pools`}`,
			dormant.length === 0
				? 'Every feature that is enabled is one that it knows.'
				: `Enabled but not used, and unknown to it: ${listSome(dormant)}. The first use of one may end that.`,
		),
	];
}

/** A feature that the module does not know counts as active: its state is not told. */
function featuresOf({ features, unsupportedFeatures }: Pool): readonly FeatureState[] {
	return [
		...[...features].map(([name, state]) => ({ name, state })),
		...unsupportedFeatures.map((name) => ({ name: `unsupported@${name}`, state: 'active' })),
	];
}

function judgeUpgradeAdvice(input: CheckInput, pools: readonly Pool[]): readonly Finding[] {
	const plan = plannedUpgrade(input);
	if (plan === undefined) return [];
	const [from, to] = [seriesOf(plan.fromUpstream), seriesOf(plan.targetUpstream)];
	// A pool that is held to a set of features is left alone by zpool upgrade.
	const open = pools.filter(({ compatibility }) => compatibility === undefined || compatibility === 'off');
	const [first] = open;
	if (from === undefined || to === undefined || from === to || first === undefined) return [];
	const impact = poolUpgradeImpact(to, from);
	const isEnd = impact.verdict !== 'possible';
	return [
		found(kinds.zpoolUpgrade, isEnd ? 'warning' : 'notice', {
			title: isEnd
				? `Do not run zpool upgrade after the upgrade: it would end the way back to ${from}`
				: `zpool upgrade after the upgrade would enable features that ${from} does not know`,
			detail: `${describeImpact(impact, from)} Pools: ${listSome(open.map(({ name }) => name))}. ${kinds.zpoolUpgrade.why}`,
			remediation: [
				{
					text: kinds.zpoolUpgrade.action,
					// Tools before 2.1 do not know the property.
					commands: open
						.filter(({ compatibility }) => compatibility !== undefined)
						.slice(0, 3)
						.map(({ name }) => ['zpool', 'set', `compatibility=${compatibilitySet(from)}`, name]),
				},
			],
		}),
	];
}

function describeImpact({ forbids, forbidsWriting, dormant }: RollbackImpact, series: Series): string {
	if (forbids.length > 0) return `It makes ${listSome(forbids)} active at once, and ${series} refuses the pool then.`;
	if (forbidsWriting.length > 0) {
		return `It makes ${listSome(forbidsWriting)} active at once, and ${series} imports the pool for reading only then.`;
	}
	return `It enables ${listSome(dormant)}; the first use of one may end the way back to ${series}.`;
}

/** Name of the set in /usr/share/zfs/compatibility.d; up to 2.1 there is one for each system. */
function compatibilitySet(series: Series): string {
	if (series === '0.8') return 'zol-0.8';
	return series === '2.0' || series === '2.1' ? `openzfs-${series}-linux` : `openzfs-${series}`;
}

function judgeBootPools(input: CheckInput, pools: readonly Pool[]): readonly Finding[] {
	const { grub } = input.facts.packages;
	if (grub.known && grub.value === undefined) return [];
	const version = grub.known ? grub.value?.version : undefined;
	const set = (version === undefined ? undefined : grubSetOf(version)) ?? 'grub2-2.06';
	const said = version === undefined ? 'GRUB of an unknown version (taken for one before 2.12)' : `GRUB ${version}`;
	return findBootPools(input, pools).map((pool) => {
		const outside = featuresOutsideGrubSet(featuresOf(pool), set).map(({ name, state }) => `${name} (${state})`);
		if (outside.length === 0) {
			return fine(kinds.grub, `GRUB can read pool ${pool.name}`, `${said}; every feature is in the set ${set}.`);
		}
		return found(kinds.grub, 'warning', {
			title: `Pool ${pool.name} has features that GRUB may not read`,
			detail: `${said}, set ${set}; outside it: ${listSome(outside)}. ${kinds.grub.why}`,
			remediation: [{ text: kinds.grub.action, commands: [['zpool', 'set', `compatibility=${set}`, pool.name]] }],
		});
	});
}

/** The pool that /boot lies on. Proxmox VE boots ZFS from copies on the EFI partition (proxmox-boot-tool(8)). */
function findBootPools({ facts }: CheckInput, pools: readonly Pool[]): readonly Pool[] {
	const { isProxmox } = facts.machine;
	if (isProxmox.known && isProxmox.value) return [];
	const boot = facts.space.known ? facts.space.value.find(({ path }) => path === '/boot') : undefined;
	const dataset = boot?.type === 'zfs' ? boot.device : undefined;
	const name = dataset?.split('/', 1)[0];
	return pools.filter((pool) => pool.name === 'bpool' || pool.name === name);
}

export const featuresTopic: CheckTopic = { check: checkFeatures, kinds: Object.values(kinds) };
