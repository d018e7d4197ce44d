/** The subcommands of zpool that change something or wait for it. */
import { recordChange, withEvent, withPool } from '../../dataset-names.js';
import { hasOption, optionValue, optionValues, parseOptions, splitOnce } from '../../options.js';
import type { Vdev } from '../../pool.js';
import { exportPool, importPool, unsupportedFeatures } from '../../pool-import.js';
import { poolPropertyName } from '../../pool-properties.js';
import { missingFeatures } from '../../pool-status.js';
import type { Session } from '../../session.js';
import { allocatedBytes } from '../../space.js';
import { openLibrary } from '../zfs/library.js';
import { refuseOptions, refuseUsage, selectPools } from './usage.js';

export function zpoolSet(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: '' });
	const refused = refuseOptions(session, 'set', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	const [pair = '', name] = parsed.operands;
	const [property, value] = splitOnce(pair, '=');
	if (value === undefined) return refuseUsage(session, 'set', 'missing value in property=value argument');
	if (name === undefined) return refuseUsage(session, 'set', 'missing pool name');
	if (poolPropertyName(session.machine, property) === undefined) {
		session.err(`cannot set property for '${name}': invalid property '${property}'`);
		return 1;
	}
	if (selectPools(session, [name]).failed) return 1;
	session.wait(0.1);
	const set = withPool(session.machine, name, (pool) => ({
		...pool,
		properties: { ...pool.properties, [property]: value },
	}));
	session.change(recordChange(set, name, `zpool set ${args.join(' ')}`));
	return 0;
}

export function zpoolCheckpoint(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: 'dw', long: { discard: 'd', wait: 'w' } });
	const refused = refuseOptions(session, 'checkpoint', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	const [name] = parsed.operands;
	if (name === undefined) return refuseUsage(session, 'checkpoint', 'missing pool argument');
	const discards = hasOption(parsed, 'd');
	if (hasOption(parsed, 'w') && !discards) {
		return refuseUsage(session, 'checkpoint', '--wait only valid when discarding a checkpoint');
	}
	if (selectPools(session, [name]).failed) return 1;
	const pool = session.machine.pools[name];
	const fail = (text: string) => {
		session.err(text);
		return 1;
	};
	if (pool?.suspended === true) return fail(`cannot checkpoint '${name}': pool I/O is currently suspended`);
	const hasOne = pool?.checkpoint !== null;
	if (discards && !hasOne) return fail(`cannot discard checkpoint in '${name}': checkpoint does not exist`);
	if (!discards && hasOne) return fail(`cannot checkpoint '${name}': checkpoint exists`);
	session.wait(discards && hasOption(parsed, 'w') ? 5 : 1);
	const at = Math.floor(session.now);
	const changed = withPool(session.machine, name, (one) => ({
		...one,
		checkpoint: discards ? null : { at, bytes: '98304' },
		features: { ...one.features, zpool_checkpoint: discards ? 'enabled' : 'active' },
	}));
	session.change(recordChange(changed, name, `zpool checkpoint ${args.join(' ')}`));
	return 0;
}

/** Bytes a second that a scrub reads. */
const scrubRate = 400_000_000;

export function zpoolScrub(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: 'spwe' });
	const refused = refuseOptions(session, 'scrub', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	if (parsed.operands.length === 0) return refuseUsage(session, 'scrub', 'missing pool name argument');
	const { names, failed } = selectPools(session, parsed.operands);
	let code = failed ? 1 : 0;
	for (const name of names) {
		const pool = session.machine.pools[name];
		if (pool === undefined) continue;
		const { scan } = pool;
		const isRunning = scan?.state === 'running' || scan?.state === 'paused';
		if (hasOption(parsed, 's') || hasOption(parsed, 'p')) {
			if (scan === null || !isRunning || scan.function !== 'scrub') {
				session.err(
					`cannot ${hasOption(parsed, 's') ? 'cancel' : 'pause'} scrubbing ${name}: there is no active scrub`,
				);
				code = 1;
				continue;
			}
			const state = hasOption(parsed, 's') ? 'canceled' : 'paused';
			const endsAt = state === 'canceled' ? session.now : scan.endsAt;
			session.wait(0.2);
			session.change(withPool(session.machine, name, (one) => ({ ...one, scan: { ...scan, state, endsAt } })));
			continue;
		}
		if (scan?.state === 'running') {
			const what = scan.function === 'scrub' ? 'currently scrubbing' : 'currently resilvering';
			session.err(`cannot scrub ${name}: ${what}; use 'zpool scrub -s' to cancel current scrub`);
			code = 1;
			continue;
		}
		session.wait(0.2);
		const startedAt = session.now;
		const seconds = Math.max(1, Number(allocatedBytes(name, pool)) / scrubRate);
		const started = {
			function: 'scrub' as const,
			startedAt,
			endsAt: startedAt + seconds,
			state: 'running' as const,
			repairedBytes: '0',
			errors: 0,
		};
		const begun = withPool(session.machine, name, (one) => ({ ...one, scan: started }));
		session.change(withEvent(recordChange(begun, name, `zpool scrub ${name}`), 'sysevent.fs.zfs.scrub_start', name));
		if (hasOption(parsed, 'w')) finishScan(session, name);
	}
	return code;
}

function finishScan(session: Session, name: string): void {
	const scan = session.machine.pools[name]?.scan ?? null;
	if (scan?.state !== 'running') return;
	session.wait(Math.max(0, scan.endsAt - session.now));
	const finished = withPool(session.machine, name, (one) => ({ ...one, scan: { ...scan, state: 'finished' } }));
	session.change(withEvent(finished, `sysevent.fs.zfs.${scan.function}_finish`, name));
}

const activities = ['discard', 'free', 'initialize', 'replace', 'remove', 'resilver', 'scrub', 'trim', 'raidz_expand'];

export function zpoolWait(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: 'HpT:t:n' });
	const refused = refuseOptions(session, 'wait', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	const [name] = parsed.operands;
	if (name === undefined) return refuseUsage(session, 'wait', "missing 'pool' argument");
	const wanted = (optionValue(parsed, 't') ?? activities.join(',')).split(',');
	const bad = wanted.find((activity) => !activities.includes(activity));
	if (bad !== undefined) return refuseUsage(session, 'wait', `invalid activity '${bad}'`);
	if (selectPools(session, [name]).failed) return 1;
	const scan = session.machine.pools[name]?.scan ?? null;
	if (scan !== null && wanted.includes(scan.function)) finishScan(session, name);
	return 0;
}

export function zpoolClear(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: 'nFX', long: { power: 'power' } });
	const refused = refuseOptions(session, 'clear', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	const [name] = parsed.operands;
	if (name === undefined) return refuseUsage(session, 'clear', 'missing pool name');
	if (selectPools(session, [name]).failed) return 1;
	session.wait(1);
	const healed = (vdev: Vdev): Vdev => ({ ...vdev, errors: [0, 0, 0], children: vdev.children.map(healed) });
	session.change(
		withPool(session.machine, name, (pool) => ({ ...pool, suspended: false, vdevs: pool.vdevs.map(healed) })),
	);
	return 0;
}

export function zpoolExport(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: 'afF' });
	const refused = refuseOptions(session, 'export', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	const all = hasOption(parsed, 'a');
	if (!all && parsed.operands.length === 0) return refuseUsage(session, 'export', 'missing pool argument');
	const { names, failed } = selectPools(session, parsed.operands);
	for (const name of names) {
		const pool = session.machine.pools[name];
		if (pool?.suspended === true) {
			session.err(`cannot export '${name}': pool I/O is currently suspended`);
			return 1;
		}
		session.wait(1);
		session.change(exportPool(session.machine, name));
	}
	return failed ? 1 : 0;
}

export function zpoolImport(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: 'aCc:d:DEfFlmnNo:R:stT:VX', long: { 'rewind-to-checkpoint': 'rewind' } });
	const refused = refuseOptions(session, 'import', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	session.wait(1);
	const found = Object.keys(session.machine.pools)
		.filter((name) => session.machine.pools[name]?.imported === false && session.machine.pools[name]?.missing === false)
		.sort();
	const [wanted] = parsed.operands;
	if (wanted === undefined && !hasOption(parsed, 'a')) {
		if (found.length === 0) session.err('no pools available to import');
		else session.out(found.map((name) => describeImportable(session, name)).join('\n\n'));
		return found.length === 0 ? 1 : 0;
	}
	const names =
		wanted === undefined
			? found
			: found.filter((name) => name === wanted || session.machine.pools[name]?.guid === wanted);
	if (names.length === 0) {
		if (wanted !== undefined) session.err(`cannot import '${wanted}': no such pool available`);
		else session.err('no pools available to import');
		return wanted === undefined ? 0 : 1;
	}
	let code = 0;
	for (const name of names) {
		const unsupported = unsupportedFeatures(session.machine, name);
		if (unsupported.length > 0) {
			// Recordings: features/kmod-2.1.11-import-newf.
			session.out('This pool uses the following feature(s) not supported by this system:');
			session.out(unsupported.map(({ guid }) => `\t${guid}`).join('\n'));
			session.err(`cannot import '${name}': unsupported version or feature`);
			code = 1;
			continue;
		}
		session.wait(1);
		const readOnly = optionValues(parsed, 'o').includes('readonly=on');
		session.change(importPool(session.machine, name, { readOnly, withoutMounting: hasOption(parsed, 'N') }));
	}
	return code;
}

/** Source: recordings features/kmod-2.1.11-import-scan. */
function describeImportable(session: Session, name: string): string {
	const pool = session.machine.pools[name];
	if (pool === undefined) return '';
	const unsupported = unsupportedFeatures(session.machine, name);
	const state =
		unsupported.length > 0 ? 'UNAVAIL' : pool.vdevs.some((vdev) => vdev.state === 'DEGRADED') ? 'DEGRADED' : 'ONLINE';
	const width = Math.max(10, name.length, ...pool.vdevs.map((vdev) => vdev.name.length + 2));
	return [
		`   pool: ${name}`,
		`     id: ${pool.guid}`,
		`  state: ${state}`,
		...(unsupported.length > 0
			? [
					'status: The pool uses the following feature(s) not supported on this system:',
					...unsupported.map(({ guid }) => `\t${guid}`),
					'action: The pool cannot be imported. Access the pool on a system that supports',
					'\tthe required feature(s), or recreate the pool from backup.',
				]
			: [' action: The pool can be imported using its name or numeric identifier.']),
		' config:',
		'',
		`\t${name.padEnd(width)}  ${state}${unsupported.length > 0 ? '  unsupported feature(s)' : ''}`,
		...pool.vdevs.map((vdev) => `\t${`  ${vdev.name}`.padEnd(width)}  ${vdev.state}`),
	].join('\n');
}

export function zpoolUpgrade(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: 'avV:' });
	const refused = refuseOptions(session, 'upgrade', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	session.out('This system supports ZFS pool feature flags.\n');
	if (hasOption(parsed, 'a') || parsed.operands.length > 0) {
		const { names, failed } = selectPools(session, parsed.operands);
		for (const name of names) upgradeOne(session, name);
		return failed ? 1 : 0;
	}
	session.out('All pools are formatted using feature flags.\n');
	const { names } = selectPools(session, []);
	const behind = names.flatMap((name) => {
		const pool = session.machine.pools[name];
		const missing = pool === undefined ? [] : missingFeatures(session.machine, pool);
		return missing.length === 0 ? [] : [[name, ...missing.map((feature) => `      ${feature.name}`)].join('\n')];
	});
	if (behind.length === 0) {
		session.out('Every feature flags pool has all supported and requested features enabled.');
		return 0;
	}
	session.out(
		[
			'',
			'Some supported features are not enabled on the following pools. Once a',
			'feature is enabled the pool may become incompatible with software',
			'that does not support the feature. See zpool-features(7) for details.',
			'',
			"Note that the pool 'compatibility' feature can be used to inhibit",
			'feature upgrades.',
			'',
			'POOL  FEATURE',
			'---------------',
			...behind,
			'',
		].join('\n'),
	);
	return 0;
}

function upgradeOne(session: Session, name: string): void {
	const pool = session.machine.pools[name];
	const missing = pool === undefined ? [] : missingFeatures(session.machine, pool);
	if (missing.length === 0) {
		session.out(`Pool '${name}' already has all supported and requested features enabled.`);
		return;
	}
	session.wait(1);
	const added = missing.map((feature) => [feature.name, feature.activeFromTheStart ? 'active' : 'enabled'] as const);
	const upgraded = withPool(session.machine, name, (one) => ({
		...one,
		features: { ...one.features, ...Object.fromEntries(added) },
	}));
	session.change(recordChange(upgraded, name, `zpool upgrade ${name}`));
	session.out(`Enabled the following features on '${name}':`);
	session.out(`${missing.map((feature) => `  ${feature.name}`).join('\n')}\n`);
}
