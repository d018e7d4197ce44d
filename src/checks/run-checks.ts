import type { HostFacts } from '../facts/host-facts.js';
import type { PlanResult } from '../plan/plan-result.js';
import { type Finding, severities } from './finding.js';
import { checkMachine } from './machine.js';
import { checkVersions } from './versions.js';

/** What a check may look at: facts, and what is planned with them. Checks are pure and gather nothing. */
export interface CheckInput {
	readonly facts: HostFacts;
	readonly plan: PlanResult;
	/** Pools that the run is about; empty means all. */
	readonly pools: readonly string[];
}

export type Check = (input: CheckInput) => readonly Finding[];

/** One entry a topic, in the order in which an administrator would look. */
const checks: readonly Check[] = [checkMachine, checkVersions];

/** Everything worth knowing before an upgrade, worst first; within a severity in the order of the topics. */
export function runChecks(facts: HostFacts, request: Omit<CheckInput, 'facts'>): readonly Finding[] {
	const found = [...request.plan.findings, ...checks.flatMap((check) => check({ facts, ...request }))];
	return found.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
}
