/**
 * `zpool status -j`, since 2.3.0, in string mode. What it really prints (status_callback_json in zpool_main.c, recorded
 * with 2.3.2) differs from its manual page: `pool_guid`, no `status` for a healthy pool, and states of devices by the
 * names of the enumeration (`CANT_OPEN`).
 */

import type { Command } from '../host/host.js';
import { foldLines, parseCount, parsePrintedName } from './fields.js';
import { getMember, getObject, getText, type JsonObject, parseJsonObject, toObject } from './json.js';
import { limits } from './limits.js';
import { type PoolName, parsePoolName } from './names.js';
import type { PoolStatus, Scan } from './pool.js';
import { parseHealth } from './pool-health.js';
import { chooseScan } from './scan.js';
import { parseVdevTreeJson } from './zpool-status-json-vdevs.js';

const subject = 'zpool status -j';

/** For the locale see `poolPropertiesJsonCommand`. */
export const poolStatusJsonCommand: Command = {
	argv: ['zpool', 'status', '-jp'],
	env: { LC_ALL: 'C.UTF-8' },
	timeoutSeconds: limits.state,
};

/** @throws ZfsParseError */
export function parsePoolStatusJson(output: string): ReadonlyMap<PoolName, PoolStatus> {
	const pools = getObject(parseJsonObject(output, subject), 'pools', subject) ?? {};
	return new Map(
		Object.entries(pools).map(([name, pool]) => [
			parsePrintedName(name, parsePoolName, subject),
			toStatus(name, toObject(pool, subject, name)),
		]),
	);
}

function toStatus(name: string, pool: JsonObject): PoolStatus {
	const errorCount = getText(pool, 'error_count', subject);
	return {
		state: parseHealth(getText(pool, 'state', subject)),
		status: foldLines(getText(pool, 'status', subject)?.split('\n')),
		action: foldLines(getText(pool, 'action', subject)?.split('\n')),
		messageId: getText(pool, 'msgid', subject),
		scan: chooseScan(toScans(getObject(pool, 'scan_stats', subject) ?? {})),
		checkpoint: toCheckpoint(pool),
		isRemovingDevice: isScanning(getObject(pool, 'removal_stats', subject)),
		isExpandingRaidz: isScanning(getObject(pool, 'raidz_expand_stats', subject)),
		root: parseVdevTreeJson(name, pool),
		errorCount: errorCount === undefined ? undefined : parseCount(errorCount, subject),
	};
}

function isScanning(stats: JsonObject | undefined): boolean {
	return stats !== undefined && getMember(stats, 'state') === 'SCANNING';
}

function toCheckpoint(pool: JsonObject): PoolStatus['checkpoint'] {
	const state = getMember(getObject(pool, 'checkpoint_stats', subject) ?? {}, 'state');
	if (state === 'EXISTS') return 'exists';
	return state === 'DISCARDING' ? 'discarding' : 'none';
}

function toScans(stats: JsonObject): readonly Scan[] {
	const scanFunction = getText(stats, 'function', subject);
	const scans =
		scanFunction === 'SCRUB' || scanFunction === 'RESILVER'
			? toScan(scanFunction === 'SCRUB' ? 'scrub' : 'resilver', getText(stats, 'state', subject), {
					isPaused: isTime(getText(stats, 'scrub_pause', subject)),
					percent: percentOf(stats, ['issued'], ['to_examine'], ['skipped']),
					errors: countOf(stats, 'errors'),
				})
			: [];
	return [...scans, ...toErrorScrub(stats), ...toRebuilds(stats)];
}

function toErrorScrub(stats: JsonObject): readonly Scan[] {
	if (getText(stats, 'err_scrub_func', subject) !== 'ERRORSCRUB') return [];
	return toScan('error-scrub', getText(stats, 'err_scrub_state', subject), {
		isPaused: isTime(getText(stats, 'err_scrub_pause', subject)),
		percent: percentOf(stats, ['err_scrub_examined'], ['err_scrub_examined', 'err_scrub_to_examine'], []),
		errors: undefined,
	});
}

/** Sequential reconstructions, one for each top-level vdev that has had one. */
function toRebuilds(stats: JsonObject): readonly Scan[] {
	return Object.entries(getObject(stats, 'rebuild_stats', subject) ?? {}).flatMap(([name, value]) => {
		const rebuild = toObject(value, subject, name);
		return toScan('resilver', getText(rebuild, 'state', subject), {
			isPaused: false,
			percent: percentOf(rebuild, ['scanned'], ['to_scan'], []),
			errors: countOf(rebuild, 'errors'),
		});
	});
}

interface ScanFigures {
	readonly isPaused: boolean;
	readonly percent: number | undefined;
	readonly errors: bigint | undefined;
}

/** pool_scan_state_str and vdev_rebuild_state_str. */
function toScan(
	scanFunction: Exclude<Scan['function'], 'none'>,
	state: string | undefined,
	{ isPaused, percent, errors }: ScanFigures,
): readonly Scan[] {
	switch (state) {
		case 'SCANNING':
		case 'ERRORSCRUBBING':
		case 'ACTIVE':
			return [{ function: scanFunction, state: isPaused ? 'paused' : 'scanning', percent }];
		case 'FINISHED':
		case 'COMPLETE':
			return [{ function: scanFunction, state: 'finished', errors }];
		case 'CANCELED':
			return [{ function: scanFunction, state: 'canceled' }];
		default:
			return [];
	}
}

/** A time that is not set is `0` with `-p` and `-` without. */
function isTime(text: string | undefined): boolean {
	return text !== undefined && text !== '0' && text !== '-';
}

/** Parts of the wholes that are left after subtraction; undefined while any of them is not known exactly. */
function percentOf(
	stats: JsonObject,
	done: readonly string[],
	whole: readonly string[],
	less: readonly string[],
): number | undefined {
	const sum = (keys: readonly string[]) => keys.reduce((total, key) => total + Number(countOf(stats, key)), 0);
	const total = sum(whole) - sum(less);
	const percent = (sum(done) / total) * 100;
	return total > 0 && Number.isFinite(percent) ? Math.min(100, percent) : undefined;
}

/** Without `-p` counts are abbreviated (`49.5M`); they are as good as none. */
function countOf(stats: JsonObject, key: string): bigint | undefined {
	const text = getText(stats, key, subject);
	return text !== undefined && /^\d{1,20}$/.test(text) ? BigInt(text) : undefined;
}
