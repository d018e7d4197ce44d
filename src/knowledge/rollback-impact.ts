import { featuresAddedBetween, findFeature, type PoolFeature } from './pool-features.js';
import { SERIES, type Series } from './releases.js';

/** A feature as a pool reports it. */
export interface FeatureState {
	/** `feature@name`, `unsupported@guid`, or either without its prefix. */
	readonly name: string;
	/** The property's value: `disabled`, `enabled`, `active`; for `unsupported@`: `inactive`, `readonly`. */
	readonly state: string;
}

export interface RollbackImpact {
	/** What the old series can do with the pool as it is now. */
	readonly verdict: 'possible' | 'read-only' | 'impossible';
	/** Active, unknown to the old series, and not read-only compatible: these forbid any import. */
	readonly forbids: readonly string[];
	/** Active, unknown to the old series, read-only compatible: these forbid writing. */
	readonly forbidsWriting: readonly string[];
	/** Enabled but not active: no harm yet; the first use of one may end the way back. */
	readonly dormant: readonly string[];
}

/**
 * Whether a pool can still be imported by an older series. A feature that is not in the data counts as one that the old
 * series does not know, and as forbidding while active: better a rollback too few than a pool that does not come back.
 * Source: zpool-features(7); a pool upgraded under 2.3.2 refused by 2.1.11 in the lab.
 */
export function rollbackImpact(features: readonly FeatureState[], oldSeries: Series): RollbackImpact {
	const [forbids, forbidsWriting, dormant]: [string[], string[], string[]] = [[], [], []];
	for (const { name, state } of features) {
		const feature = findFeature(name);
		if (isKnownTo(feature, oldSeries) || state === 'disabled') {
			continue;
		}
		const shown = feature?.name ?? name.replace(/^(?:feature|unsupported)@/, '');
		if (state === 'enabled' || state === 'inactive') {
			dormant.push(shown);
		} else if (state === 'readonly' || feature?.readOnlyCompatible === true) {
			forbidsWriting.push(shown);
		} else {
			forbids.push(shown);
		}
	}
	return { verdict: judge(forbids, forbidsWriting), forbids, forbidsWriting, dormant };
}

function isKnownTo(feature: PoolFeature | undefined, series: Series): boolean {
	return feature !== undefined && SERIES.indexOf(feature.since) <= SERIES.indexOf(series);
}

function judge(forbids: readonly string[], forbidsWriting: readonly string[]): RollbackImpact['verdict'] {
	if (forbids.length > 0) {
		return 'impossible';
	}
	return forbidsWriting.length > 0 ? 'read-only' : 'possible';
}

/**
 * What `zpool upgrade` under `running` would do to the way back to `oldSeries`: the features that it would make active
 * at once or soon, whether used or not. From 2.2 on it makes a pool unimportable by 2.1 (head_errlog, vdev_zaps_v2).
 */
export function poolUpgradeImpact(running: Series, oldSeries: Series): RollbackImpact {
	const enabled = featuresAddedBetween(oldSeries, running).filter((feature) => !feature.skippedByUpgrade);
	return rollbackImpact(
		enabled.map(({ name, activatesUnasked }) => ({ name, state: activatesUnasked ? 'active' : 'enabled' })),
		oldSeries,
	);
}
