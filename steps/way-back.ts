import type { Interruption, SetChange } from '../src/packages/package-manager.js';
import { type PlannedCommand, plan as planCommand } from '../src/plan/planned-command.js';
import { initramfsCommands } from './initramfs.js';
import { moduleCommands } from './module-of-kernels.js';
import { backChange, packageManager } from './package-set.js';
import type { RollbackStage, RollbackTime, StepContext } from './step.js';
import { findInterruption } from './wait-for-manager.js';

/**
 * The old packages again, from the files that were kept.
 * @param mayBeHalf the transaction that brought the new ones has not come to its end, as far as is recorded
 */
export async function wholeSetBack(
	context: StepContext,
	when: RollbackTime,
	mayBeHalf: boolean,
): Promise<readonly RollbackStage[]> {
	const { fromVersion, fromUpstream, route } = context.plan();
	const change = backChange(context);
	if (change === undefined) return [withoutFiles(fromVersion)];
	const found = when === 'ahead' ? undefined : await findInterruption(context);
	const interruption = when === 'ahead' && mayBeHalf ? await foreseeInterruption(context) : found;
	const transactions = interruption === undefined ? [transactionBack(context, change)] : mending(interruption, change);
	// A module that comes with the kernel is not among the packages: its way back is the old kernel.
	const bringsModule = route !== 'kernel-package';
	return [
		{
			title: `Bring the userspace${bringsModule ? ' and the module' : ''} back to ${fromVersion}`,
			undoes: bringsModule ? ['userspace', 'smoke-test', 'verify', 'reboot', 'module'] : ['userspace', 'smoke-test'],
			why: 'One transaction with the kept package files; it needs no archive. Configuration files of yours stay.',
			commands: [
				...transactions,
				...moduleCommands(context, 'rollback', fromUpstream),
				...initramfsCommands(context, 'rollback'),
			],
			...(interruption === undefined ? {} : { mayFail: ['rollback.configure', 'rollback.clear'] }),
			rebootAfter: bringsModule,
			notes: [
				...(interruption === undefined ? [] : [lookFirst]),
				'A pool whose features were enabled since cannot be imported by the old version: zpool upgrade must not have been run.',
			],
		},
	];
}

/** apt may mend what is broken by removing; in a file nobody judges what it is about to do. */
const lookFirst =
	'If dpkg was interrupted, see first what apt-get would do, with --simulate added: it must not remove anything.';

function withoutFiles(version: string): RollbackStage {
	return {
		title: 'Bring the old packages back',
		undoes: ['userspace'],
		why: `No package files of ${version} were kept.`,
		commands: [],
		rebootAfter: false,
		notes: [`Get the .deb files of ${version} and install them all in one apt-get install --allow-downgrades.`],
	};
}

function transactionBack(context: StepContext, change: SetChange): PlannedCommand {
	return planCommand(
		'rollback.transaction',
		`Install the kept packages of ${context.plan().fromVersion}`,
		packageManager.transactionCommand(change),
		{ mode: 'detached', inhibitShutdown: true, expectedSeconds: 900 },
	);
}

/** Whatever may be half or doubly there when the host goes down in the middle of the transaction. */
async function foreseeInterruption(context: StepContext): Promise<Interruption> {
	const { packages } = await context.facts();
	return {
		running: [],
		incomplete: packages.installed.known ? packages.installed.value : [],
		libraries: context.plan().packagesNew,
		isDatabaseInterrupted: true,
		unfinished: undefined,
	};
}

/** What apt needs after an interruption: see `planRecovery`. Nothing to mend: it does no harm. */
function mending(interruption: Interruption, change: SetChange): readonly PlannedCommand[] {
	return packageManager.planRecovery({ ...interruption, running: [] }, change).flatMap((step) => {
		if (step.kind === 'wait') return [];
		const id =
			step.change === undefined
				? `rollback.${step.command.argv.includes('--remove') ? 'clear' : 'configure'}`
				: 'rollback.transaction';
		return [planCommand(id, step.why, step.command, { mode: 'detached', inhibitShutdown: true, expectedSeconds: 900 })];
	});
}
