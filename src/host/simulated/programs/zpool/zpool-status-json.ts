import { ctime, niceBytes } from '../../numbers.js';
import type { Pool, Scan, Vdev } from '../../pool.js';
import { poolHealth, rootState, statusOf } from '../../pool-status.js';
import type { Session } from '../../session.js';
import { allocatedBytes } from '../../space.js';
import { jsonDocument, jsonNumber } from '../zfs/zfs-json.js';
import { scannedBytes } from './scanned-bytes.js';

export interface StatusJsonOptions {
	readonly asIntegers: boolean;
	readonly parsable: boolean;
	readonly flat: boolean;
	readonly verbose: boolean;
	readonly byGuid: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** Source: recordings json-status-*, json-zpool-status-*. */
export function printStatusJson(session: Session, names: readonly string[], options: StatusJsonOptions): void {
	const pools = names.flatMap((name): (readonly [string, Fields])[] => {
		const pool = session.machine.pools[name];
		if (pool === undefined) return [];
		return [[options.byGuid ? pool.guid : name, describe(session, name, pool, options)]];
	});
	session.out(jsonDocument('zpool status', { pools: Object.fromEntries(pools) }));
}

/** What every pool of a document begins with. */
export function poolHead(name: string, pool: Pool, asIntegers: boolean, type?: 'POOL'): Fields {
	return {
		name,
		...(type === undefined ? {} : { type }),
		state: poolHealth(pool),
		pool_guid: jsonNumber(pool.guid, asIntegers),
		txg: jsonNumber(pool.txg, asIntegers),
		spa_version: jsonNumber(5000, asIntegers),
		zpl_version: jsonNumber(5, asIntegers),
	};
}

function describe(session: Session, name: string, pool: Pool, options: StatusJsonOptions): Fields {
	const status = statusOf(session.machine, pool);
	const count = pool.suspended ? 17 : pool.permanentErrors.length;
	const total = allocatedBytes(name, pool);
	return {
		...poolHead(name, pool, options.asIntegers),
		...(status === undefined ? {} : { status: `${status.status}\n`, action: `${status.action}\n` }),
		...(status?.msgid === undefined
			? {}
			: { msgid: status.msgid, moreinfo: `https://openzfs.github.io/openzfs-docs/msg/${status.msgid}` }),
		...(pool.scan === null ? {} : { scan_stats: describeScan(session, total, pool.scan, options) }),
		...(pool.checkpoint === null
			? {}
			: {
					checkpoint_stats: {
						state: 'EXISTS',
						start_time: date(pool.checkpoint.at, options),
						space: size(BigInt(pool.checkpoint.bytes), options),
					},
				}),
		vdevs: options.flat ? flatVdevs(name, pool, total, options) : { [name]: rootVdev(name, pool, total, options) },
		error_count: jsonNumber(count, options.asIntegers),
		...(options.verbose && pool.permanentErrors.length > 0 ? { errlist: pool.permanentErrors } : {}),
	};
}

function size(bytes: bigint, { parsable, asIntegers }: StatusJsonOptions): unknown {
	return parsable ? jsonNumber(bytes, asIntegers) : niceBytes(bytes);
}

function date(seconds: number, { parsable, asIntegers }: StatusJsonOptions): unknown {
	return parsable ? jsonNumber(Math.floor(seconds), asIntegers) : ctime(seconds, 'UTC ');
}

function describeScan(session: Session, total: bigint, scan: Scan, options: StatusJsonOptions): Fields {
	const isOver = scan.state === 'finished' || scan.state === 'canceled';
	const seen = isOver ? total : scannedBytes(session, total, scan);
	const states = { running: 'SCANNING', paused: 'SCANNING', finished: 'FINISHED', canceled: 'CANCELED' } as const;
	return {
		function: scan.function.toUpperCase(),
		state: states[scan.state],
		start_time: date(scan.startedAt, options),
		end_time: isOver ? date(scan.endsAt, options) : '-',
		to_examine: size(total, options),
		examined: size(seen, options),
		skipped: size(0n, options),
		processed: size(BigInt(scan.repairedBytes), options),
		errors: jsonNumber(scan.errors, options.asIntegers),
		bytes_per_scan: size(0n, options),
		pass_start: jsonNumber(Math.floor(scan.startedAt), options.asIntegers),
		scrub_pause: scan.state === 'paused' ? date(session.now, options) : '-',
		scrub_spent_paused: jsonNumber(0, options.asIntegers),
		issued_bytes_per_scan: size(0n, options),
		issued: size(seen, options),
	};
}

function rootVdev(name: string, pool: Pool, total: bigint, options: StatusJsonOptions): Fields {
	return {
		name,
		vdev_type: 'root',
		guid: jsonNumber(pool.guid, options.asIntegers),
		class: 'normal',
		state: rootState(pool),
		alloc_space: size(total, options),
		total_space: size(BigInt(pool.sizeBytes), options),
		def_space: size(BigInt(pool.sizeBytes), options),
		...errorCounts([0, 0, 0], options),
		vdevs: Object.fromEntries(pool.vdevs.map((vdev) => [vdev.name, describeVdev(vdev, pool, total, options, true)])),
	};
}

function describeVdev(vdev: Vdev, pool: Pool, total: bigint, options: StatusJsonOptions, isTop: boolean): Fields {
	const isLeaf = vdev.children.length === 0;
	const poolSize = BigInt(pool.sizeBytes);
	return {
		name: vdev.name,
		vdev_type: vdev.type,
		guid: jsonNumber(vdev.guid, options.asIntegers),
		...(vdev.path === undefined ? {} : { path: vdev.path }),
		class: 'normal',
		state: vdev.state,
		...(isTop
			? { alloc_space: size(total, options), total_space: size(poolSize, options), def_space: size(poolSize, options) }
			: {}),
		rep_dev_size: size(poolSize, options),
		...(isLeaf ? { phys_space: size(poolSize + 16777216n, options) } : {}),
		...errorCounts(vdev.errors, options),
		...(isLeaf
			? { slow_ios: jsonNumber(0, options.asIntegers) }
			: {
					vdevs: Object.fromEntries(
						vdev.children.map((child) => [child.name, describeVdev(child, pool, total, options, false)]),
					),
				}),
	};
}

function errorCounts([read, write, checksum]: Vdev['errors'], { asIntegers }: StatusJsonOptions): Fields {
	return {
		read_errors: jsonNumber(read, asIntegers),
		write_errors: jsonNumber(write, asIntegers),
		checksum_errors: jsonNumber(checksum, asIntegers),
	};
}

function flatVdevs(name: string, pool: Pool, total: bigint, options: StatusJsonOptions): Fields {
	const flat: Record<string, Fields> = {};
	const add = (vdev: Vdev, parent: string, isTop: boolean) => {
		for (const child of vdev.children) add(child, vdev.name, false);
		flat[vdev.name] = { ...describeVdev(vdev, pool, total, options, isTop), parent };
	};
	for (const vdev of pool.vdevs) add(vdev, name, true);
	return { ...flat, [name]: rootVdev(name, pool, total, options) };
}
