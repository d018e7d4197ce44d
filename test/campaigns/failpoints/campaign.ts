/** Ends the program, or the host, at one failpoint: once, and then goes on; or every time, until the run halts. */
import { type Failpoint, failpoints } from '../../../src/engine/failpoints.js';
import { differences } from '../canonical.js';
import { canonicalEnd, carryOn } from '../carry-on.js';
import { type Cut, cutAt } from '../cut.js';
import { findViolations } from '../invariants/invariants.js';
import { truthOf } from '../invariants/of-machine.js';
import { observe, readState } from '../observe.js';
import { type Recording, recordRun } from '../record.js';
import { type Sat, sit } from '../sitting.js';
import { booted, newWorld, scenarioOf, type World } from '../world.js';

export interface FailpointCase {
	readonly name: Failpoint;
	readonly times: 'once' | 'always';
	readonly cut: Cut;
}

/** What a failpoint that goes off every time comes to. */
type Ending =
	/** The program says that it halts, and how to go back. */
	| 'halted'
	/** The host shows the step's effect, so it is not done again. */
	| 'at-the-end'
	/** Step 1 keeps no record: it dies each time, and has changed nothing. */
	| 'untouched'
	/** This run never comes by. */
	| 'not-met';

interface FailpointResult {
	readonly ending: Ending;
	/** Times that it went off. */
	readonly hits: number;
	readonly problems: readonly string[];
}

/** Tries that a step has, and the sitting that then says so. */
const triesAllowed = 3;
/** A run that has not halted by then never does. */
const sittingLimit = 12;

/** Every step at its beginning, in its middle and at its end. */
export const stepFailpoints = failpoints.filter((name) => name.startsWith('step.'));

export async function recordFor(seed: number): Promise<Recording> {
	return recordRun(newWorld(scenarioOf['dkms-ahead'], seed));
}

/** Failpoints that an ordinary run comes by. */
export async function findMet(seed: number): Promise<ReadonlySet<Failpoint>> {
	const met = new Set<Failpoint>();
	const onFailpoint = (name: Failpoint): undefined => {
		met.add(name);
	};
	let sat = await sit(newWorld(scenarioOf['dkms-ahead'], seed), { onFailpoint });
	while (sat.world.machine.power !== 'on') {
		sat = await sit({ ...sat.world, machine: booted(sat.world.machine) }, { onFailpoint });
	}
	return met;
}

export async function playFailpoint(recording: Recording, one: FailpointCase, seed: number): Promise<FailpointResult> {
	const { before } = recording;
	let world = before;
	let hits = 0;
	let reboots = 0;
	for (let sittings = 0; sittings < sittingLimit; sittings += 1) {
		let isHit = false;
		const sat = await sit(world, {
			onFailpoint: (name) => {
				if (name !== one.name || (one.times === 'once' && hits > 0)) return undefined;
				hits += 1;
				isHit = true;
				return 'die';
			},
		});
		if (sat.world.machine.power === 'rebooting') reboots += 1;
		if (isHit) {
			world = cutAt(sat.world, one.cut, seed + hits);
			if (one.times === 'once') return goOn(recording, world, hits, reboots);
			if (hits > triesAllowed && readState(world).kind === 'read' && isUntouched(before, world)) {
				return { ending: 'untouched', hits, problems: [] };
			}
			continue;
		}
		if (sat.world.machine.power !== 'on') {
			world = { ...sat.world, machine: booted(sat.world.machine) };
			continue;
		}
		return judgeEnd(before, sat, hits, reboots);
	}
	return { ending: 'halted', hits, problems: [`after ${sittingLimit} sittings it has neither halted nor ended`] };
}

async function goOn(recording: Recording, world: World, hits: number, reboots: number): Promise<FailpointResult> {
	const carried = await carryOn(world);
	const observation = await observe(recording.before, { ...carried.world, machine: booted(carried.world.machine) });
	const total = reboots + carried.reboots;
	const problems = findViolations({ ...observation, interrupted: truthOf(world.machine), reboots: total }).map(
		({ promise, text }) => `(${promise}) at the end: ${text}`,
	);
	if (carried.ended === 'stopped') problems.push(`does not reach the end: ${carried.why}`);
	else {
		const expected = canonicalEnd(recording.after, recording.state);
		problems.push(...differences(expected, canonicalEnd(carried.world, carried.state)));
	}
	return { ending: 'at-the-end', hits, problems };
}

/** Nothing is recorded, and the host is what it was. */
function isUntouched(before: World, world: World): boolean {
	const read = readState(world);
	const [then, now] = [truthOf(before.machine), truthOf(world.machine)];
	const packages = JSON.stringify(then.packages) === JSON.stringify(now.packages);
	return read.kind === 'read' && read.state === undefined && packages && then.loadedModule === now.loadedModule;
}

async function judgeEnd(before: World, sat: Sat, hits: number, reboots: number): Promise<FailpointResult> {
	const { outcome } = sat;
	const observation = await observe(before, sat.world);
	const problems = findViolations({ ...observation, reboots }).map(({ promise, text }) => `(${promise}) ${text}`);
	if (outcome?.exitCode === 0) return { ending: hits === 0 ? 'not-met' : 'at-the-end', hits, problems };
	const isClear =
		outcome?.exitCode === 6 && /^Halted at/.test(outcome.title) && outcome.lines.join(' ').includes('rollback');
	if (!isClear) problems.push(`it stops, and does not say that it halts: ${outcome?.exitCode} ${outcome?.title}`);
	if (hits > triesAllowed) problems.push(`it was tried ${hits} times before it halted`);
	return { ending: 'halted', hits, problems };
}
