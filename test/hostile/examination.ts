/** All that `check` and `plan` read of a host and make of it, as one function of the host. */
import { blocking, type Finding, summarize } from '../../src/checks/finding.js';
import { collectFacts } from '../../src/facts/collect.js';
import { guarded } from '../../src/facts/read-text.js';
import type { Host } from '../../src/host/host.js';
import { createMemoryStore } from '../../src/host/simulated/machine-store.js';
import { createSimulatedHost } from '../../src/host/simulated/simulated-host.js';
import { readShareTable } from '../../src/inventory/shares.js';
import { readUnitTable } from '../../src/inventory/units.js';
import { findJobs } from '../../src/jobs/find-jobs.js';
import { readInterruption } from '../../src/packages/apt/interruption.js';
import { readLockHolder } from '../../src/packages/apt/locks.js';
import { ownCommands } from '../../src/plan/own-commands.js';
import { renderCheckReport } from '../../src/ui/text/check-report.js';
import { examine } from '../../steps/examine.js';

export interface Examined {
	readonly findings: readonly Finding[];
	readonly verdict: 'blocked' | 'ready' | 'nothing-to-do';
	/** As `check` prints it, without colours. */
	readonly shown: string;
}

export async function examineAll(host: Host): Promise<Examined> {
	const facts = await collectFacts(host);
	const { findings, plan } = await examine(host, facts, { pools: [], ignoredChecks: [] });
	await findJobs(host);
	// Their callers turn what the host refuses into an unknown fact.
	for (const read of [readInterruption, readLockHolder, readUnitTable, readShareTable]) {
		await guarded<unknown>(read.name, () => read(host));
	}
	summarize(findings);
	return {
		findings,
		verdict: blocking(findings).length > 0 ? 'blocked' : plan.kind === 'nothing-to-do' ? 'nothing-to-do' : 'ready',
		shown: renderCheckReport(
			facts,
			findings,
			plan.kind === 'plan' ? plan.plan : undefined,
			{ colour: false, width: 80 },
			ownCommands(),
		),
	};
}

/** A simulated host in memory that takes no time. */
export function simulatedHost(scenario: string): Host {
	return createSimulatedHost({ directory: '', store: createMemoryStore(), scenario });
}
