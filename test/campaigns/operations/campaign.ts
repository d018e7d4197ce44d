/**
 * Crashes a whole run before and after each of its operations, by a kill and by power cuts that lose nothing, some or
 * all of what was not synced; carries on; and judges the ten promises after the cut and at the end.
 */

import { createHash } from 'node:crypto';
import { differences } from '../canonical.js';
import { type CarriedOn, canonicalEnd, carryOn, type KnownGood, situationOf } from '../carry-on.js';
import { chance, mixSeed } from '../chance.js';
import { type Cut, cutAt, cuts } from '../cut.js';
import { findViolations, type Violation } from '../invariants/invariants.js';
import { truthOf } from '../invariants/of-machine.js';
import { observe, readState } from '../observe.js';
import { type RecordedMoment, type Recording, recordRun } from '../record.js';
import type { Moment } from '../sitting.js';
import { booted, type CampaignRoute, newWorld, scenarioOf, type World } from '../world.js';

interface Case {
	readonly route: CampaignRoute;
	readonly seed: number;
	readonly index: number;
	readonly phase: Moment['phase'];
	readonly cut: Cut;
	/** A second cut, while it carries on after the first. */
	readonly isDouble: boolean;
}

export interface Failure {
	readonly of: Case;
	/** The operation. */
	readonly what: string;
	readonly problems: readonly string[];
}

export interface Totals {
	operations: number;
	cases: number;
	/** Cases that differ in what the next sitting finds. */
	situations: number;
	walkedToTheEnd: number;
	joined: number;
	doubles: number;
	readonly failures: Failure[];
}

interface Share {
	/** From 0. */
	readonly number: number;
	readonly of: number;
}

export interface CampaignOptions {
	readonly route: CampaignRoute;
	readonly seed: number;
	/** Only this operation. */
	readonly index?: number;
	/** Only every so many operations; 1: all. */
	readonly stride?: number;
	/** One of so many situations walks to the end, whatever it meets, and is cut again on its way. */
	readonly doubleEvery?: number;
	/** Only the situations that fall to this one of several who share the work. */
	readonly share?: Share;
}

/** Records the run of a route, then goes through its cases. The same options give the same cases. */
export async function runOperations(options: CampaignOptions): Promise<Totals> {
	const { route, seed, stride = 1 } = options;
	const recording = await recordRun(newWorld(scenarioOf[route], seed));
	const campaign = new OperationsCampaign(recording, options);
	for (const [position, moment] of recording.moments.entries()) {
		const index = Math.floor(position / 2);
		if (options.index === undefined ? index % stride !== 0 : index !== options.index) continue;
		for (const cut of cuts) await campaign.play(moment, { route, seed, index, phase: moment.phase, cut });
	}
	return campaign.totals;
}

class OperationsCampaign {
	readonly totals: Totals;
	readonly #recording: Recording;
	readonly #options: CampaignOptions;
	readonly #known: KnownGood = new Set();
	/** Situations that were gone through. */
	readonly #judged = new Set<string>();

	constructor(recording: Recording, options: CampaignOptions) {
		this.#recording = recording;
		this.#options = options;
		this.totals = {
			operations: recording.moments.length / 2,
			cases: 0,
			situations: 0,
			walkedToTheEnd: 0,
			joined: 0,
			doubles: 0,
			failures: [],
		};
	}

	async play(moment: RecordedMoment, one: Omit<Case, 'isDouble'>): Promise<void> {
		const { written, begun, reboots } = moment;
		const seed = seedOf(one);
		const world = cutAt(moment.world, one.cut, seed);
		const read = readState(world);
		const found = { ...moment, world, written: read.kind === 'read' ? read.state : undefined };
		const situation = `${situationOf(read.kind, found)} ${reboots}`;
		if (!this.#isMine(situation)) return;
		this.totals.cases += 1;
		const observation = await observe(this.#recording.before, world);
		const jobs = Object.entries(moment.world.machine.jobs);
		const jobsAtWork = jobs.flatMap(([id, { state }]) => (state === 'running' ? [id] : []));
		const broken = findViolations({ ...observation, acknowledged: { written, begun }, jobsAtWork, reboots });
		this.#fail({ ...one, isDouble: false }, moment.what, broken.map(tell('after the cut')));
		if (read.kind === 'refused' || this.#judged.has(situation)) return;
		this.#judged.add(situation);
		this.totals.situations += 1;
		// By the case and not by a count: a case that is repeated alone is the same one.
		const isCutAgain = seed % (this.#options.doubleEvery ?? 20) === 0;
		const again = isCutAgain ? new MomentAtRandom(chance(seed)) : undefined;
		const carried = await this.#judge(world, moment, { ...one, isDouble: false }, again);
		if (again?.kept === undefined || carried.ended === 'stopped') return;
		this.totals.doubles += 1;
		const isDown = again.kept.world.machine.power === 'rebooting';
		// A cut that boots a host without its module takes one reboot more: `findViolations` knows of the last cut only.
		const due = truthOf(world.machine).loadedModule === undefined ? 1 : 0;
		const since = Math.max(0, again.rebootsBefore + (isDown ? 1 : 0) - due);
		const second = { ...moment, ...again.kept, reboots: reboots + since };
		await this.#judge(cutAt(second.world, one.cut, seed + 1), second, { ...one, isDouble: true });
	}

	#isMine(situation: string): boolean {
		const { number, of } = this.#options.share ?? { number: 0, of: 1 };
		return createHash('sha1').update(situation).digest().readUInt32BE() % of === number;
	}

	/** Carries on from a cut world, and judges what came of it. */
	async #judge(world: World, moment: RecordedMoment, one: Case, again?: MomentAtRandom): Promise<CarriedOn> {
		const carried = await carryOn(world, {
			...(again === undefined ? { known: this.#known } : { onMoment: (look) => again.offer(look) }),
		});
		// A way that was joined may end while the host goes down.
		const up = { ...carried.world, machine: booted(carried.world.machine) };
		const observation = await observe(this.#recording.before, up);
		const reboots = moment.reboots + carried.reboots;
		const problems = findViolations({ ...observation, interrupted: truthOf(world.machine), reboots }).map(
			tell(carried.ended === 'joined' ? 'on the way' : 'at the end'),
		);
		if (carried.ended === 'stopped') problems.push(`does not reach the end: ${carried.why}`);
		if (carried.ended === 'at-the-end') {
			this.totals.walkedToTheEnd += 1;
			const expected = canonicalEnd(this.#recording.after, this.#recording.state);
			problems.push(
				...differences(expected, canonicalEnd(carried.world, carried.state)).map((text) => `at the end: ${text}`),
			);
		} else this.totals.joined += 1;
		if (problems.length === 0) for (const situation of carried.situations) this.#known.add(situation);
		this.#fail(one, moment.what, problems);
		return carried;
	}

	#fail(of: Case, what: string, problems: readonly string[]): void {
		if (problems.length > 0) this.totals.failures.push({ of, what, problems });
	}
}

function seedOf({ seed, index, phase, cut }: Omit<Case, 'isDouble'>): number {
	return mixSeed(seed, index, phase === 'after' ? 1 : 0, cut === 'kill' ? 99 : cut * 10);
}

function tell(when: string): (violation: Violation) => string {
	return ({ promise, text }) => `(${promise}) ${when}: ${text}`;
}

/** Keeps one of all the moments that it is offered, each with the same chance. */
class MomentAtRandom {
	kept: Moment | undefined;
	/** Reboots between the start and the moment. */
	rebootsBefore = 0;
	readonly #draw: () => number;
	#offered = 0;
	#reboots = 0;
	#wasUp = true;

	constructor(draw: () => number) {
		this.#draw = draw;
	}

	offer(look: () => Moment): void {
		const moment = look();
		const isUp = moment.world.machine.power === 'on';
		if (isUp && !this.#wasUp) this.#reboots += 1;
		this.#wasUp = isUp;
		this.#offered += 1;
		if (this.#draw() * this.#offered >= 1) return;
		this.kept = moment;
		this.rebootsBefore = this.#reboots;
	}
}
