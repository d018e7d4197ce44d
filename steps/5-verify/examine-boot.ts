import type { Finding, Remediation } from '../../src/checks/finding.js';
import type { BootedFacts } from '../../src/facts/booted.js';
import type { ZfsUnit } from '../../src/facts/host-facts.js';
import type { StepContext } from '../step.js';
import { advise, fine, goBack, source } from './advice.js';

/** Health of a pool from best to worst: after the reboot it may not be further down than before. */
const healthOrder = ['ONLINE', 'DEGRADED', 'FAULTED', 'UNAVAIL', 'SUSPENDED'];

const importUnit = /^zfs-import-(?:cache|scan)\.service$/;

/** What `zpool import` says of a pool that is not imported. */
export interface ImportablePool {
	readonly name: string;
	readonly state: string;
}

/**
 * Units that systemd did not run because their condition failed. That is how a module that did not load looks:
 * `systemctl --failed` shows nothing, for all zfs units carry ConditionPathIsDirectory=/sys/module/zfs.
 */
function skippedUnits(units: readonly ZfsUnit[]): readonly ZfsUnit[] {
	// Of the two import units one is always skipped: which one depends on the cache file.
	const imports = units.filter((unit) => importUnit.test(unit.name));
	const someImported = imports.some((unit) => unit.activeState === 'active');
	return units.filter(
		(unit) =>
			unit.unitFileState.startsWith('enabled') &&
			unit.wasConditionChecked &&
			unit.conditionResult === 'no' &&
			!(someImported && imports.includes(unit)),
	);
}

/** What each unit does, by hand: so that nobody has to reboot for it. */
const byHand: Readonly<Record<string, readonly (readonly string[])[]>> = {
	'zfs-load-module.service': [['modprobe', 'zfs']],
	'zfs-import-cache.service': [['zpool', 'import', '-aN', '-c', '/etc/zfs/zpool.cache']],
	'zfs-import-scan.service': [['zpool', 'import', '-aN', '-d', '/dev/disk/by-id']],
	'zfs-mount.service': [['zfs', 'mount', '-a']],
	'zfs-share.service': [['zfs', 'share', '-a']],
};

function adviseUnit(name: string): readonly [Remediation, ...Remediation[]] {
	const [first, ...rest] = byHand[name] ?? [];
	return [
		advise('See why.', ['systemctl', 'status', '--no-pager', name], ['journalctl', '-b', '-u', name]),
		...(first === undefined ? [] : [advise('What it does, by hand, to see what it says.', first, ...rest)]),
		advise('When the cause is mended, start it.', ['systemctl', 'restart', name]),
	];
}

function examineUnits({ units }: BootedFacts, isImportExplained: boolean): readonly Finding[] {
	if (!units.known) {
		return [
			{
				id: 'verify.units-unknown',
				severity: 'blocker',
				title: 'The state of the zfs units could not be read',
				detail: `${units.why}. Whether pools were imported, mounted and watched in good order cannot be told.`,
				remediation: [advise('Look at them.', ['systemctl', 'status', '--no-pager', 'zfs.target', 'zfs-zed.service'])],
				source,
			},
		];
	}
	const skipped = skippedUnits(units.value).map(
		({ name }): Finding => ({
			id: 'verify.unit-skipped',
			severity: 'blocker',
			title: `${name} was skipped`,
			detail: 'One of its conditions did not hold, so it did nothing, and systemd does not count that as a failure.',
			remediation: adviseUnit(name),
			source,
		}),
	);
	const failed = units.value
		.filter(({ name, activeState }) => activeState === 'failed' && !(isImportExplained && importUnit.test(name)))
		.map(
			({ name, result }): Finding => ({
				id: 'verify.unit-failed',
				severity: 'blocker',
				title: `${name} failed`,
				detail: `Its result is ${result}. What it is for was not done, or not wholly.`,
				remediation: adviseUnit(name),
				source,
			}),
		);
	return [...skipped, ...failed];
}

function missingPool(name: string, importable: readonly ImportablePool[] | undefined): Finding {
	const there = importable?.find((pool) => pool.name === name);
	if (there !== undefined) {
		const canImport = there.state === 'ONLINE' || there.state === 'DEGRADED';
		return {
			id: 'verify.pool-not-imported',
			severity: 'blocker',
			title: `Pool "${name}" is not imported, but its devices are here (${there.state})`,
			detail:
				'It was imported before the reboot. What mounts or serves its datasets does not run, or runs on empty folders.',
			remediation: [
				...(canImport
					? ([
							advise(
								'Import it by its lasting device names, load its keys and mount it; do not force it.',
								['zpool', 'import', '-d', '/dev/disk/by-id', name],
								['zfs', 'load-key', '-r', name],
								['zfs', 'mount', '-a'],
							),
						] as const)
					: ([
							advise(`See which of its devices is missing before anything is done; do not force it.`, [
								'zpool',
								'import',
							]),
						] as const)),
				advise('See why the boot did not do it.', ['journalctl', '-b', '-u', 'zfs-import-cache.service']),
				goBack,
			],
			source,
		};
	}
	const looked = importable === undefined ? '' : ' zpool import finds no device of it.';
	return {
		id: 'verify.pool-missing',
		severity: 'blocker',
		title: `Pool "${name}" is not imported`,
		detail: `It was imported before the reboot.${looked} A disk, its controller or its multipath did not come back.`,
		remediation: [
			advise(
				'See which disks are here, and bring the missing one back; do not force an import.',
				['lsblk', '-o', 'NAME,SIZE,MODEL,SERIAL,FSTYPE,LABEL'],
				['zpool', 'import'],
			),
			advise(
				'When its disks are here, import it.',
				['zpool', 'import', '-d', '/dev/disk/by-id', name],
				['zfs', 'mount', '-a'],
			),
			advise(`If it is not needed for the upgrade, go on without it.`, [
				'zfs-lockstep',
				'--ignore-check',
				'verify.pool-missing',
			]),
		],
		source,
	};
}

/** @param importable what `zpool import` lists; undefined: not asked */
function examinePools(
	context: StepContext,
	{ pools }: BootedFacts,
	importable: readonly ImportablePool[] | undefined,
): readonly Finding[] {
	if (!pools.known) {
		return [
			{
				id: 'verify.pools-unknown',
				severity: 'blocker',
				title: 'The pools could not be read',
				detail: `${pools.why}. Whether they all came back cannot be told.`,
				remediation: [advise('See what the tools say.', ['zpool', 'status'], ['zpool', 'list'])],
				source,
			},
		];
	}
	const found = new Map(pools.value.map((pool) => [String(pool.name), pool]));
	return context.state().pools.map((name) => {
		const pool = found.get(name);
		if (pool === undefined) return missingPool(name, importable);
		if (healthOrder.indexOf(pool.health) > 0 || !healthOrder.includes(pool.health)) {
			return {
				id: 'verify.pool-health',
				severity: pool.health === 'DEGRADED' ? 'warning' : 'blocker',
				title: `Pool "${name}" is ${pool.health}`,
				detail: 'A device that did not come back after the reboot shows here first.',
				remediation: [
					advise('See which device it is.', ['zpool', 'status', '-v', name]),
					advise('When the device is back, bring it online.', ['zpool', 'online', name, '<device>']),
				],
				source,
			};
		}
		return fine('verify.pool', `Pool "${name}" is imported and ${pool.health}`, `guid ${pool.guid}`);
	});
}

/** The run's pools and OpenZFS's units after a boot, each fact once. Reads nothing itself. */
export function examineBoot(
	context: StepContext,
	facts: BootedFacts,
	importable?: readonly ImportablePool[],
): readonly Finding[] {
	const pools = examinePools(context, facts, importable);
	const isMissing = pools.some(({ id }) => id === 'verify.pool-missing' || id === 'verify.pool-not-imported');
	return [...pools, ...examineUnits(facts, isMissing)];
}

/** Pools in the output of `zpool import`, which lists what could be imported: `   pool: tank`, then `  state: ONLINE`. */
export function parseImportable(output: string): readonly ImportablePool[] {
	return [...output.matchAll(/^\s*pool: (.+)\n(?:.*\n)*?\s*state: (\S+)/gm)].map(([, name = '', state = '']) => ({
		name,
		state,
	}));
}
