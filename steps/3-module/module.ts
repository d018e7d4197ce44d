import type { PlannedCommand } from '../../src/plan/planned-command.js';
import type { Failure, Probe, RollbackStage, RollbackTime, Step, StepContext, StepOutcome, StepRun } from '../step.js';
import { findInterruption } from '../wait-for-manager.js';
import { buildAhead, commandsAhead } from './dkms-ahead.js';
import { rollbackAhead } from './dkms-way-back.js';
import { proveModules } from './prove.js';
import { commandsByTransaction, rollbackByTransaction, upgradeByTransaction } from './transaction.js';

/** The routes that bring the module by a package transaction of their own. */
function isByTransaction(context: StepContext): boolean {
	return context.plan().route !== 'dkms-ahead';
}

/** The route's package transaction was begun and not brought to its end. */
async function isHalf(context: StepContext): Promise<boolean> {
	return isByTransaction(context) && (await findInterruption(context)) !== undefined;
}

/** A kernel that brings the module, and that the next boot would not start as far as the boot loader's files say. */
async function otherKernel(context: StepContext): Promise<string | undefined> {
	const { route, bootKernel } = context.plan();
	if (route !== 'kernel-package' || context.state().steps.reboot.status !== 'pending') return undefined;
	const { nextKernel } = (await context.facts()).boot;
	if (!nextKernel.known || nextKernel.value === bootKernel) return undefined;
	return `The next boot starts kernel ${nextKernel.value}, not ${bootKernel} (${nextKernel.source}).`;
}

async function plan(context: StepContext): Promise<readonly PlannedCommand[]> {
	return isByTransaction(context) ? commandsByTransaction(context) : commandsAhead(context);
}

async function probe(context: StepContext): Promise<Probe> {
	const proofs = proveModules(await context.facts(), context.plan());
	const evidence = proofs.map((proof) => proof.evidence).join('. ');
	const other = await otherKernel(context);
	if (other !== undefined) return { state: 'partial', evidence: `${other} ${evidence}` };
	if (proofs.every((proof) => proof.problems.length === 0)) {
		return (await isHalf(context))
			? { state: 'partial', evidence: `The package transaction has not come to its end. ${evidence}` }
			: { state: 'done', evidence };
	}
	return { state: context.state().evidence.moduleSource === undefined ? 'todo' : 'partial', evidence };
}

const initramfsAdvice =
	'See why the initramfs was built without the new module (/etc/initramfs-tools/modules, hooks, room in /boot), then rebuild it: update-initramfs -u -k all';

/** The last word before a reboot: what is on the disk and in the initramfs, read anew. */
async function prove(context: StepContext): Promise<Failure | undefined> {
	context.refresh();
	const { bootKernel, targetUpstream } = context.plan();
	const proofs = proveModules(await context.facts(), context.plan());
	const boot = proofs.find((proof) => proof.kernel === bootKernel);
	const bad = proofs.filter((proof) => proof.problems.length > 0);
	const other = await otherKernel(context);
	if (other !== undefined) {
		return {
			what: other,
			why: 'It would come up with the old module.',
			todo: ['Let it start the new one: update-grub', `Then go on with: ${context.ownCommands.resumeCommand}`],
		};
	}
	if (bad.length === 0 && boot !== undefined) {
		return (await isHalf(context)) ? unfinished(context) : undefined;
	}
	return {
		what: `It is not proven that OpenZFS ${targetUpstream} would load after a reboot.`,
		why: bad.map((proof) => `Kernel ${proof.kernel}: ${proof.problems.join('; ')}.`).join(' '),
		todo: [
			'Do not reboot.',
			...(bad.some(({ problems }) => problems.some((problem) => problem.startsWith('the initramfs holds')))
				? [initramfsAdvice]
				: []),
			`Mend what is named above, then go on with: ${context.ownCommands.resumeCommand}`,
			`Or go back: ${context.ownCommands.commandLine('rollback')}`,
		],
	};
}

function unfinished({ ownCommands }: StepContext): Failure {
	return {
		what: 'The package transaction has not come to its end.',
		why: 'Packages are unpacked and not set up: after a reboot the tools may not work.',
		todo: ['Do not reboot.', `It is mended by: ${ownCommands.resumeCommand}`],
	};
}

async function* run(context: StepContext): StepRun<StepOutcome> {
	const before = await probe(context);
	if (before.state === 'done') {
		return { kind: 'done', evidence: before.evidence };
	}
	const failed = yield* isByTransaction(context) ? upgradeByTransaction(context) : buildAhead(context);
	if (failed !== undefined) {
		return failed;
	}
	yield { type: 'log', level: 'info', text: 'Looking into the module files and into each initramfs.' };
	const failure = await prove(context);
	yield { type: 'facts', facts: await context.facts() };
	if (failure !== undefined) {
		return { kind: 'failed', failure, rollbackNeeded: true };
	}
	return { kind: 'done', evidence: (await probe(context)).evidence };
}

async function rollback(context: StepContext, when: RollbackTime = 'now'): Promise<readonly RollbackStage[]> {
	return isByTransaction(context) ? rollbackByTransaction(context, when) : rollbackAhead(context, when);
}

/** Step 3: bring the new module beside the old one and prove, before any reboot, that it will load. */
export const module: Step = {
	id: 'module',
	title: 'Upgrade the kernel module',
	purpose:
		'Builds and installs the new kernel module for the kernels of this host, rebuilds their initramfs, and proves ' +
		'that the module of the target version is on the disk and inside the initramfs before anything reboots.',
	plan,
	probe,
	run,
	rollback,
	isInterrupted: isHalf,
};
