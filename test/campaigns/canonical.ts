/**
 * What two worlds must have in common to be called the same: everything but times, guids and other things that are
 * drawn or counted anew each time.
 */
import { createHash } from 'node:crypto';
import type { Machine, Node, Tree } from '../../src/host/simulated/machine.js';
import type { Dataset, Pool } from '../../src/host/simulated/pool.js';
import type { RunState } from '../../steps/run-state.js';

/** Names of parts to what they are. */
export type Canonical = ReadonlyMap<string, string>;

const machines = new WeakMap<Machine, Canonical>();
const fileTexts = new WeakMap<Node, string>();
const trees = new WeakMap<Tree, string>();

/** Up to 2.1 OpenZFS was nine modules; those that a newer version lacks may stay, and nothing depends on them. */
const legacyModule = /\/updates\/dkms\/(?!zfs|spl)\w+\.ko$/;

/** Ids of runs, which are times; guids, seconds since the epoch. */
function withoutDrawn(text: string): string {
	return text.replace(/\d{8}-\d{6}/g, 'RUN').replace(/\d{9,}/g, '#');
}

function hashOf(text: string): string {
	return createHash('sha1').update(text).digest('base64');
}

/**
 * Without `/var/tmp/zfs-lockstep-*`: whoever is interrupted while he looks into an initramfs leaves it unpacked there, and
 * a later look clears it away when it is old enough to be nobody's.
 */
export function canonicalMachine(machine: Machine): Canonical {
	let parts = machines.get(machine);
	if (parts === undefined) {
		parts = new Map(describe(machine));
		machines.set(machine, parts);
	}
	return parts;
}

function* describe(machine: Machine): Generator<readonly [string, string]> {
	const { power, runningKernel, fileSystems, modules, aptLock, loadedDropIns, faults, rebootAt } = machine;
	const loaded = Object.entries(modules).map(([name, { version, layout }]) => [name, version, layout]);
	const host = { power, runningKernel, fileSystems, loaded, aptLock, loadedDropIns, faults, rebootAt };
	for (const [name, one] of Object.entries(host)) yield [`host ${name}`, JSON.stringify(one)];
	for (const [name, one] of Object.entries(machine.packages)) yield [`package ${name}`, JSON.stringify(one)];
	for (const [name, { activeState, subState, enabled, masked }] of Object.entries(machine.units)) {
		// A missed timer may run them at any boot.
		const now = /^sanoid/.test(name) ? '' : `${activeState} ${subState}`;
		yield [`unit ${name}`, JSON.stringify({ enabled, masked, now })];
	}
	for (const [path, node] of Object.entries(machine.files)) {
		if (path.startsWith('/var/tmp/zfs-lockstep-') || legacyModule.test(path)) continue;
		yield [`file ${withoutDrawn(path)}`, textOfNode(path, node)];
	}
	for (const [name, pool] of Object.entries(machine.pools)) yield* describePool(name, pool);
	for (const { spec, state, happened } of Object.values(machine.jobs)) {
		if (state === 'running') yield [`job ${spec.description}`, String(happened)];
	}
}

/** Logs and what a run keeps are told by their names: they hold times, sizes and identifiers on every line. */
const chronicles = /^\/var\/(?:log|lib\/zfs-lockstep)\/|^\/var\/lib\/dkms\/.*\/log\//;
/** Of what a run keeps: files that the way back needs, and that hold nothing of the kind. */
const neededWhole = /\/ROLLBACK\.txt$|\.deb$/;

function textOfNode(path: string, node: Node): string {
	let text = fileTexts.get(node);
	if (text === undefined) {
		const { mtime: _mtime, ...rest } = node;
		const isChronicle = chronicles.test(path) && !neededWhole.test(path) && rest.kind === 'file';
		text = isChronicle ? 'a file' : hashOf(withoutDrawn(JSON.stringify(rest)));
		fileTexts.set(node, text);
	}
	return text;
}

function* describePool(name: string, pool: Pool): Generator<readonly [string, string]> {
	const { imported, readOnly, suspended, missing, features, properties, permanentErrors, checkpoint } = pool;
	const state = { imported, readOnly, suspended, missing, features, properties, permanentErrors };
	yield [`pool ${name}`, JSON.stringify({ ...state, hasCheckpoint: checkpoint !== null })];
	for (const [dataset, one] of Object.entries(pool.datasets)) yield [`dataset ${dataset}`, describeDataset(one)];
}

function describeDataset({ content, snapshots, bookmarks, ...dataset }: Dataset): string {
	const { properties, received, mounted, encryption, inconsistent, partial } = dataset;
	// Another boot lets timers that were missed run at another time: their snapshots are none of ours.
	const kept = Object.entries(snapshots)
		.filter(([name]) => !name.startsWith('autosnap_'))
		.map(([name, { content: tree, holds }]) => [name, digestOf(tree), Object.keys(holds)]);
	return withoutDrawn(
		JSON.stringify({
			properties,
			received,
			mounted,
			encryption,
			inconsistent,
			isPartial: partial !== null,
			content: digestOf(content),
			kept,
			bookmarks: Object.keys(bookmarks),
		}),
	);
}

function digestOf(tree: Tree): string {
	let digest = trees.get(tree);
	if (digest === undefined) {
		digest = hashOf(JSON.stringify(Object.entries(tree).map(([path, node]) => [path, textOfNode('', node)])));
		trees.set(tree, digest);
	}
	return digest;
}

/** @param state as recorded on the disk */
export function canonicalState(state: RunState | undefined): Canonical {
	if (state === undefined) return new Map([['state', 'none']]);
	const { steps, evidence, intent, plan, pools, ignoredChecks, endedAt } = state;
	return new Map([
		['state', JSON.stringify({ plan, pools, ignoredChecks, hasEnded: endedAt !== null })],
		['state intent', intent?.command.id ?? 'none'],
		...Object.entries(steps).map(([id, step]) => {
			const attempts = 'attempts' in step ? step.attempts : 0;
			return [`state step ${id}`, `${step.status} ${attempts}`] as const;
		}),
		...Object.entries(evidence)
			.filter(([name]) => !['bootIdBeforeReboot', 'rebootRequestedAt'].includes(name))
			.map(([name, value]) => [`state evidence ${name}`, withoutTimes(JSON.stringify(value))] as const),
	]);
}

/** Boot ids and seconds with fractions too. */
function withoutTimes(text: string): string {
	return withoutDrawn(text.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '#')).replace(
		/#\.\d+/g,
		'#',
	);
}

const digests = new WeakMap<Canonical, string>();

export function digestParts(parts: Canonical): string {
	let digest = digests.get(parts);
	if (digest === undefined) {
		digest = hashOf(JSON.stringify([...parts].sort(([one], [other]) => (one < other ? -1 : 1))));
		digests.set(parts, digest);
	}
	return digest;
}

/** What differs, one line each. */
export function differences(expected: Canonical, found: Canonical): readonly string[] {
	const names = new Set([...expected.keys(), ...found.keys()]);
	return [...names]
		.filter((name) => expected.get(name) !== found.get(name))
		.map((name) => {
			if (!found.has(name)) return `${name} is missing`;
			if (!expected.has(name)) return `${name} is there, and should not be`;
			return `${name} differs: ${shorten(found.get(name))} instead of ${shorten(expected.get(name))}`;
		});
}

function shorten(text = ''): string {
	return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
