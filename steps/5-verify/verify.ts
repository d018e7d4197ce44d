import { blocking, type Finding } from '../../src/checks/finding.js';
import type { HostFacts } from '../../src/facts/host-facts.js';
import { moduleLoaded, readBootId } from '../observe.js';
import type { Probe, Step, StepContext, StepOutcome, StepRun } from '../step.js';
import { failureOf } from './advice.js';
import { examineBoot, type ImportablePool, parseImportable } from './examine-boot.js';
import { examineInventory } from './examine-inventory.js';
import { examineModule } from './examine-module.js';

/** Pools that could be imported; only asked when one is missing, for it reads every disk. */
async function readImportable(
	{ host, state }: StepContext,
	facts: HostFacts,
): Promise<readonly ImportablePool[] | undefined> {
	const { pools } = facts;
	if (!pools.known || state().pools.every((name) => pools.value.some((pool) => pool.name === name))) return undefined;
	const { outcome, stdout, stderr } = await host.run({ argv: ['zpool', 'import'], timeoutSeconds: 300 });
	// Without a pool to import some releases exit 1.
	const isAnswer = outcome.kind === 'exited' && (outcome.code === 0 || stderr.includes('no pools available'));
	return isAnswer ? parseImportable(stdout) : undefined;
}

/** Names of the pools and units that findings speak of. */
function subjectsOf(facts: HostFacts, context: StepContext): ReadonlySet<string> {
	const units = facts.units.known ? facts.units.value.map(({ name }) => name) : [];
	return new Set([...context.state().pools, ...units]);
}

async function examine(context: StepContext): Promise<readonly Finding[]> {
	const facts = await context.facts();
	const { runningKernel } = facts.boot;
	const running = runningKernel.known ? runningKernel.value : undefined;
	const loaded = await moduleLoaded(context);
	const module = await examineModule(context, { loaded, runningKernel: running });
	// Without the right module everything else that is amiss follows from it.
	if (!loaded.matches) return module;
	const boot = examineBoot(context, facts, await readImportable(context, facts));
	return [...module, ...boot, ...(await examineInventory(context, subjectsOf(facts, context)))];
}

async function probe(context: StepContext): Promise<Probe> {
	const { bootIdAfterReboot } = context.state().evidence;
	const now = await readBootId(context.host);
	const loaded = await moduleLoaded(context);
	if (bootIdAfterReboot !== undefined && bootIdAfterReboot === now && loaded.matches) {
		return { state: 'done', evidence: `Verified in this boot; the loaded module is ${loaded.text}.` };
	}
	// A later reboot with the right module needs no second comparison once the userspace has followed.
	if (bootIdAfterReboot !== undefined && loaded.matches && context.state().steps.userspace.status === 'done') {
		return { state: 'done', evidence: `The loaded module is ${loaded.text}.` };
	}
	return { state: 'todo', evidence: `The loaded module is ${loaded.text}; this boot has not been verified.` };
}

async function* run(context: StepContext): StepRun<StepOutcome> {
	context.refresh();
	yield { type: 'facts', facts: await context.facts() };
	const { ignoredChecks } = context.options;
	const findings = (await examine(context)).map((one) =>
		ignoredChecks.includes(one.id) ? { ...one, ignored: true as const } : one,
	);
	for (const one of findings) {
		yield { type: 'finding', finding: one };
	}
	const loaded = await moduleLoaded(context);
	const [first, ...rest] = blocking(findings);
	if (first !== undefined) {
		const failure = failureOf([first, ...rest], context.ownCommands);
		return { kind: 'failed', rollbackNeeded: !loaded.matches, failure };
	}
	const bootId = await readBootId(context.host);
	if (bootId !== undefined) await context.record({ bootIdAfterReboot: bootId });
	return {
		kind: 'done',
		evidence: `The loaded module is ${loaded.text}; ${context.state().pools.length} pools are as before.`,
	};
}

/** Step 5: the new module runs, and everything that was there is there. */
export const verify: Step = {
	id: 'verify',
	title: 'Verify',
	purpose:
		'Looks whether the target module is really loaded, the pools are imported and no worse than before, the datasets ' +
		'are mounted, keys are loaded and the units ran; compares the inventory by guid.',
	plan: async () => [],
	probe,
	run,
	rollback: async () => [],
};
