import { addCommand, installCommand } from '../../src/packages/dkms/commands.js';
import { type DkmsEntry, readDkmsStatus } from '../../src/packages/dkms/status.js';
import { type PlannedCommand, plan as planCommand } from '../../src/plan/planned-command.js';
import { initramfsCommands } from '../initramfs.js';
import type { StepContext, StepOutcome, StepRun } from '../step.js';
import { build, dkmsBuild } from './build.js';
import { again, failed, need } from './fail.js';
import { clearTree, placeSource, sourceCommands, syncSource } from './module-source.js';

function dkmsAdd(context: StepContext): PlannedCommand {
	const { targetUpstream } = context.plan();
	return planCommand('module.dkms-add', `Tell DKMS of the source of ${targetUpstream}`, addCommand(targetUpstream));
}

function dkmsInstall(context: StepContext, kernel: string): PlannedCommand {
	const { targetUpstream } = context.plan();
	return planCommand(
		`module.dkms-install.${kernel}`,
		`Put the built module in place for kernel ${kernel}; the old one stays built in DKMS`,
		installCommand(targetUpstream, kernel),
		{ mode: 'detached', inhibitShutdown: true, expectedSeconds: 30 },
	);
}

/** Every command of the route, in order. */
export function commandsAhead(context: StepContext): readonly PlannedCommand[] {
	const { kernels } = context.plan();
	return [
		...sourceCommands(context),
		clearTree(context),
		syncSource(),
		dkmsAdd(context),
		...kernels.map((kernel) => dkmsBuild(context, kernel)),
		...kernels.map((kernel) => dkmsInstall(context, kernel)),
		...initramfsCommands(context, 'module'),
	];
}

/** What DKMS has of the target version; a failed reading is a failure of the step. */
async function entriesOf(context: StepContext): Promise<readonly DkmsEntry[] | StepOutcome> {
	const status = await readDkmsStatus(context.host);
	if (status.known && status.value !== undefined) {
		return status.value.filter((entry) => entry.module === 'zfs' && entry.version === context.plan().targetUpstream);
	}
	const why = status.known ? 'dkms is not installed' : status.why;
	return failed({
		what: 'The state of DKMS could not be read.',
		why: `${why}.`,
		todo: ['Look at: dkms status', again(context)],
	});
}

/** DKMS knows of the source, and says what it has built of it; or how the step ends. */
async function* addToDkms(context: StepContext): StepRun<readonly DkmsEntry[] | StepOutcome> {
	const first = await entriesOf(context);
	if (!('kind' in first) && first.length > 0) return first;
	for (const command of [clearTree(context), syncSource()]) {
		const end = yield* need(context, command);
		if (end !== undefined) return end;
	}
	const entries = 'kind' in first ? await entriesOf(context) : first;
	if ('kind' in entries || entries.length > 0) return entries;
	return (yield* need(context, dkmsAdd(context))) ?? entries;
}

/** Does what is missing, in order; returns how the step ends when something fails. */
export async function* buildAhead(context: StepContext): StepRun<StepOutcome | undefined> {
	const { kernels, targetUpstream, targetVersion } = context.plan();
	const answer = yield* context.ask({
		id: 'module.approve',
		kind: 'confirm',
		title: `Build and install the OpenZFS ${targetUpstream} module for ${kernels.length} kernel${kernels.length === 1 ? '' : 's'}?`,
		body: [
			`The source of ${targetVersion} is put beside the old one in DKMS. No package is changed.`,
			'A build takes ten to thirty minutes a kernel and goes on if this terminal closes.',
			'If it fails, nothing that boots was changed. Until the reboot the old module stays loaded.',
		],
		commands: commandsAhead(context),
	});
	if (answer.value !== true) {
		return {
			kind: 'waiting',
			waitingFor: 'administrator',
			text: 'The module build was declined; nothing was changed.',
		};
	}
	const placed = yield* placeSource(context);
	if (placed !== undefined) return placed;
	const entries = yield* addToDkms(context);
	if ('kind' in entries) return entries;
	for (const kernel of kernels) {
		if (entries.some((entry) => entry.kernel === kernel && entry.state !== 'broken')) continue;
		const end = yield* build(context, kernel);
		if (end !== undefined) return end;
	}
	for (const kernel of kernels) {
		const end = yield* need(context, dkmsInstall(context, kernel));
		if (end !== undefined) return end;
	}
	for (const command of initramfsCommands(context, 'module')) {
		const end = yield* need(context, command);
		if (end !== undefined) return end;
	}
	return undefined;
}
