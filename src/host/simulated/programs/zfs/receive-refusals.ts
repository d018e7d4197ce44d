/** Why a stream cannot be received where it should go, in the tool's words (recordings: recv-*). */
import { findEntry, splitName } from '../../dataset-names.js';
import type { Machine } from '../../machine.js';
import { parentDataset } from '../../mounts.js';
import { isKeyLoaded } from '../../property-values.js';
import { snapshotsInOrder, writtenBytes } from '../../space.js';
import type { IncomingSnapshot, ReceiveRequest } from './zfs-receive.js';

/** Undefined when nothing speaks against it. */
export function refuseReceive(
	machine: Machine,
	incoming: IncomingSnapshot,
	request: ReceiveRequest,
): string | undefined {
	const [datasetName] = splitName(request.target);
	const pool = machine.pools[datasetName.split('/')[0] ?? ''];
	const isFull = incoming.head.fromGuid === null;
	const begin = `cannot receive ${isFull ? 'new filesystem' : 'incremental'} stream:`;
	if (pool?.imported === true && pool.suspended) return `${begin} pool I/O is currently suspended`;
	if (pool?.imported === true && pool.readOnly) return `${begin} destination '${datasetName}' is read-only`;
	const { head } = incoming;
	if (head.skipped !== null) return refuseResumed(machine, incoming, datasetName, begin);
	return isFull
		? refuseFull(machine, incoming, request, datasetName, begin)
		: refuseIncrement(machine, incoming, request, datasetName, begin);
}

function refuseResumed(machine: Machine, { head }: IncomingSnapshot, name: string, begin: string): string | undefined {
	const partial = findEntry(machine, name)?.dataset.partial ?? null;
	if (partial === null) return `${begin} destination ${name} does not exist or has no partial state`;
	if (partial.toGuid !== head.toGuid) {
		return `${begin} destination ${name} contains partially-complete state from "zfs receive -s".`;
	}
	return undefined;
}

function refuseFull(
	machine: Machine,
	{ head }: IncomingSnapshot,
	{ force }: ReceiveRequest,
	name: string,
	begin: string,
): string | undefined {
	const existing = findEntry(machine, name);
	if (existing === undefined) {
		const parent = parentDataset(name) ?? name;
		return findEntry(machine, parent) === undefined
			? `cannot open '${parent}': dataset does not exist\n${begin} unable to restore to destination`
			: undefined;
	}
	if (!force) return `${begin} destination '${name}' exists\nmust specify -F to overwrite it`;
	const newest = snapshotsInOrder(existing.dataset).at(-1)?.[0];
	if (newest !== undefined) {
		return `${begin} destination has snapshots (eg. ${name}@${newest})\nmust destroy them to overwrite it`;
	}
	if (existing.dataset.encryption !== null || head.raw) {
		return `${begin} zfs receive -F cannot be used to destroy an encrypted filesystem or overwrite an unencrypted one with an encrypted one`;
	}
	return undefined;
}

function refuseIncrement(
	machine: Machine,
	{ head }: IncomingSnapshot,
	{ force }: ReceiveRequest,
	name: string,
	begin: string,
): string | undefined {
	const existing = findEntry(machine, name);
	if (existing === undefined) return `${begin} destination '${name}' does not exist`;
	const { dataset, pool } = existing;
	if (dataset.partial !== null) {
		return `${begin} destination ${name} contains partially-complete state from "zfs receive -s".`;
	}
	const order = snapshotsInOrder(dataset);
	const newest = order.at(-1)?.[1];
	const isKnown = order.some(([, snapshot]) => snapshot.guid === head.fromGuid);
	if (newest?.guid !== head.fromGuid && !(force && isKnown)) {
		return `${begin} most recent snapshot of ${name} does not\nmatch incremental source`;
	}
	if (dataset.encryption !== null && !head.raw && !isKeyLoaded(pool, dataset)) {
		return `${begin} inherited key must be loaded`;
	}
	if (!force && writtenBytes(dataset) > 0n) {
		return `${begin} destination ${name} has been modified\nsince most recent snapshot`;
	}
	return undefined;
}
