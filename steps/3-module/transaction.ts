import { succeeded } from '../../src/host/host.js';
import type { SetChange } from '../../src/packages/package-manager.js';
import { type PlannedCommand, plan as planCommand } from '../../src/plan/planned-command.js';
import { commandFailure } from '../command-failure.js';
import { initramfsCommands } from '../initramfs.js';
import { moduleCommands } from '../module-of-kernels.js';
import { forwardChange, packageManager } from '../package-set.js';
import type { RollbackStage, StepContext, StepOutcome, StepRun } from '../step.js';
import { findInterruption, heldUp, waitForPackageManager } from '../wait-for-manager.js';

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

export function commandsByTransaction(context: StepContext): readonly PlannedCommand[] {
	const { targetUpstream } = context.plan();
	return [
		transaction(context),
		...moduleCommands(context, 'module', targetUpstream),
		...initramfsCommands(context, 'module'),
	];
}

/** One transaction; whether it did its work is for the proof of the module to say. */
export async function* upgradeByTransaction(context: StepContext): StepRun<StepOutcome | undefined> {
	const busy = yield* waitForPackageManager(context);
	if (busy !== undefined) return busy;
	const commands = commandsByTransaction(context);
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

/** Booting the previous kernel is the way back of a module that came with a kernel. */
export async function rollbackByTransaction(context: StepContext): Promise<readonly RollbackStage[]> {
	const { route } = context.plan();
	const { from, steps } = context.state();
	if (route !== 'kernel-package' || steps.module.status === 'pending' || steps.userspace.status !== 'pending')
		return [];
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
