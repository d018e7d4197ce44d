import type { Examination } from '../../steps/examine.js';
import { steps } from '../../steps/index.js';
import type { RunOptions, Step } from '../../steps/step.js';
import { Session } from '../engine/session.js';
import type { PlannedCommand } from '../plan/planned-command.js';
import type { UpgradePlan } from '../plan/upgrade-plan.js';
import { newState } from './new-state.js';
import type { Program } from './program.js';

/** Every step with the commands that it would run. */
export async function planSteps(
	program: Program,
	options: RunOptions,
	{ facts }: Examination,
	plan: UpgradePlan,
): Promise<readonly { readonly step: Step; readonly commands: readonly PlannedCommand[] }[]> {
	const pools = facts.pools.known ? facts.pools.value.map((pool) => pool.name) : [];
	const state = {
		...(await newState(program, options)),
		plan,
		pools: options.pools.length > 0 ? options.pools : pools,
	};
	const session = new Session({
		host: program.host,
		steps,
		options,
		store: { read: () => undefined, write: async () => {} },
		log: { append: () => {} },
		stateDirectory: program.places.stateDirectory,
		state,
		leave: new AbortController().signal,
		ownCommands: program,
	});
	const planned: { step: Step; commands: readonly PlannedCommand[] }[] = [];
	for (const step of steps) {
		planned.push({ step, commands: await step.plan(session.context) });
	}
	return planned;
}
