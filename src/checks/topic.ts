import type { Fact } from '../facts/fact.js';
import type { HostFacts } from '../facts/host-facts.js';
import type { ReplicationJob } from '../jobs/job.js';
import type { PlanResult } from '../plan/plan-result.js';
import type { UpgradePlan } from '../plan/upgrade-plan.js';
import type { Finding } from './finding.js';
import type { FindingKind } from './kind.js';

/** What a check may look at: facts, and what is planned with them. Checks are pure and gather nothing. */
export interface CheckInput {
	readonly facts: HostFacts;
	readonly plan: PlanResult;
	/** Work that runs by itself and is not on hold. */
	readonly jobs: Fact<readonly ReplicationJob[]>;
	/** Pools that the run is about; empty means all. */
	readonly pools: readonly string[];
}

type Check = (input: CheckInput) => readonly Finding[];

/** One subject: its check, and every kind of finding that the check can report. */
export interface CheckTopic {
	readonly check: Check;
	readonly kinds: readonly FindingKind[];
}

/** The plan that would be carried out, if there is one. */
export function plannedUpgrade({ plan }: CheckInput): UpgradePlan | undefined {
	return plan.kind === 'plan' ? plan.plan : undefined;
}

/** Whether the planner says it already; nothing is said twice. */
export function isSaidByPlan({ plan }: CheckInput, id: string): boolean {
	return plan.findings.some((finding) => finding.id === id);
}

/** The mounted system of `--root` does not run, so what only a running system could tell is unknown by nature. */
export function isAlternateRoot({ facts }: CheckInput): boolean {
	const { environment } = facts.machine;
	return environment.known && environment.value === 'alternate-root';
}

/** The running kernel has no zfs module: nothing of the pools can be read, and the versions say why. */
export function isModuleAbsent({ facts }: CheckInput): boolean {
	const { loadedModule } = facts.versions;
	return loadedModule.known && loadedModule.value === undefined;
}

/** No tools at all: the versions say it, and there is nothing more to say. */
export function areToolsAbsent(input: CheckInput): boolean {
	const { installed } = input.facts.packages;
	return !input.facts.versions.userspace.known && installed.known && installed.value.length === 0;
}
