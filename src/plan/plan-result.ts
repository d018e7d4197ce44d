import type { Finding } from '../checks/finding.js';
import type { UpgradePlan } from './upgrade-plan.js';

/** What the administrator asked for. */
export interface PlanRequest {
	/** `--target`: an OpenZFS version (`2.3.2`) or a full package version (`2.3.2-2~bpo12+2`). */
	readonly target?: string;
	/** `--pool`; empty means all imported pools. */
	readonly pools: readonly string[];
}

export type PlanResult =
	/** `findings` say what is worth knowing of the route; a blocker among them stops the run like any other. */
	| { readonly kind: 'plan'; readonly plan: UpgradePlan; readonly findings: readonly Finding[] }
	/** Every part is at the target already (exit code 77). */
	| { readonly kind: 'nothing-to-do'; readonly text: string; readonly findings: readonly Finding[] }
	/** There is no way that this program would go; the findings say why and name the way that is left. */
	| { readonly kind: 'refuse'; readonly findings: readonly [Finding, ...Finding[]] };

/** A refusal from one blocker. */
export function refuse(finding: Omit<Finding, 'severity'>): Extract<PlanResult, { kind: 'refuse' }> {
	return { kind: 'refuse', findings: [{ ...finding, severity: 'blocker' }] };
}
