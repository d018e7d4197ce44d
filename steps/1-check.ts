import { blocking } from '../src/checks/finding.js';
import { valueOr } from '../src/facts/fact.js';
import type { Step, StepContext, StepOutcome, StepRun } from './step.js';
import { waitForPackageManager } from './wait-for-manager.js';

/** The pools that the run protects: those named, the only one, or those chosen. */
async function* choosePools(context: StepContext): StepRun<readonly string[]> {
	const { pools } = await context.facts();
	const imported = pools.known ? pools.value : [];
	if (context.options.pools.length > 0) return context.options.pools;
	if (imported.length <= 1) return imported.map((pool) => pool.name);
	const answer = yield* context.ask({
		id: 'check.pools',
		kind: 'choose-many',
		title: 'Which pools are to be snapshotted and compared?',
		body: [
			'All pools get the new module. A boot pool that GRUB before 2.12 reads is better left out (openzfs/zfs#13873).',
		],
		choices: imported.map((pool) => ({
			value: pool.name,
			label: pool.name,
			hint: `${pool.health}, ${pool.capacity ?? '?'} % full`,
		})),
		suggested: imported.map((pool) => pool.name as string).filter((name) => name !== 'bpool'),
	});
	return Array.isArray(answer.value) ? answer.value : [];
}

async function* run(context: StepContext): StepRun<StepOutcome> {
	yield { type: 'log', level: 'info', text: 'Reading versions, kernels, packages and pools. Nothing is changed.' };
	const busy = yield* waitForPackageManager(context);
	if (busy !== undefined) return busy;
	// Half of the program's code: loaded when the screen is there, while the host answers.
	const [facts, { examine }] = await Promise.all([context.facts(), import('./examine.js')]);
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
	const pools = yield* choosePools(context);
	await context.adopt(plan.plan, pools, {
		userspace: valueOr(facts.versions.userspace, undefined)?.full ?? 'unknown',
		module: facts.versions.loadedModule.known ? (facts.versions.loadedModule.value?.full ?? 'not loaded') : 'unknown',
		kernel: valueOr(facts.boot.runningKernel, 'unknown'),
	});
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
