import { succeeded } from '../src/host/host.js';
import { advanceProgress, beginProgress, type TransactionProgress } from '../src/packages/apt/transaction-progress.js';
import { isInstalled } from '../src/packages/dkms/tree.js';
import type { Transaction } from '../src/packages/package-manager.js';
import { type PlannedCommand, plan as planCommand } from '../src/plan/planned-command.js';
import { proveModules } from './3-module/prove.js';
import { initramfsCommands } from './initramfs.js';
import { moduleCommands } from './module-of-kernels.js';
import { forwardChange, packageManager, prepareSetFiles } from './package-set.js';
import { translating } from './progress.js';
import { type JudgedChange, recoverTransaction, simulateJudged } from './recover-transaction.js';
import type { Failure, Probe, RollbackStage, RollbackTime, Step, StepContext, StepOutcome, StepRun } from './step.js';
import { findInterruption, heldUp, waitForPackageManager } from './wait-for-manager.js';
import { wholeSetBack } from './way-back.js';

function transactionCommand(context: StepContext): PlannedCommand {
	return planCommand(
		'userspace.transaction',
		`Upgrade the whole OpenZFS set to ${context.plan().targetVersion} in one transaction`,
		packageManager.transactionCommand(forwardChange(context)),
		{ mode: 'detached', inhibitShutdown: true, expectedSeconds: 900 },
	);
}

/** Every package of the set has to come along. */
function wholeSet(context: StepContext): JudgedChange {
	return { change: forwardChange(context), isMeant: () => true };
}

function failed(failure: Failure, rollbackNeeded = false): StepOutcome {
	return { kind: 'failed', failure, rollbackNeeded };
}

function restartZedCommand(): PlannedCommand {
	return planCommand('userspace.restart-zed', 'Restart the event daemon, so that it runs the new code', {
		argv: ['systemctl', 'try-restart', 'zfs-zed.service'],
	});
}

function moduleCommandId(kernel: string): string {
	return `userspace.dkms-install.${kernel}`;
}

/** Kernels of the plan that the package has built the module for. */
async function builtKernels({ host, plan }: StepContext): Promise<readonly string[]> {
	const { kernels, targetUpstream } = plan();
	const isThere = await Promise.all(kernels.map((kernel) => isInstalled(host, targetUpstream, kernel)));
	return kernels.filter((_, index) => isThere[index]);
}

async function commands(context: StepContext): Promise<readonly PlannedCommand[]> {
	return [
		transactionCommand(context),
		...moduleCommands(context, 'userspace', context.plan().targetUpstream),
		...initramfsCommands(context, 'userspace'),
		restartZedCommand(),
	];
}

async function probe(context: StepContext): Promise<Probe> {
	const { packages, versions } = await context.facts();
	const { targetVersion } = context.plan();
	if (!packages.installed.known)
		return { state: 'partial', evidence: `The packages could not be read: ${packages.installed.why}` };
	const set = packages.installed.value;
	const behind = set.filter((one) => one.version !== targetVersion || !one.isComplete);
	if (behind.length > 0) {
		const named = behind.map((one) => `${one.name} ${one.version} (${one.status})`).join(', ');
		return { state: behind.length === set.length ? 'todo' : 'partial', evidence: `Not at ${targetVersion}: ${named}.` };
	}
	const proofs = proveModules(await context.facts(), context.plan());
	const bad = proofs.filter((proof) => proof.problems.length > 0);
	if (bad.length > 0)
		return {
			state: 'partial',
			evidence: bad.map((proof) => `${proof.kernel}: ${proof.problems.join('; ')}`).join('. '),
		};
	const { route, kernels, initramfsTool } = context.plan();
	const rebuilt = context.state().evidence.initramfsRebuilt ?? [];
	const stale =
		route === 'one-transaction' || initramfsTool === 'none' ? [] : kernels.filter((one) => !rebuilt.includes(one));
	if (stale.length > 0) {
		const evidence = `The packages are at ${targetVersion}; the initramfs is not rebuilt with their tools yet: ${stale.join(', ')}.`;
		return { state: 'partial', evidence };
	}
	const userspace = versions.userspace.known ? versions.userspace.value.full : 'unknown';
	return userspace === targetVersion
		? { state: 'done', evidence: `${set.length} packages and the tools are at ${targetVersion}.` }
		: { state: 'partial', evidence: `The packages are at ${targetVersion}, but the tools say ${userspace}.` };
}

/** Naming a package in a transaction marks it as wanted for itself (measured); what was automatic stays so. */
async function keepAutomatic(context: StepContext): Promise<readonly PlannedCommand[]> {
	const automatic = await packageManager.readAutomatic(context.host);
	const [first, ...rest] = context.plan().packages.filter((name) => automatic.known && automatic.value.includes(name));
	if (first === undefined) return [];
	const command = packageManager.markAutomaticCommand([first, ...rest]);
	return [planCommand('userspace.keep-automatic', 'Mark as automatically installed what was so before', command)];
}

function transactionProgress(transaction: Transaction) {
	let progress: TransactionProgress = beginProgress(transaction);
	return (line: string) => {
		const next = advanceProgress(progress, line);
		if (next === progress) return undefined;
		progress = next;
		return [
			{ type: 'output' as const, commandId: 'userspace.transaction', stream: 'stdout' as const, line },
			{
				type: 'progress' as const,
				id: 'userspace.transaction',
				label: 'Packages',
				done: next.done,
				total: next.total,
				unit: 'items' as const,
				stage: next.stage,
			},
		];
	};
}

/** apt ended without having begun: its own wait for the lock was over, or it could not fetch or unpack anything. */
async function* nothingDone(context: StepContext): StepRun<StepOutcome> {
	const busy = await heldUp(context);
	if (busy !== undefined) return busy;
	yield { type: 'facts', facts: await context.facts() };
	return failed({
		what: 'The package transaction changed nothing.',
		why: 'The new module runs with the old tools, as before. What apt said is above and in the log.',
		todo: [
			`See what it said: ${context.ownCommands.commandLine('log')}`,
			`Mend the cause, then go on with: ${context.ownCommands.resumeCommand}`,
		],
	});
}

async function* run(context: StepContext): StepRun<StepOutcome> {
	if (context.plan().route === 'one-transaction') {
		const seen = await probe(context);
		return seen.state === 'done'
			? { kind: 'skipped', why: 'The userspace came with the module in one transaction.' }
			: failed(
					{
						what: 'The userspace is not at the target version.',
						why: seen.evidence,
						todo: [`The way back: ${context.ownCommands.commandLine('rollback')}`],
					},
					true,
				);
	}
	await prepareSetFiles(context);
	const before = await probe(context);
	if (before.state !== 'done') {
		const busy = yield* waitForPackageManager(context);
		if (busy !== undefined) return busy;
		const interruption = await findInterruption(context);
		if (interruption !== undefined) {
			const end = yield* recoverTransaction(context, 'userspace', interruption, wholeSet(context));
			if (end !== undefined) return end;
		}
		const transaction = await simulateJudged(context, wholeSet(context));
		if ('kind' in transaction) return transaction;
		const removed = transaction.remove.map((one) => one.name);
		const all = [...(await commands(context)), ...(await keepAutomatic(context))];
		const answer = yield* context.ask({
			id: 'userspace.approve',
			kind: 'confirm',
			title: `Upgrade the userspace to OpenZFS ${context.plan().targetUpstream}?`,
			body: [
				`${transaction.upgrade.length} packages are upgraded, ${transaction.install.length} come new, ${removed.length} go${removed.length > 0 ? ` (${removed.join(', ')}: replaced by the new libraries)` : ''}.`,
				'The kernel module is built once more by the package; that takes as long as before.',
				'Closing this terminal does not stop it.',
			],
			commands: all,
		});
		if (answer.value !== true) {
			return {
				kind: 'waiting',
				waitingFor: 'administrator',
				text: 'The userspace upgrade was declined; the new module runs with the old tools.',
			};
		}
		let needless: readonly string[] = [];
		const carriedOut: string[] = [];
		for (const command of all) {
			if (needless.includes(command.id)) continue;
			const running = context.execute(command);
			if (command.id !== 'userspace.transaction') {
				const { results } = yield* running;
				if (results.every(succeeded)) carriedOut.push(command.id);
				continue;
			}
			const { results } = yield* translating(running, transactionProgress(transaction));
			context.refresh();
			if (!results.every(succeeded) && (await probe(context)).state === 'todo') return yield* nothingDone(context);
			needless = (await builtKernels(context)).map(moduleCommandId);
		}
		context.refresh();
		const rebuilt = context.plan().kernels.filter((kernel) => carriedOut.includes(`userspace.initramfs.${kernel}`));
		await context.record({ initramfsRebuilt: rebuilt });
	}
	const after = await probe(context);
	yield { type: 'facts', facts: await context.facts() };
	if (after.state === 'done') return { kind: 'done', evidence: after.evidence };
	return failed(
		{
			what: 'The userspace upgrade is not complete.',
			why: after.evidence,
			todo: [
				'Do not reboot.',
				`An interrupted transaction is mended by: ${context.ownCommands.resumeCommand}`,
				`Or go back: ${context.ownCommands.commandLine('rollback')}`,
			],
		},
		true,
	);
}

async function rollback(context: StepContext, when: RollbackTime = 'now'): Promise<readonly RollbackStage[]> {
	const { status } = context.state().steps.userspace;
	if (status === 'pending') return [];
	return wholeSetBack(context, when, status !== 'done' && status !== 'skipped');
}

/** Step 6: the tools follow the module, in one transaction that removes nothing that was not agreed to. */
export const userspace: Step = {
	id: 'userspace',
	title: 'Upgrade userspace',
	purpose:
		'Upgrades the whole set of OpenZFS packages in one transaction that goes on even if this terminal closes, rebuilds ' +
		'the initramfs, restarts the event daemon, and reads the result from the host.',
	plan: commands,
	probe,
	run,
	rollback,
	isInterrupted: async (context) => (await findInterruption(context)) !== undefined,
};
