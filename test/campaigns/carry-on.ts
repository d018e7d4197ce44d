/** Goes on after an interruption until the run has ended, and says what was wrong on the way. */
import type { RunState } from '../../steps/run-state.js';
import { type Canonical, canonicalMachine, canonicalState, digestParts } from './canonical.js';
import { readState } from './observe.js';
import { type Moment, sit } from './sitting.js';
import { booted, stateDirectory, type World } from './world.js';

/** Situations from which the end was reached before: whoever comes to one need not walk the rest again. */
export type KnownGood = Set<string>;

export interface CarriedOn {
	/** `joined`: a situation was met from which the end had been reached. */
	readonly ended: 'at-the-end' | 'joined' | 'stopped';
	/** Why it stopped. */
	readonly why?: string;
	readonly world: World;
	readonly state: RunState | undefined;
	readonly reboots: number;
	/** Every situation on the way. */
	readonly situations: readonly string[];
}

export interface CarryOnOptions {
	/** Without it every walk goes to the end. */
	readonly known?: KnownGood;
	readonly onMoment?: (look: () => Moment) => void;
}

/** Times that the administrator comes back: for a reboot, or because she was told to run it again. */
const sittingLimit = 6;

export async function carryOn(start: World, { known, onMoment }: CarryOnOptions = {}): Promise<CarriedOn> {
	const situations: string[] = [];
	let world = start;
	let reboots = 0;
	for (let sittings = 0; sittings < sittingLimit; sittings += 1) {
		let joined: Moment | undefined;
		const sat = await sit(world, {
			...(onMoment === undefined ? {} : { onMoment }),
			onEvent: (event, look) => {
				if (event.type !== 'step' && !(event.type === 'run' && event.resumed)) return undefined;
				const moment = look();
				const situation = situationOf(event.type === 'run' ? 'opened' : `${event.id} ${event.state.status}`, moment);
				situations.push(situation);
				if (known?.has(situation) !== true) return undefined;
				joined = moment;
				return 'leave';
			},
		});
		world = sat.world;
		if (joined !== undefined) return { ended: 'joined', world, state: joined.written, reboots, situations };
		if (sat.outcome?.exitCode === 0) return { ended: 'at-the-end', world, state: sat.state, reboots, situations };
		// The run that was interrupted had recorded its end; another one has nothing to do.
		const recorded = sat.outcome?.exitCode === 77 ? readState(world) : undefined;
		if (recorded?.kind === 'read' && recorded.state !== undefined && recorded.state.endedAt !== null) {
			return { ended: 'at-the-end', world, state: recorded.state, reboots, situations };
		}
		if (world.machine.power === 'on') {
			const why = `exit code ${sat.outcome?.exitCode}: ${[sat.outcome?.title, ...(sat.outcome?.lines ?? [])].join(' ')}`;
			return { ended: 'stopped', why, world, state: sat.state, reboots, situations };
		}
		reboots += 1;
		world = { ...world, machine: booted(world.machine) };
	}
	return { ended: 'stopped', why: 'it never ends', world, state: undefined, reboots, situations };
}

export function situationOf(where: string, { world, written }: Moment): string {
	return `${where} ${digestParts(canonicalMachine(world.machine))} ${digestParts(canonicalState(written))}`;
}

/**
 * What a run keeps in its own folder is for the promises to judge; what apt keeps of its downloads nobody needs; half an
 * initramfs is written over by the next update-initramfs.
 */
const nobodysLoss = new RegExp(`^file (?:${stateDirectory}/|/var/cache/apt/archives/|/boot/initrd\\.img-.*\\.new$)`);

export function canonicalEnd(world: World, state: RunState | undefined): Canonical {
	const parts = [...canonicalMachine(world.machine)].filter(([name]) => !nobodysLoss.test(name));
	// A step that is skipped and was interrupted before that was recorded is found to be done.
	const record = [...canonicalState(state)].map(([name, text]) => [name, text.replace(/^skipped /, 'done ')] as const);
	return new Map([...parts, ...record]);
}
