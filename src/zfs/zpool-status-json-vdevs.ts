/** The tree of devices in `zpool status -j` (vdev_stats_nvlist in zpool_main.c). */
import { parseCount } from './fields.js';
import { getMember, getObject, getText, type JsonObject, toObject } from './json.js';
import { ZfsParseError } from './parse-error.js';
import type { Vdev, VdevClass, VdevErrors } from './pool.js';
import { typeOfVdev, vdevState } from './vdev.js';

const subject = 'zpool status -j';

/** Members of the pool that hold the devices of each class; the normal ones are below the root vdev. */
const classMembers: ReadonlyMap<string, VdevClass> = new Map<string, VdevClass>([
	['dedup', 'dedup'],
	['special', 'special'],
	['logs', 'log'],
	['l2cache', 'cache'],
	['spares', 'spare'],
]);

/** Real trees are at most five deep; a deeper one was not printed by zpool. */
const deepest = 16;

/** libzfs's words for vdev_aux_t, as `zpool status` prints them as text; the rest is `corrupted data`. */
const reasons: ReadonlyMap<string, string> = new Map([
	['OPEN_FAILED', 'cannot open'],
	['BAD_GUID_SUM', 'missing device'],
	['NO_REPLICAS', 'insufficient replicas'],
	['VERSION_NEWER', 'newer version'],
	['UNSUP_FEAT', 'unsupported feature(s)'],
	['ASHIFT_TOO_BIG', 'unsupported minimum blocksize'],
	['SPARED', 'currently in use'],
	['ERR_EXCEEDED', 'too many errors'],
	['IO_FAILURE', 'experienced I/O failures'],
	['BAD_LOG', 'bad intent log'],
	['EXTERNAL', 'external device fault'],
	['SPLIT_POOL', 'split into new pool'],
	['ACTIVE', 'currently in use'],
	['CHILDREN_OFFLINE', 'all children offline'],
	['BAD_LABEL', 'invalid label'],
]);

/** @returns undefined when the pool has no tree. @throws ZfsParseError */
export function parseVdevTreeJson(poolName: string, pool: JsonObject): Vdev | undefined {
	const root = getObject(getObject(pool, 'vdevs', subject) ?? {}, poolName, subject);
	if (root === undefined) return undefined;
	const classes = [...classMembers].flatMap(([member, vdevClass]) =>
		toVdevs(getObject(pool, member, subject), vdevClass, 1),
	);
	const vdev = toVdev(poolName, root, 'normal', 0);
	return { ...vdev, type: 'root', children: [...vdev.children, ...classes] };
}

function toVdevs(members: JsonObject | undefined, vdevClass: VdevClass, depth: number): readonly Vdev[] {
	return Object.entries(members ?? {}).map(([name, value]) =>
		toVdev(name, toObject(value, subject, name), vdevClass, depth),
	);
}

function toVdev(name: string, vdev: JsonObject, vdevClass: VdevClass, depth: number): Vdev {
	if (depth > deepest) throw new ZfsParseError(subject, 'devices nested too deeply');
	return {
		name,
		type: typeOfVdev(name),
		class: vdevClass,
		state: toState(vdev),
		errors: toErrors(vdev),
		reason: toReason(vdev),
		children: toVdevs(getObject(vdev, 'vdevs', subject), vdevClass, depth + 1),
	};
}

/** zpool_state_to_name does the same for the text; dRAID vdevs come without a state (openzfs/zfs#18431). */
function toState(vdev: JsonObject): Vdev['state'] {
	const state = getText(vdev, 'state', subject);
	const cause = getMember(vdev, 'aux');
	if (state === 'CLOSED') return 'OFFLINE';
	if (state !== 'CANT_OPEN') return vdevState(state);
	if (cause === 'CORRUPT_DATA' || cause === 'BAD_LOG') return 'FAULTED';
	return cause === 'SPLIT_POOL' ? 'SPLIT' : 'UNAVAIL';
}

function toErrors(vdev: JsonObject): VdevErrors | undefined {
	const [read, write, checksum] = ['read_errors', 'write_errors', 'checksum_errors'].map((key) =>
		getText(vdev, key, subject),
	);
	if (read === undefined || write === undefined || checksum === undefined) return undefined;
	return {
		read: parseCount(read, subject),
		write: parseCount(write, subject),
		checksum: parseCount(checksum, subject),
	};
}

function toReason(vdev: JsonObject): string | undefined {
	const was = getText(vdev, 'was', subject);
	if (was !== undefined) return `was ${was}`;
	const cause = getText(vdev, 'aux', subject);
	return cause === undefined || cause === 'NONE' ? undefined : (reasons.get(cause) ?? 'corrupted data');
}
