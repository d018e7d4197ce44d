import { judgeTransaction, type Refusal } from '../src/packages/judge-transaction.js';
import type {
	InstalledPackage,
	Interruption,
	SetChange,
	Simulation,
	Transaction,
} from '../src/packages/package-manager.js';
import { plan as planCommand } from '../src/plan/planned-command.js';
import { packageManager } from './package-set.js';
import type { Failure, StepContext, StepOutcome, StepRun } from './step.js';

/** A change, and the packages of the set that it must bring to the target: what else it would do to them is refused. */
export interface JudgedChange {
	readonly change: SetChange;
	readonly isMeant: (installed: InstalledPackage) => boolean;
}

function explainRefusal(refusal: Refusal): string {
	switch (refusal.kind) {
		case 'removal':
			return `it would remove ${refusal.name}`;
		case 'left-behind':
			return `${refusal.name} would stay at ${refusal.version}`;
		case 'wrong-version':
			return `${refusal.name} would become ${refusal.version ?? 'another version'}`;
		case 'downgrade':
			return `it would downgrade ${refusal.name}`;
		case 'held':
			return `it would change ${refusal.name}, which you put on hold`;
	}
}

function failed(failure: Failure): StepOutcome {
	return { kind: 'failed', failure, rollbackNeeded: false };
}

/** What a change would do as the manager sees it now; or why it must not be done. */
export async function simulateJudged(
	context: StepContext,
	{ change, isMeant }: JudgedChange,
): Promise<Transaction | StepOutcome> {
	const answer = await packageManager.simulate(context.host, change);
	const again = ['Nothing was changed by it.', `Mend the cause, then go on with: ${context.ownCommands.resumeCommand}`];
	if (!answer.known) return failed({ what: 'The transaction could not be simulated.', why: answer.why, todo: again });
	const simulation: Simulation = answer.value;
	if (simulation.kind === 'impossible') {
		return failed({
			what: 'The package manager refuses the transaction.',
			why: simulation.reasons.join(' '),
			todo: again,
		});
	}
	const { packages } = await context.facts();
	const { heldPackages } = context.state().evidence;
	const judgement = judgeTransaction(simulation.transaction, {
		direction: change.direction,
		targetVersion: change.direction === 'forward' ? context.plan().targetVersion : context.plan().fromVersion,
		installed: packages.installed.known ? packages.installed.value.filter(isMeant) : [],
		agreedHeld: heldPackages?.ours ?? [],
	});
	if (judgement.kind === 'refused') {
		return failed({
			what: 'The transaction would do more than was agreed to, so it was not started.',
			why: `${judgement.refusals.map(explainRefusal).join('; ')}.`,
			todo: again,
		});
	}
	return simulation.transaction;
}

/**
 * Waits for orphans of an interrupted transaction, then carries out what the manager needs to be whole again, each
 * change judged before it is run. Returns how the step ends when it is declined or must not be done.
 * @param prefix of the ids of the question and the commands, so that each step has its own
 */
export async function* recoverTransaction(
	context: StepContext,
	prefix: string,
	interruption: Interruption,
	repeat: JudgedChange,
): StepRun<StepOutcome | undefined> {
	const steps = packageManager.planRecovery(interruption, repeat.change);
	const repairs = steps.map((step, index) =>
		step.kind === 'run'
			? planCommand(`${prefix}.recover.${index}`, step.why, step.command, { mode: 'detached', inhibitShutdown: true })
			: undefined,
	);
	const answer = yield* context.ask({
		id: `${prefix}.recover`,
		kind: 'confirm',
		title: 'An interrupted package transaction was found. Mend it?',
		body: interruption.incomplete.map((one) => `${one.name} ${one.version}: ${one.status}`),
		commands: repairs.filter((repair) => repair !== undefined),
	});
	if (answer.value !== true) {
		return {
			kind: 'waiting',
			waitingFor: 'administrator',
			text: 'The interrupted package transaction is not mended yet.',
		};
	}
	for (const [index, step] of steps.entries()) {
		if (step.kind === 'wait') {
			yield { type: 'log', level: 'info', text: step.why };
			await waitForProcesses(context, step.pids);
			continue;
		}
		const judged =
			step.change === undefined ? undefined : await simulateJudged(context, { ...repeat, change: step.change });
		if (judged !== undefined && 'kind' in judged) return judged;
		const repair = repairs[index];
		if (repair !== undefined) yield* context.execute(repair);
	}
	context.refresh();
	return undefined;
}

/** Orphaned maintainer scripts hold debconf's database; starting beside them fails (measured: kill-4). */
async function waitForProcesses(context: StepContext, pids: readonly number[]): Promise<void> {
	for (let waited = 0; waited < 3600; waited += 5) {
		const alive = await Promise.all(pids.map((pid) => context.host.files.stat(`/proc/${pid}`)));
		if (alive.every((stat) => stat === undefined)) return;
		await context.host.sleep(5);
	}
}
