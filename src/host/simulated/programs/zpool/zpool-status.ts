import { isAtLeast } from '../../features.js';
import { ctime, duration, niceBytes } from '../../numbers.js';
import { hasOption, parseOptions } from '../../options.js';
import type { Pool, Vdev } from '../../pool.js';
import { poolHealth, rootState, statusOf } from '../../pool-status.js';
import type { Session } from '../../session.js';
import { allocatedBytes } from '../../space.js';
import { seriesOf, toolsVersion } from '../../zfs-version.js';
import { openLibrary, toolsSeries } from '../zfs/library.js';
import { scannedBytes } from './scanned-bytes.js';
import { jsonOptions, refuseOptions, selectPools } from './usage.js';
import { printStatusJson } from './zpool-status-json.js';

interface StatusOptions {
	readonly fullPaths: boolean;
	readonly verbose: boolean;
	readonly parsable: boolean;
	readonly slow: boolean;
}

export function zpoolStatus(session: Session, args: readonly string[]): number {
	const json = jsonOptions(session);
	const parsed = parseOptions(args, { short: `c:eigLpPsvxDtT:${json.short}`, long: { ...json.long, power: 'power' } });
	const refused = refuseOptions(session, 'status', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	const { names, failed } = selectPools(session, parsed.operands);
	session.wait(0.05);
	const onlyUnhealthy = hasOption(parsed, 'x');
	const shown = names.filter((name) => !onlyUnhealthy || isUnhealthy(session, name));
	if (hasOption(parsed, 'j')) {
		if (!failed || shown.length > 0) {
			printStatusJson(session, shown, {
				asIntegers: hasOption(parsed, 'json-int'),
				parsable: hasOption(parsed, 'p') || hasOption(parsed, 'json-int'),
				flat: hasOption(parsed, 'json-flat-vdevs'),
				verbose: hasOption(parsed, 'v'),
				byGuid: hasOption(parsed, 'json-pool-key-guid'),
			});
		}
		return failed ? 1 : 0;
	}
	const options = {
		fullPaths: hasOption(parsed, 'P'),
		verbose: hasOption(parsed, 'v'),
		parsable: hasOption(parsed, 'p'),
		slow: hasOption(parsed, 's'),
	};
	if (names.length === 0) {
		if (!failed) session.err('no pools available');
	} else if (shown.length === 0) sayHealthy(session, parsed.operands);
	else session.out(shown.map((name) => describePool(session, name, options)).join('\n\n'));
	for (const name of shown) sayErrorsUnavailable(session, name);
	return failed ? 1 : 0;
}

function sayHealthy(session: Session, operands: readonly string[]): void {
	if (operands.length === 0) session.out('all pools are healthy');
	else for (const name of operands) session.out(`pool '${name}' is healthy`);
}

/** Tools before 2.2 add this on stderr (recordings: status-suspended). */
function sayErrorsUnavailable(session: Session, name: string): void {
	const pool = session.machine.pools[name];
	if (pool?.suspended === true && !isAtLeast(toolsSeries(session), [2, 2])) {
		session.err('errors: List of errors unavailable: pool I/O is currently suspended');
	}
}

function isUnhealthy(session: Session, name: string): boolean {
	const pool = session.machine.pools[name];
	if (pool === undefined) return false;
	const status = statusOf(session.machine, pool);
	return status !== undefined && status.isHarmless !== true;
}

function describePool(session: Session, name: string, options: StatusOptions): string {
	const pool = session.machine.pools[name];
	if (pool === undefined) return '';
	const status = statusOf(session.machine, pool);
	return [
		`  pool: ${name}`,
		` state: ${poolHealth(pool)}`,
		...(status === undefined ? [] : [`status: ${status.status}`, `action: ${status.action}`]),
		...(status?.msgid === undefined ? [] : [`   see: https://openzfs.github.io/openzfs-docs/msg/${status.msgid}`]),
		...describeScan(session, name, pool, options),
		...(pool.checkpoint === null
			? []
			: [`checkpoint: created ${ctime(pool.checkpoint.at)}, consumes ${niceBytes(BigInt(pool.checkpoint.bytes))}`]),
		'config:',
		'',
		...vdevTable(session, name, pool, options),
		'',
		...describeErrors(pool, options),
	].join('\n');
}

function describeErrors(pool: Pool, { verbose }: StatusOptions): readonly string[] {
	const count = pool.suspended ? 17 : pool.permanentErrors.length;
	if (count === 0) return ['errors: No known data errors'];
	if (!verbose || pool.suspended) return [`errors: ${count} data errors, use '-v' for a list`];
	return [
		'errors: Permanent errors have been detected in the following files:',
		'',
		...pool.permanentErrors.map((file) => `        ${file}`),
	];
}

function describeScan(session: Session, name: string, pool: Pool, { parsable }: StatusOptions): readonly string[] {
	const { scan } = pool;
	if (scan === null) return [];
	const size = (bytes: bigint) => (parsable ? String(bytes) : niceBytes(bytes));
	if (scan.state === 'canceled') return [`  scan: ${scan.function} canceled on ${ctime(scan.endsAt)}`];
	if (scan.state === 'finished') {
		const took = duration(scan.endsAt - scan.startedAt);
		const did = scan.function === 'scrub' ? 'scrub repaired' : 'resilvered';
		const repaired = size(BigInt(scan.repairedBytes));
		return [`  scan: ${did} ${repaired} in ${took} with ${scan.errors} errors on ${ctime(scan.endsAt)}`];
	}
	const total = allocatedBytes(name, pool);
	const seen = scannedBytes(session, total, scan);
	const percent = total === 0n ? '100.00' : (Number((seen * 10000n) / total) / 100).toFixed(2);
	const done = scan.function === 'scrub' ? 'repaired' : 'resilvered';
	const isPaused = scan.state === 'paused';
	const heads = isPaused
		? [`  scan: scrub paused since ${ctime(session.now)}`, `\tscrub started on ${ctime(scan.startedAt)}`]
		: [`  scan: ${scan.function} in progress since ${ctime(scan.startedAt)}`];
	const rate = size(seen / BigInt(Math.max(1, Math.floor(session.now - scan.startedAt))));
	const middle = isAtLeast(toolsSeries(session), [2, 2])
		? `\t${size(seen)} / ${size(total)} scanned, ${size(seen)} / ${size(total)} issued`
		: isPaused
			? `\t${size(seen)} scanned, ${size(seen)} issued, ${size(total)} total`
			: `\t${size(seen)} scanned at ${rate}/s, ${size(seen)} issued at ${rate}/s, ${size(total)} total`;
	const left = duration(scan.endsAt - session.now);
	const end = isPaused ? '' : seen === 0n ? ', no estimated completion time' : `, ${left} to go`;
	return [...heads, middle, `\t${size(BigInt(scan.repairedBytes))} ${done}, ${percent}% done${end}`];
}

interface TableRow {
	readonly name: string;
	readonly state: string;
	readonly errors: readonly [number, number, number];
	readonly note: string;
}

function vdevTable(session: Session, name: string, pool: Pool, options: StatusOptions): readonly string[] {
	const rows = [
		{ name, state: rootState(pool), errors: [0, 0, 0] as const, note: '' },
		...pool.vdevs.flatMap((vdev) => vdevRows(session, vdev, 1, options)),
	];
	const width = Math.max(10, ...rows.map((row) => row.name.length));
	const heading = `\t${'NAME'.padEnd(width)}  STATE     READ WRITE CKSUM`;
	return [heading, ...rows.map((row) => formatRow(row, width, options))];
}

function formatRow({ name, state, errors, note }: TableRow, width: number, { parsable }: StatusOptions): string {
	const counts = errors.map((count) => (parsable ? String(count) : niceCount(count)).padStart(5)).join(' ');
	return `\t${name.padEnd(width)}  ${state.padEnd(8)} ${counts}${note}`;
}

function niceCount(count: number): string {
	return niceBytes(BigInt(count)).replace(/B$/, '');
}

function vdevRows(session: Session, vdev: Vdev, depth: number, options: StatusOptions): readonly TableRow[] {
	const isGone = vdev.state === 'UNAVAIL' && vdev.children.length === 0;
	const shown = isGone ? vdev.guid : options.fullPaths || vdev.type === 'file' ? (vdev.path ?? vdev.name) : vdev.name;
	const note = isGone
		? `  was ${vdev.path ?? vdev.name}`
		: isShownNonAllocating(session, vdev)
			? '  (non-allocating)'
			: '';
	return [
		{ name: `${'  '.repeat(depth)}${shown}`, state: vdev.state, errors: vdev.errors, note },
		...vdev.children.flatMap((child) => vdevRows(session, child, depth + 1, options)),
	];
}

/** A cosmetic fault of tools from 2.2 on over an older module (openzfs/zfs#15472). */
function isShownNonAllocating(session: Session, vdev: Vdev): boolean {
	const module = session.machine.modules.zfs?.version ?? '';
	const tools = toolsVersion(session.machine) ?? '';
	return vdev.children.length === 0 && isAtLeast(seriesOf(tools), [2, 2]) && !isAtLeast(seriesOf(module), [2, 2]);
}
