import type { Finding } from '../src/checks/finding.js';
import { runChecks } from '../src/checks/run-checks.js';
import type { HostFacts } from '../src/facts/host-facts.js';
import type { Host } from '../src/host/host.js';
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
	const plan = await makePlan(host, facts, options);
	const findings = runChecks(facts, { plan, pools: options.pools }).map((finding) =>
		options.ignoredChecks.includes(finding.id) ? { ...finding, ignored: true as const } : finding,
	);
	return { facts, findings, plan };
}
