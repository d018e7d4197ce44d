/** What a received stream makes of the pool. */
import { addDataset, inheritedEncryption, mount, mountsByItself, removeSnapshot } from '../../dataset-changes.js';
import { findEntry, splitName, withDataset } from '../../dataset-names.js';
import type { Machine, Tree } from '../../machine.js';
import type { Dataset, Encryption } from '../../pool.js';
import type { Session } from '../../session.js';
import { snapshotsInOrder } from '../../space.js';
import { applyObject, type StreamHead } from '../../stream.js';
import type { IncomingSnapshot, ReceiveRequest } from './zfs-receive.js';

/** One whole snapshot arrives. */
export function receiveOne(machine: Machine, incoming: IncomingSnapshot, request: ReceiveRequest): Machine {
	const [name, , shortName] = splitName(request.target);
	const { head } = incoming;
	const partial = findEntry(machine, name)?.dataset.partial ?? null;
	const isNew = findEntry(machine, name) === undefined || findEntry(machine, name)?.dataset.inconsistent === true;
	let current = prepareTarget(machine, name, incoming, request);
	const entry = findEntry(current, name);
	if (entry === undefined) return machine;
	const base = partial !== null && head.skipped !== null ? partial.content : baseContent(entry.dataset, head);
	const content = incoming.objects.reduce<Tree>((tree, { path, node }) => applyObject(tree, path, node), base);
	const snapshot = {
		guid: head.toGuid,
		createTxg: entry.pool.txg + 1,
		creation: head.creation,
		objsetId: 64 + entry.pool.txg,
		content,
		properties: {},
		holds: {},
		deferDestroy: false,
	};
	const received = {
		...entry.dataset,
		content,
		partial: null,
		inconsistent: false,
		snapshots: { ...entry.dataset.snapshots, [shortName]: snapshot },
	};
	current = withDataset(current, name, withProperties(received, head, request));
	return isNew && !request.unmounted && mountsByItself(current, name) ? mount(current, name) : current;
}

/** The dataset that will take it: made for a full stream, rolled back for a forced increment. */
function prepareTarget(machine: Machine, name: string, { head }: IncomingSnapshot, { force }: ReceiveRequest): Machine {
	const existing = findEntry(machine, name);
	if (existing === undefined || (head.fromGuid === null && force && existing.dataset.partial === null)) {
		return addDataset(withDataset(machine, name, undefined), name, {
			type: head.type,
			encryption: head.raw ? ownEncryption(machine, name, head) : inheritedEncryption(machine, name),
		});
	}
	if (head.fromGuid === null || !force) return machine;
	const order = snapshotsInOrder(existing.dataset);
	const base = order.findIndex(([, snapshot]) => snapshot.guid === head.fromGuid);
	return order.slice(base + 1).reduce((current, [one]) => removeSnapshot(current, `${name}@${one}`), machine);
}

function baseContent({ snapshots }: Dataset, { fromGuid }: StreamHead): Tree {
	return Object.values(snapshots).find((snapshot) => snapshot.guid === fromGuid)?.content ?? {};
}

/** A raw stream keeps its key; below a received encryption root it shares that one's. */
function ownEncryption(machine: Machine, name: string, head: StreamHead): Encryption {
	const parentName = name.slice(0, name.lastIndexOf('/'));
	const parent = head.below === '' ? undefined : findEntry(machine, parentName)?.dataset.encryption;
	return {
		root: parent?.root ?? name,
		suite: head.suite ?? 'aes-256-gcm',
		keyFormat: head.keyFormat ?? 'passphrase',
		secret: head.secret ?? '',
		keyLoaded: false,
	};
}

function withProperties(dataset: Dataset, head: StreamHead, { set, excluded }: ReceiveRequest): Dataset {
	const sent = Object.entries(head.properties ?? {}).filter(([property]) => !excluded.includes(property));
	return {
		...dataset,
		properties: { ...dataset.properties, ...set },
		received: { ...dataset.received, ...Object.fromEntries(sent) },
	};
}

/** What has arrived of a snapshot is kept for `zfs send -t`. */
export function keepPartial(machine: Machine, incoming: IncomingSnapshot, request: ReceiveRequest): Machine {
	const [name] = splitName(request.target);
	const { head, objects } = incoming;
	const isNew = findEntry(machine, name) === undefined;
	const prepared = prepareTarget(machine, name, incoming, request);
	const dataset = findEntry(prepared, name)?.dataset;
	if (dataset === undefined) return machine;
	const old = dataset.partial;
	const base = head.skipped !== null && old !== null ? old.content : baseContent(dataset, head);
	const partial = {
		toGuid: head.toGuid,
		toName: head.toName,
		fromGuid: head.fromGuid,
		objectsDone: (head.skipped ?? 0) + objects.length,
		bytesDone: String(incoming.bytes + BigInt(old?.bytesDone ?? '0')),
		flags: head.flags,
		content: objects.reduce<Tree>((tree, { path, node }) => applyObject(tree, path, node), base),
	};
	return withDataset(prepared, name, { ...dataset, partial, inconsistent: isNew || dataset.inconsistent });
}

/** `zfs receive -A`. */
export function abortPartial(session: Session, name: string): number {
	const dataset = findEntry(session.machine, name)?.dataset;
	if (dataset === undefined) {
		session.err(`cannot open '${name}': dataset does not exist`);
		return 1;
	}
	if (dataset.partial === null) {
		session.err(`'${name}' does not have any resumable receive state to abort`);
		return 1;
	}
	session.wait(0.2);
	const kept = dataset.inconsistent ? undefined : { ...dataset, partial: null };
	session.change(withDataset(session.machine, name, kept));
	return 0;
}
