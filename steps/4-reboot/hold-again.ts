import type { Finding } from '../../src/checks/finding.js';
import { jobKinds } from '../../src/checks/kinds/jobs.js';
import { succeeded } from '../../src/host/host.js';
import { quoteForDisplay } from '../../src/host/text.js';
import { findOwnJobs } from '../../src/jobs/find-jobs.js';
import { findUnheldJobs } from '../../src/jobs/find-unheld.js';
import { writeStagedFiles } from '../../src/jobs/hold.js';
import { type HoldPlan, planHold } from '../../src/jobs/hold-jobs.js';
import type { ReplicationJob } from '../../src/jobs/job.js';
import type { PlannedCommand } from '../../src/plan/planned-command.js';
import { shellText } from '../../src/plan/shell-text.js';
import { holdPackagesCommand } from '../2-backup/keep-packages.js';
import { commandFailure } from '../command-failure.js';
import { holdingRun } from '../holding-run.js';
import type { HeldPackages } from '../run-state.js';
import type { StepContext, StepEvent, StepOutcome, StepRun } from '../step.js';
import { waitForRunningJobs } from '../wait-for-jobs.js';

/** When everything must be on hold again, in words that fit. */
export interface HoldOccasion {
	readonly questionId: string;
	/** `before the reboot` */
	readonly when: string;
	/** How it comes that something is not on hold. */
	readonly since: string;
	readonly declined: string;
	/** To be put on hold with the jobs. */
	readonly packages?: HeldPackages;
}

const beforeReboot: HoldOccasion = {
	questionId: 'reboot.hold-again',
	when: 'before the reboot',
	since: 'Let go or set up since step 2',
	declined: 'Not rebooted: jobs would run before the halves match.',
};

/** Jobs that may run: a missed timer would fire in the very boot that comes now. */
function unpaused(
	jobs: readonly ReplicationJob[],
	plan: HoldPlan,
	{ when }: HoldOccasion,
	isIgnored: boolean,
): Finding {
	const { id, why, source } = jobKinds.unpaused;
	const argvs = plan.commands.flatMap(({ work }) => work.commands.map(({ argv }) => argv));
	return {
		id,
		severity: 'blocker',
		title: `Not on hold ${when}: ${jobs.map(({ name }) => name).join(', ')}`,
		detail: `${jobs.map(({ name, runs }) => `${name} runs ${runs}`).join('; ')}. ${why}`,
		remediation: [
			{ text: 'Say yes to the next question: it holds them again. By hand that is:', commands: argvs },
			{
				text: 'Or let them run in the new boot all the same.',
				commands: [['zfs-lockstep', '--ignore-check', id]],
			},
		],
		source,
		...(isIgnored && { ignored: true as const }),
	};
}

async function* hold(
	context: StepContext,
	plan: HoldPlan,
	packages: HeldPackages | undefined,
): StepRun<StepOutcome | undefined> {
	await writeStagedFiles(context.host, plan.stagedFiles);
	// Recorded before the first is put on hold: an interruption must not leave a hold that nobody knows of.
	await context.record({ heldJobs: plan.held, ...(packages === undefined ? {} : { heldPackages: packages }) });
	for (const command of [...plan.commands, ...holdCommands(packages)]) {
		const failed = yield* carryOut(context, command);
		if (failed !== undefined) return failed;
	}
	const unfinished = yield* waitForRunningJobs(context);
	if (unfinished !== undefined) return unfinished;
	for (const command of plan.stopCommands) {
		const failed = yield* carryOut(context, command);
		if (failed !== undefined) return failed;
	}
	return undefined;
}

async function* carryOut(
	context: StepContext,
	command: HoldPlan['commands'][number],
): StepRun<StepOutcome | undefined> {
	const { results } = yield* context.execute(command);
	const bad = results.find((result) => !succeeded(result));
	if (bad === undefined) return undefined;
	return {
		kind: 'failed',
		rollbackNeeded: false,
		failure: commandFailure(command, bad, {
			why: 'The job would run in the new boot, before both halves match. Nothing was rebooted.',
			todo: [`Do it by hand: ${shellText(command.work)}`, `Then go on with: ${context.ownCommands.resumeCommand}`],
		}),
	};
}

function holdCommands(packages: HeldPackages | undefined): readonly PlannedCommand[] {
	const command = packages === undefined ? undefined : holdPackagesCommand(packages);
	return command === undefined ? [] : [command];
}

/** Looks whether every job is on hold, and holds again what is not. Returns how the step ends where it is not. */
export async function* holdAgain(
	context: StepContext,
	occasion: HoldOccasion = beforeReboot,
): StepRun<StepOutcome | undefined> {
	const found = await findUnheldJobs(context.host, findOwnJobs);
	if (!found.known) {
		const text = `The jobs of this host could not be read (${found.why}): see by hand that replication, pruning and scrubs are paused.`;
		const event: StepEvent = { type: 'log', level: 'warning', text };
		yield event;
		return undefined;
	}
	const { packages } = occasion;
	const jobs = found.value.filter(({ kind }) => kind !== 'running');
	if (jobs.length === 0 && holdCommands(packages).length === 0) return undefined;
	const plan = planHold(jobs, holdingRun(context), context.state().evidence.heldJobs ?? []);
	const isIgnored = context.options.ignoredChecks.includes(jobKinds.unpaused.id);
	if (jobs.length > 0) yield { type: 'finding', finding: unpaused(jobs, plan, occasion, isIgnored) };
	if (isIgnored) return undefined;
	const what = jobs.length === 1 ? 'this job' : `these ${jobs.length} jobs`;
	const answer = yield* context.ask({
		id: occasion.questionId,
		kind: 'confirm',
		title: `Put ${packages === undefined ? what : 'packages and jobs'} on hold again ${occasion.when}?`,
		body: [
			`${occasion.since}: ${jobs.map(({ name }) => name).join(', ') || 'packages only'}.`,
			'Without a hold they may run in the new boot while the halves differ; they are let go at the end.',
		],
		commands: [...plan.commands, ...holdCommands(packages), ...plan.stopCommands],
	});
	if (answer.value === true) return yield* hold(context, plan, packages);
	return {
		kind: 'waiting',
		waitingFor: 'administrator',
		text: `${occasion.declined} To go on all the same: ${quoteForDisplay(context.ownCommands.argumentsOf(['zfs-lockstep', '--ignore-check', jobKinds.unpaused.id]))}`,
	};
}
