import { findOwnJobs } from '../src/jobs/find-jobs.js';
import { findUnheldJobs } from '../src/jobs/find-unheld.js';
import { writeStagedFiles } from '../src/jobs/hold.js';
import { planHold } from '../src/jobs/hold-jobs.js';
import type { HeldJob } from '../src/jobs/job.js';
import { resumeCommands } from '../src/jobs/resume-jobs.js';
import { type PlannedCommand, plan as planCommand } from '../src/plan/planned-command.js';
import { choosePackageHolds, holdPackagesCommand } from './2-backup/keep-packages.js';
import { type HoldOccasion, holdAgain } from './4-reboot/hold-again.js';
import { holdingRun } from './holding-run.js';
import { packageManager } from './package-set.js';
import type { HeldPackages } from './run-state.js';
import type { RollbackStage, StepContext, StepOutcome, StepRun } from './step.js';

/*
 * A finished run has let packages and jobs go. Its way back leads through a boot with halves that differ once more, so
 * they are put on hold for it as the run did, and let go at its end.
 */

/** Whether the way back brings packages back that a finished run has let go. */
function isDue(context: StepContext): boolean {
	const { steps, evidence } = context.state();
	if (steps.userspace.status === 'pending' || evidence.heldPackages === undefined) return false;
	return steps['smoke-test'].status === 'done' || holdsNothing(context);
}

function holdsNothing({ state }: StepContext): boolean {
	const { heldPackages, heldJobs = [] } = state().evidence;
	return (heldPackages?.ours ?? []).length === 0 && heldJobs.length === 0;
}

/** Those that are there before and after: a library that the way back replaces cannot be released any more. */
async function packagesToHold(context: StepContext): Promise<HeldPackages> {
	const { heldPackages, savedPackages = [] } = context.state().evidence;
	// An earlier try was interrupted: what is on hold since is ours.
	if (heldPackages !== undefined && heldPackages.ours.length > 0) return heldPackages;
	const { packages } = await context.facts();
	const set = packages.installed.known ? packages.installed.value : [];
	const kernels = packages.kernelPackages.known ? packages.kernelPackages.value : [];
	const stay = set.filter(({ name }) => savedPackages.some((saved) => saved.name === name));
	return choosePackageHolds([...stay, ...kernels], stay);
}

/** The two ends of the way back of a finished run, for reading: what goes on hold first, and is let go later. */
export interface WayBackHold {
	readonly hold: RollbackStage;
	/** Undefined where the record of an interrupted try says already what is let go. */
	readonly release: RollbackStage | undefined;
}

/** Undefined where nothing was let go. Writes what the commands install into the run's folder; else reads only. */
export async function describeWayBackHold(context: StepContext): Promise<WayBackHold | undefined> {
	if (!isDue(context)) return undefined;
	const found = await findUnheldJobs(context.host, findOwnJobs);
	const jobs = found.known ? found.value : [];
	const { commands, stopCommands, stagedFiles, held, notHeld } = planHold(jobs, holdingRun(context));
	const packages = await packagesToHold(context);
	const holding = holdPackagesCommand(packages);
	if (holding === undefined && commands.length === 0) return undefined;
	await writeStagedFiles(context.host, stagedFiles);
	const unread = found.known ? [] : [`The jobs could not be read (${found.why}): pause them by hand.`];
	return {
		hold: {
			title: 'Put packages and jobs on hold again',
			undoes: ['smoke-test'],
			why: 'The finished run has let them go, and the halves of OpenZFS differ on the way back.',
			commands: [...commands, ...(holding === undefined ? [] : [holding]), ...stopCommands],
			rebootAfter: false,
			notes: ['Let a send or receive that runs now come to its end first.', ...notHeld, ...unread],
		},
		release: holdsNothing(context) ? releaseStage(packages, held) : undefined,
	};
}

function releaseStage(packages: HeldPackages, jobs: readonly HeldJob[]): RollbackStage {
	const [first, ...rest] = packages.ours;
	const unhold = (names: readonly [string, ...string[]]): PlannedCommand =>
		planCommand(
			'finish.unhold-packages',
			'Release the package holds of the way back; yours stay',
			packageManager.unholdCommand(names),
		);
	return {
		title: 'Let packages and jobs go',
		undoes: ['backup'],
		why: 'They were put on hold for the way back only.',
		commands: [...(first === undefined ? [] : [unhold([first, ...rest])]), ...resumeCommands(jobs)],
		rebootAfter: false,
		notes: ['Not before both halves of OpenZFS match again: zfs --version'],
	};
}

/**
 * Asks, records and holds, before the way back begins. Returns how it ends where that was declined or failed.
 * @param onHeld called once everything is on hold
 */
export async function* holdForWayBack(
	context: StepContext,
	onHeld: () => Promise<void>,
): StepRun<StepOutcome | undefined> {
	if (!isDue(context)) return undefined;
	const occasion: HoldOccasion = {
		questionId: 'rollback.hold-again',
		when: 'for the way back',
		since: 'Let go at the end of the run',
		declined: 'Nothing was undone: jobs would run while the halves differ.',
		packages: await packagesToHold(context),
	};
	const end = yield* holdAgain(context, occasion);
	if (end === undefined) await onHeld();
	return end;
}
