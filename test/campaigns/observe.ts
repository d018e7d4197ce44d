/** What a world shows after an interruption, for the ten promises. */

// Before the journal: see there.
import './disk/node-fs.js';
import { readVersions } from '../../src/commands/status.js';
import { describeStatus, type RunStatus } from '../../src/engine/status.js';
import type { Machine } from '../../src/host/simulated/machine.js';
import { createMemoryStore } from '../../src/host/simulated/machine-store.js';
import { createSimulatedHost } from '../../src/host/simulated/simulated-host.js';
import { textOf } from '../../src/host/simulated/tree.js';
import { ownCommands } from '../../src/plan/own-commands.js';
import type { UpgradePlan } from '../../src/plan/upgrade-plan.js';
import type { RunState } from '../../steps/run-state.js';
import { canonicalMachine, canonicalState, digestParts } from './canonical.js';
import { LossyDisk, textOnDisk } from './disk/lossy-disk.js';
import { mountDisk } from './disk/node-fs.js';
import type { Observation, StateRead } from './invariants/invariants.js';
import { truthOf } from './invariants/of-machine.js';
import { runWayBack, syntaxProblem } from './invariants/run-way-back.js';
import type { HostTruth } from './invariants/truth.js';
import { openStateOf } from './sitting.js';
import { journalDirectory, stateDirectory, type World } from './world.js';

/** What costs, by what the world has in common with others: see there. */
interface Seen {
	readonly versions: RunStatus['versions'];
	/** A job that nobody watches any more goes on, and has ended by then. */
	readonly later: HostTruth;
	readonly rollback: Observation['rollback'];
	readonly damageAccepted: readonly string[];
}

const seen = new WeakMap<World, Map<string, Promise<Seen>>>();

/**
 * @param before the world that the run began with
 * @param world up and running
 */
export async function observe(before: World, world: World): Promise<Observation> {
	const read = readState(world);
	const state = read.kind === 'read' ? read.state : undefined;
	const key = [read.kind, digestParts(canonicalMachine(world.machine)), digestParts(canonicalState(state))].join(' ');
	const known = seen.get(before) ?? new Map<string, Promise<Seen>>();
	seen.set(before, known);
	const pending = known.get(key) ?? look(before, world, state);
	known.set(key, pending);
	const { versions, later, rollback, damageAccepted } = await pending;
	const { jobs, bootId } = world.machine;
	const isAtWork = Object.values(jobs).some((job) => job.state === 'running');
	return {
		before: truthOf(before.machine),
		now: isAtWork ? later : truthOf(world.machine),
		read,
		status: describeStatus(state, { versions, bootId, isAtWork: false }, ownCommands()),
		...(rollback === undefined ? {} : { rollback }),
		damageAccepted,
	};
}

async function look(before: World, world: World, state: RunState | undefined): Promise<Seen> {
	const host = createSimulatedHost({ directory: '', store: createMemoryStore(world.machine) });
	const versions = await readVersions(host);
	const later = { ...world, machine: host.machine() };
	const plan = state?.plan ?? undefined;
	return {
		versions,
		later: truthOf(later.machine),
		rollback: state === undefined || plan === undefined ? undefined : lookAtWayBack(before, later, state, plan),
		damageAccepted: findAcceptedDamage(world),
	};
}

const readBefore = new Map<string, StateRead>();

/** What opening the state of this world gives. */
export function readState(world: World): StateRead {
	const key = stateFiles.map((name) => textOnDisk(world.disk, `${journalDirectory}/${name}`) ?? 'absent').join('\0');
	const read = readBefore.get(key) ?? openAndRead(world);
	readBefore.set(key, read);
	return read;
}

const stateFiles = ['state.json', 'state.previous.json'] as const;

function openAndRead(world: World): StateRead {
	mountDisk(new LossyDisk(world.disk));
	try {
		return { kind: 'read', state: openStateOf('read').read() };
	} catch (error) {
		return { kind: 'refused', message: error instanceof Error ? error.message : String(error) };
	}
}

/** By the file alone: the program is not asked, as in a rescue shell. */
function lookAtWayBack(
	before: World,
	{ machine }: World,
	state: RunState,
	{ fromVersion }: UpgradePlan,
): NonNullable<Observation['rollback']> {
	const text = textOf(machine, `${stateDirectory}/runs/${state.id}/ROLLBACK.txt`);
	if (text === undefined) return { text, problems: [] };
	const syntax = syntaxProblem(text);
	if (syntax !== undefined) return { text, problems: [syntax] };
	const { problems, after } = goBack(machine, text);
	return {
		text,
		problems: [...problems, ...whatIsNotBack(truthOf(before.machine), after, state, fromVersion)],
	};
}

interface WayBack {
	readonly problems: readonly string[];
	readonly after: HostTruth;
}

const ways = new Map<string, WayBack>();

/** The file is a part of the machine. */
function goBack(machine: Machine, text: string): WayBack {
	const key = digestParts(canonicalMachine(machine));
	let way = ways.get(key);
	if (way === undefined) {
		const { problems, machine: after } = runWayBack(machine, text);
		way = { problems, after: truthOf(after) };
		ways.set(key, way);
	}
	return way;
}

function whatIsNotBack(before: HostTruth, now: HostTruth, { steps }: RunState, fromVersion: string): readonly string[] {
	const halves = Object.entries({ tools: now.tools, 'loaded module': now.loadedModule })
		.filter(([, version]) => version !== fromVersion)
		.map(([half, version]) => `after the way back the ${half} is ${version ?? 'absent'}, not ${fromVersion}`);
	const held = Object.keys(now.packages)
		.filter((name) => now.packages[name]?.isHeld === true && before.packages[name]?.isHeld !== true)
		.map((name) => `after the way back ${name} is on hold`);
	// While step 2 sets its holds the file lacks the last one; nothing can keep the host from booting yet.
	return steps.module.status === 'pending' ? halves : [...halves, ...held];
}

/** Some of what a disk or a hand may do to a file: each must be refused. */
const damages: Readonly<Record<string, (text: string) => string>> = {
	'cut in half': (text) => text.slice(0, text.length / 2),
	'without its last brace': (text) => text.slice(0, text.lastIndexOf('}')),
	'of zeros': (text) => '\0'.repeat(text.length),
	empty: () => '',
	'with a changed letter': (text) => text.replace('"pending"', '"done"').replace('"running"', '"done"'),
	'with another step': (text) => text.replace('"check"', '"chec"'),
};

const damageKnown = new Map<string, readonly string[]>();

function findAcceptedDamage(world: World): readonly string[] {
	const file = `${journalDirectory}/state.json`;
	const text = textOnDisk(world.disk, file);
	if (text === undefined) return [];
	const known = damageKnown.get(text);
	if (known !== undefined) return known;
	const accepted = Object.entries(damages).flatMap(([what, damage]) => {
		const damaged = damage(text);
		if (damaged === text) return [];
		const disk = new LossyDisk(world.disk);
		const inode = disk.at(file);
		disk.empty(inode);
		disk.append(inode, Buffer.from(damaged));
		return readState({ ...world, disk: disk.image() }).kind === 'refused' ? [] : [what];
	});
	damageKnown.set(text, accepted);
	return accepted;
}
