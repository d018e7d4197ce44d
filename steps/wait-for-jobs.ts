import { readRunningJobs } from '../src/jobs/find-jobs.js';
import type { StepContext, StepOutcome, StepRun } from './step.js';

/** Seconds between two looks at sends and receives that were running. */
const pollSeconds = 5;
const patienceSeconds = 4 * 3600;

function failed(what: string, why: string, todo: readonly string[]): StepOutcome {
	return { kind: 'failed', rollbackNeeded: false, failure: { what, why, todo } };
}

/**
 * Lets running sends and receives finish: killing one leaves the other side with half a snapshot. Returns how the step
 * ends where that cannot be waited for.
 */
export async function* waitForRunningJobs(context: StepContext): StepRun<StepOutcome | undefined> {
	const since = context.host.now();
	let told: string | undefined;
	for (;;) {
		const running = await readRunningJobs(context.host);
		if (!running.known) {
			return failed('The running processes could not be read.', `${running.why}. A send may be at work.`, [
				'Look at: ps',
			]);
		}
		if (running.value.length === 0) return undefined;
		const names = running.value.map((job) => `${job.name} (pid ${job.pid})`).join(', ');
		if (context.host.now() - since > patienceSeconds) {
			return failed('A send or receive is still running after four hours.', `${names}: the upgrade does not kill it.`, [
				`End it or let it finish, then go on with: ${context.ownCommands.resumeCommand}`,
			]);
		}
		if (names !== told) yield { type: 'log', level: 'info', text: `Waiting for ${names} to finish; it is not killed.` };
		told = names;
		await context.host.sleep(pollSeconds);
	}
}
