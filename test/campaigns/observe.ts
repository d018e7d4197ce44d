/** What a world shows after an interruption, for the ten promises. */

// Before the journal: see there.
import './disk/node-fs.js';
import { readVersions } from '../../src/commands/status.js';
import { describeStatus } from '../../src/engine/status.js';
import type { Machine } from '../../src/host/simulated/machine.js';
import { createMemoryStore } from '../../src/host/simulated/machine-store.js';
import { createSimulatedHost } from '../../src/host/simulated/simulated-host.js';
import { textOf } from '../../src/host/simulated/tree.js';
import { ownCommands } from '../../src/plan/own-commands.js';
import type { UpgradePlan } from '../../src/plan/upgrade-plan.js';
import type { RunState } from '../../steps/run-state.js';
import { LossyDisk, textOnDisk } from './disk/lossy-disk.js';
import { mountDisk } from './disk/node-fs.js';
import type { Observation, StateRead } from './invariants/invariants.js';
import { truthOf } from './invariants/of-machine.js';
import { runWayBack, syntaxProblem } from './invariants/run-way-back.js';
import type { HostTruth } from './invariants/truth.js';
import { openStateOf } from './sitting.js';
import { journalDirectory, stateDirectory, type World } from './world.js';

const observed = new WeakMap<Machine, Map<string, Observation>>();

/** @param world up and running */
export async function observe(before: World, world: World): Promise<Observation> {
	const known = observed.get(world.machine) ?? new Map<string, Observation>();
	observed.set(world.machine, known);
	const state = ['state.json', 'state.previous.json'].map((name) =>
		textOnDisk(world.disk, `${journalDirectory}/${name}`),
	);
	const key = JSON.stringify(state);
	const observation = known.get(key) ?? (await look(before, world));
	known.set(key, observation);
	return observation;
}

async function look(before: World, world: World): Promise<Observation> {
	const read = readState(world);
	const state = read.kind === 'read' ? read.state : undefined;
	const host = createSimulatedHost({ directory: '', store: createMemoryStore(world.machine) });
	const versions = await readVersions(host);
	// A job that nobody watches any more goes on, and has ended by now.
	const now = { ...world, machine: host.machine() };
	return {
		before: truthOf(before.machine),
		now: truthOf(now.machine),
		read,
		status: describeStatus(state, { versions, bootId: now.machine.bootId, isAtWork: false }, ownCommands()),
		...(state?.plan === undefined || state.plan === null
			? {}
			: { rollback: lookAtWayBack(before, now, state, state.plan) }),
		damageAccepted: findAcceptedDamage(world),
	};
}

export function readState(world: World): StateRead {
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
	const { problems, machine: after } = runWayBack(machine, text);
	return {
		text,
		problems: [...problems, ...whatIsNotBack(truthOf(before.machine), truthOf(after), state, fromVersion)],
	};
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
