/** Every moment of a whole run: what the world was like before and after each operation. */
import type { RunState } from '../../steps/run-state.js';
import { type Moment, sit } from './sitting.js';
import { booted, type World } from './world.js';

/** With the reboots that the program had made the host do by then. */
export interface RecordedMoment extends Moment {
	readonly reboots: number;
}

export interface Recording {
	readonly before: World;
	/** Two an operation, `before` and `after`, in order. */
	readonly moments: readonly RecordedMoment[];
	readonly after: World;
	readonly state: RunState;
	readonly sittings: number;
}

/** More than any run needs: one before the reboot, one after it. */
const sittingLimit = 4;

/** Runs to the end, with a moment kept at every operation. Throws when the run does not end well by itself. */
export async function recordRun(before: World): Promise<Recording> {
	const moments: RecordedMoment[] = [];
	let world = before;
	for (let sittings = 1; sittings <= sittingLimit; sittings += 1) {
		const keep = (moment: Moment) => {
			const isGoingDown = moment.world.machine.power === 'rebooting';
			moments.push({ ...moment, reboots: sittings - 1 + (isGoingDown ? 1 : 0) });
		};
		const sat = await sit(world, { onMoment: (look) => keep(look()) });
		if (sat.outcome?.exitCode === 0) return { before, moments, after: sat.world, state: sat.state, sittings };
		if (sat.world.machine.power === 'on') throw new Error(`The run to be recorded stopped: ${sat.outcome?.title}`);
		world = { ...sat.world, machine: booted(sat.world.machine) };
	}
	throw new Error('The run to be recorded did not end.');
}
