import { succeeded } from '../../src/host/host.js';
import type { SetChange } from '../../src/packages/package-manager.js';
import { type PlannedCommand, plan as planCommand } from '../../src/plan/planned-command.js';
import { commandFailure } from '../command-failure.js';
import { initramfsCommands } from '../initramfs.js';
import { moduleCommands } from '../module-of-kernels.js';
import { forwardChange, packageManager } from '../package-set.js';
import { type JudgedChange, recoverTransaction, simulateJudged } from '../recover-transaction.js';
import type { RollbackStage, RollbackTime, StepContext, StepOutcome, StepRun } from '../step.js';
import { findInterruption, heldUp, waitForPackageManager } from '../wait-for-manager.js';
import { wholeSetBack } from '../way-back.js';

/** The routes on which the package manager itself brings the module: with the kernel, alone, or with everything. */
function moduleChange(context: StepContext): SetChange {
	const { route, modulePackage, kernelPackages, targetVersion } = context.plan();
	const base = { direction: 'forward', changeHeld: true, lockTimeoutSeconds: 600 } as const;
	switch (route) {
		case 'kernel-package':
			return { ...base, from: { kind: 'archive', packages: kernelPackages.map((name) => ({ name })) } };
		case 'module-package':
			return { ...base, from: { kind: 'archive', packages: [{ name: modulePackage, version: targetVersion }] } };
		default:
			return forwardChange(context);
	}
}

function transaction(context: StepContext): PlannedCommand {
	const { route, modulePackage, kernelPackages } = context.plan();
	const what =
		route === 'kernel-package'
			? kernelPackages.join(', ')
			: route === 'module-package'
				? modulePackage
				: 'the whole OpenZFS set';
	return planCommand(
		'module.transaction',
		`Upgrade ${what}`,
		packageManager.transactionCommand(moduleChange(context)),
		{
			mode: 'detached',
			inhibitShutdown: true,
			expectedSeconds: 900,
		},
	);
}

/** What the route's transaction has to bring to the target; with a kernel no package of the set comes along. */
function judgedChange(context: StepContext): JudgedChange {
	const { route, modulePackage } = context.plan();
	const isMeant = ({ name }: { readonly name: string }) =>
		route === 'one-transaction' || (route === 'module-package' && name === modulePackage);
	return { change: moduleChange(context), isMeant };
}

/** The kernel's package has it done already, but nobody syncs the menu: a power cut may have taken it. */
async function menuCommands(context: StepContext): Promise<readonly PlannedCommand[]> {
	const { packages } = await context.facts();
	const hasGrub = packages.grub.known && packages.grub.value !== undefined;
	if (context.plan().route !== 'kernel-package' || !hasGrub) return [];
	return [planCommand('module.boot-menu', 'Write the boot menu with the new kernel', { argv: ['update-grub'] })];
}

export async function commandsByTransaction(context: StepContext): Promise<readonly PlannedCommand[]> {
	const { targetUpstream } = context.plan();
	return [
		transaction(context),
		...moduleCommands(context, 'module', targetUpstream),
		...initramfsCommands(context, 'module'),
		...(await menuCommands(context)),
	];
}

/** One transaction; whether it did its work is for the proof of the module to say. */
export async function* upgradeByTransaction(context: StepContext): StepRun<StepOutcome | undefined> {
	const busy = yield* waitForPackageManager(context);
	if (busy !== undefined) return busy;
	const interruption = await findInterruption(context);
	if (interruption !== undefined) {
		const end = yield* recoverTransaction(context, 'module', interruption, judgedChange(context));
		if (end !== undefined) return end;
	}
	const judged = await simulateJudged(context, judgedChange(context));
	if ('kind' in judged) return judged;
	const commands = await commandsByTransaction(context);
	const isWhole = context.plan().route === 'one-transaction';
	const answer = yield* context.ask({
		id: 'module.approve',
		kind: 'confirm',
		title: isWhole
			? 'Upgrade module and userspace in one transaction?'
			: 'Upgrade the package that carries the kernel module?',
		body: [
			context.plan().reason,
			isWhole
				? 'The new tools work at once, the new module only after the reboot: reboot right afterwards.'
				: 'The running module changes only with the reboot.',
			'Closing this terminal does not stop it.',
		],
		commands,
	});
	if (answer.value !== true) {
		return {
			kind: 'waiting',
			waitingFor: 'administrator',
			text: 'The module upgrade was declined; nothing was changed.',
		};
	}
	for (const command of commands) {
		const { results } = yield* context.execute(command);
		const bad = results.find((result) => !succeeded(result));
		if (bad !== undefined && command.id === 'module.transaction' && (await findInterruption(context)) === undefined) {
			const busy = await heldUp(context);
			if (busy !== undefined) return busy;
		}
		if (bad !== undefined && command.id !== 'module.transaction') {
			return {
				kind: 'failed',
				rollbackNeeded: true,
				failure: commandFailure(command, bad, {
					why: 'A kernel or its initramfs may have no module, or the old one.',
					todo: ['Do not reboot.', `Mend the cause, then go on with: ${context.ownCommands.resumeCommand}`],
				}),
			};
		}
	}
	return undefined;
}

/** Where the tools have moved as well, the way back of step 6 takes the module along; but for a kernel's own. */
export async function rollbackByTransaction(
	context: StepContext,
	when: RollbackTime,
): Promise<readonly RollbackStage[]> {
	const { steps } = context.state();
	if (steps.module.status === 'pending') return [];
	const { route } = context.plan();
	if (route === 'kernel-package') return bootOldKernel(context);
	if (steps.userspace.status !== 'pending') return [];
	return wholeSetBack(context, when, steps.module.status !== 'done');
}

/** The previous kernel is the way back of a module that came with a kernel. */
function bootOldKernel(context: StepContext): readonly RollbackStage[] {
	const { from } = context.state();
	return [
		{
			title: `Boot kernel ${from.kernel} again`,
			undoes: ['reboot', 'verify', 'module'],
			why: 'The old module is part of the old kernel, which is still installed.',
			commands: [],
			rebootAfter: true,
			notes: [`Choose ${from.kernel} under "Advanced options" in the boot menu.`],
		},
	];
}
