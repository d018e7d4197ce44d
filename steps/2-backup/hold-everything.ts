import { quoteForDisplay } from '../../src/host/text.js';
import { findJobs } from '../../src/jobs/find-jobs.js';
import { type HoldPlan, planHold } from '../../src/jobs/hold-jobs.js';
import { holdingRun } from '../holding-run.js';
import type { HeldPackages } from '../run-state.js';
import type { StepContext, StepOutcome } from '../step.js';
import { failed } from './fail.js';
import { choosePackageHolds } from './keep-packages.js';

/** What this run holds of the OpenZFS and kernel packages; what the administrator holds stays hers. */
export async function packageHolds(context: StepContext): Promise<HeldPackages> {
	const recorded = context.state().evidence.heldPackages;
	const { packages } = await context.facts();
	if (recorded !== undefined && !packages.installed.known) return recorded;
	const set = packages.installed.known ? packages.installed.value : [];
	const kernels = packages.kernelPackages.known ? packages.kernelPackages.value : [];
	if (recorded !== undefined) {
		// Done again after the package transaction: a library that it replaced cannot be held any more.
		const names = new Set([...set, ...kernels].map(({ name }) => name));
		return { ...recorded, ours: recorded.ours.filter((name) => names.has(name)) };
	}
	return choosePackageHolds([...set, ...kernels], set);
}

/** With the reason why the jobs of the host could not be read. */
type JobsToHold = HoldPlan & { readonly unread?: string };

/** Every job of the host with what holds it; those that an earlier try held stay recorded. */
export async function jobsToHold(context: StepContext): Promise<JobsToHold> {
	const jobs = await findJobs(context.host);
	const recorded = context.state().evidence.heldJobs;
	if (jobs.known) return planHold(jobs.value, holdingRun(context), recorded);
	const unread = `The jobs of this host could not be read (${jobs.why}): pause replication, pruning and scrubs by hand.`;
	return { ...planHold([], holdingRun(context), recorded), notHeld: [unread], unread: jobs.why };
}

const ignoring = ['zfs-lockstep', '--ignore-check', 'jobs.unreadable'];

/** A job that nobody knows of would run while the halves differ; a mounted system runs none. */
export function stopForUnread(context: StepContext, { unread }: JobsToHold): StepOutcome | undefined {
	const isAgreed = context.options.ignoredChecks.includes('jobs.unreadable');
	if (unread === undefined || isAgreed || context.host.kind === 'alternate-root') return undefined;
	return failed(
		'The jobs of this host could not be read, so none can be put on hold.',
		`${unread}. Replication or pruning would go on while userspace and module differ. Nothing was changed.`,
		[
			`Mend the cause, or wait until the host is less busy; then go on with: ${context.ownCommands.resumeCommand}`,
			`Or pause such jobs by hand and go on with: ${quoteForDisplay(context.ownCommands.argumentsOf(ignoring))}`,
		],
	);
}

/** For the question: which jobs are put on hold. */
export function describeHeld({ held, unread }: JobsToHold): readonly string[] {
	const names = held.map(({ name }) => name).join(', ');
	if (names !== '') return [`On hold over the reboot and released at the end: ${names}.`];
	return unread === undefined ? ['No replication, pruning or scrub job was found.'] : [];
}
