import { packageManager } from './package-set.js';
import type { StepContext, StepOutcome, StepRun } from './step.js';

/** Seconds between two looks, and after which the run gives up. Unattended upgrades take minutes. */
const pollSeconds = 10;
const patienceSeconds = 300;

/** Who is at work with the package manager; undefined: nobody, or it cannot be read, which the checks tell. */
async function findOther({ host }: StepContext): Promise<string | undefined> {
	const [holder, interruption] = [
		await packageManager.readLockHolder(host),
		await packageManager.readInterruption(host),
	];
	const running = interruption.known ? interruption.value.running : [];
	const [other] = [...(holder.known && holder.value !== undefined ? [holder.value] : []), ...running];
	return other === undefined ? undefined : `${other.command} (process ${other.pid})`;
}

/**
 * Waits until no other package manager is at work. Returns how the step ends where that takes too long: nothing was
 * begun, and a later start goes on here.
 */
export async function* waitForPackageManager(context: StepContext): StepRun<StepOutcome | undefined> {
	const since = context.host.now();
	let told: string | undefined;
	for (;;) {
		const other = await findOther(context);
		if (other === undefined) {
			if (told !== undefined) context.refresh();
			return undefined;
		}
		if (context.host.now() - since >= patienceSeconds) {
			return {
				kind: 'busy',
				text: `Another package manager is still at work after ${patienceSeconds / 60} minutes: ${other}.`,
			};
		}
		if (other !== told) {
			yield {
				type: 'log',
				level: 'warning',
				text: `Waiting for another package manager to finish: ${other}. It is not killed; after ${patienceSeconds / 60} minutes this gives up.`,
			};
			told = other;
		}
		await context.host.sleep(pollSeconds);
	}
}
