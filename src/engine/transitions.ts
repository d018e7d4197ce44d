import type { Evidence, Intent, RunState, StepState } from '../../steps/run-state.js';
import type { Failure, StepId } from '../../steps/step.js';
import type { UpgradePlan } from '../plan/upgrade-plan.js';

/** Everything that can change a recorded run. One reducer, so that the file, the screen and the tests agree. */
export type Transition =
	| {
			readonly type: 'plan-adopted';
			readonly plan: UpgradePlan;
			readonly pools: readonly string[];
			readonly from: RunState['from'];
	  }
	| { readonly type: 'step-started'; readonly step: StepId; readonly at: number }
	| {
			readonly type: 'step-waits';
			readonly step: StepId;
			readonly at: number;
			readonly waitingFor: 'reboot' | 'administrator';
			readonly text: string;
	  }
	| { readonly type: 'step-done'; readonly step: StepId; readonly at: number; readonly evidence: string }
	| { readonly type: 'step-skipped'; readonly step: StepId; readonly at: number; readonly why: string }
	| {
			readonly type: 'step-failed';
			readonly step: StepId;
			readonly at: number;
			readonly failure: Failure;
			readonly rollbackNeeded: boolean;
	  }
	/** The host contradicts the record: the effect is absent. */
	| { readonly type: 'step-undone'; readonly step: StepId }
	/** The administrator chose to try a halted step again. */
	| { readonly type: 'attempts-forgiven'; readonly step: StepId }
	| { readonly type: 'commands-approved'; readonly ids: readonly string[] }
	| { readonly type: 'intent'; readonly intent: Intent }
	| { readonly type: 'intent-settled' }
	| { readonly type: 'evidence'; readonly evidence: Partial<Evidence> }
	| { readonly type: 'ended'; readonly at: number };

/** Starts of a step so far, whatever became of them. */
export function attemptsOf(state: StepState): number {
	return 'attempts' in state ? state.attempts : 0;
}

function withStep(state: RunState, step: StepId, next: StepState): RunState {
	return { ...state, steps: { ...state.steps, [step]: next } };
}

/** The recorded run after `transition`. Pure. */
export function reduceRun(state: RunState, transition: Transition): RunState {
	switch (transition.type) {
		case 'plan-adopted':
			return { ...state, plan: transition.plan, pools: transition.pools, from: transition.from };
		case 'step-started': {
			const attempts = attemptsOf(state.steps[transition.step]) + 1;
			return withStep(state, transition.step, { status: 'running', since: transition.at, attempts });
		}
		case 'step-waits':
			return withStep(state, transition.step, {
				status: 'waiting',
				since: transition.at,
				waitingFor: transition.waitingFor,
				text: transition.text,
				// Waiting is progress: it does not use up one of the three tries.
				attempts: Math.max(0, attemptsOf(state.steps[transition.step]) - 1),
			});
		case 'step-done':
			return withStep(state, transition.step, {
				status: 'done',
				at: transition.at,
				evidence: transition.evidence,
			});
		case 'step-skipped':
			return withStep(state, transition.step, { status: 'skipped', at: transition.at, why: transition.why });
		case 'step-failed':
			return withStep(state, transition.step, {
				status: 'failed',
				at: transition.at,
				failure: transition.failure,
				rollbackNeeded: transition.rollbackNeeded,
				attempts: attemptsOf(state.steps[transition.step]),
			});
		case 'step-undone':
			return withStep(state, transition.step, { status: 'pending' });
		case 'attempts-forgiven': {
			const current = state.steps[transition.step];
			return 'attempts' in current ? withStep(state, transition.step, { ...current, attempts: 0 }) : state;
		}
		case 'commands-approved':
			return { ...state, approved: [...new Set([...state.approved, ...transition.ids])] };
		case 'intent':
			return { ...state, intent: transition.intent };
		case 'intent-settled':
			return { ...state, intent: null };
		case 'evidence':
			return { ...state, evidence: { ...state.evidence, ...transition.evidence } };
		case 'ended':
			return { ...state, endedAt: transition.at };
	}
}
