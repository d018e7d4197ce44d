import type { Finding } from '../src/checks/finding.js';
import { runChecks } from '../src/checks/run-checks.js';
import type { HostFacts } from '../src/facts/host-facts.js';
import type { Host } from '../src/host/host.js';
import { findUnheldJobs } from '../src/jobs/find-unheld.js';
import { makePlan, type PlanResult } from '../src/plan/make-plan.js';

export interface Examination {
	readonly facts: HostFacts;
	/** Worst first; those ignored by name are marked. */
	readonly findings: readonly Finding[];
	readonly plan: PlanResult;
}

/** Route, target and findings for a host. Reads only: step 1, `check` and `plan` all say what this says. */
export async function examine(
	host: Host,
	facts: HostFacts,
	options: { readonly target?: string; readonly pools: readonly string[]; readonly ignoredChecks: readonly string[] },
): Promise<Examination> {
	const [plan, jobs] = await Promise.all([makePlan(host, facts, options), findUnheldJobs(host)]);
	const findings = runChecks(facts, { plan, jobs, pools: options.pools }).map((finding) =>
		options.ignoredChecks.includes(finding.id) ? { ...finding, ignored: true as const } : finding,
	);
	return { facts, findings, plan };
}
