import { type StepId, stepIds } from '../../steps/step.js';
import type { Transition } from './transitions.js';

/** `enter`: the start is recorded; `body`: the step calls on its context; `leave`: it has ended, and its end is not. */
const stepMoments = ['enter', 'body', 'leave'] as const;
const writeMoments = ['before', 'after'] as const;
/** Around a command that changes the host, in the order of its life. */
const commandMoments = ['intended', 'started', 'ended', 'settled'] as const;

/** One key each, so that a transition without a failpoint does not compile. */
const transitions: Readonly<Record<Transition['type'], true>> = {
	'plan-adopted': true,
	'step-started': true,
	'step-waits': true,
	'step-done': true,
	'step-skipped': true,
	'step-failed': true,
	'step-undone': true,
	'attempts-forgiven': true,
	'commands-approved': true,
	intent: true,
	'intent-settled': true,
	evidence: true,
	ended: true,
};

/** Steps that run commands which change the host. */
const actingSteps = ['backup', 'module', 'reboot', 'userspace', 'smoke-test'] as const satisfies readonly StepId[];

export type Failpoint =
	| `step.${StepId}.${(typeof stepMoments)[number]}`
	| `record.${Transition['type']}.${(typeof writeMoments)[number]}`
	| `command.${StepId}.${(typeof commandMoments)[number]}`;

/**
 * Places where a campaign ends the program or the host. They are always there and do nothing: only a session on a
 * simulated host can be given something to do at them (docs/decisions/0006-failpoints.md).
 */
export const failpoints: readonly Failpoint[] = [
	...stepIds.flatMap((id) => stepMoments.map((moment): Failpoint => `step.${id}.${moment}`)),
	...Object.keys(transitions).flatMap((type) =>
		writeMoments.map((moment): Failpoint => `record.${type as Transition['type']}.${moment}`),
	),
	...actingSteps.flatMap((id) => commandMoments.map((moment): Failpoint => `command.${id}.${moment}`)),
];
