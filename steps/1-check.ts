import { blocking } from '../src/checks/finding.js';
import { examine } from './examine.js';
import type { Step, StepContext, StepOutcome, StepRun } from './step.js';

/** Names of the pools the run is about: those asked for, else every imported pool. */
async function chosenPools(context: StepContext): Promise<readonly string[]> {
	const facts = await context.facts();
	const imported = facts.pools.known ? facts.pools.value.map((pool) => pool.name) : [];
	return context.options.pools.length > 0 ? context.options.pools : imported;
}

async function* run(context: StepContext): StepRun<StepOutcome> {
	yield { type: 'log', level: 'info', text: 'Reading versions, kernels, packages and pools. Nothing is changed.' };
	const facts = await context.facts();
	yield { type: 'facts', facts };
	const { findings, plan } = await examine(context.host, facts, context.options);
	for (const finding of findings) {
		yield { type: 'finding', finding };
	}
	const blockers = blocking(findings);
	if (plan.kind === 'nothing-to-do' && blockers.length === 0) {
		return { kind: 'nothing-to-do', text: plan.text };
	}
	if (blockers.length > 0 || plan.kind !== 'plan') {
		return { kind: 'blocked', findings: blockers };
	}
	const pools = await chosenPools(context);
	await context.adopt(plan.plan, pools);
	return {
		kind: 'done',
		evidence: `OpenZFS ${plan.plan.fromUpstream} to ${plan.plan.targetUpstream} by ${plan.plan.route}; pools: ${pools.join(', ') || 'none'}.`,
	};
}

/** Step 1: compare the versions and look for everything that could make the upgrade fail. */
export const check: Step = {
	id: 'check',
	title: 'Check the versions',
	purpose:
		'Compares userspace, loaded module, the module on disk for each kernel and inside each initramfs, and the ' +
		'packages on offer; looks for everything that could make the upgrade fail. Reads only.',
	plan: async () => [],
	probe: async (context) =>
		context.state().plan === null
			? { state: 'todo', evidence: 'No plan has been made yet.' }
			: { state: 'done', evidence: `The plan is to go to OpenZFS ${context.plan().targetVersion}.` },
	run,
	rollback: async () => [],
};
