import type { Interruption } from '../src/packages/package-manager.js';
import { packageManager } from './package-set.js';
import type { StepContext, StepOutcome, StepRun } from './step.js';

/** Seconds between two looks, and after which the run gives up. Unattended upgrades take minutes. */
const pollSeconds = 10;
const patienceSeconds = 300;

/**
 * What the package manager is at: somebody holds its lock, or a transaction broke off and its orphans may still run.
 * One that somebody is in the middle of looks broken off, too: whoever holds the lock counts first.
 */
interface AtWork {
	readonly other: string | undefined;
	readonly interruption: Interruption | undefined;
}

/** What cannot be read counts as nobody: the checks tell of it. */
async function readAtWork({ host }: StepContext): Promise<AtWork> {
	const holder = await packageManager.readLockHolder(host);
	const found = await packageManager.readInterruption(host);
	const name = ({ command, pid }: { readonly command: string; readonly pid: number }) => `${command} (process ${pid})`;
	if (holder.known && holder.value !== undefined) return { other: name(holder.value), interruption: undefined };
	if (!found.known) return { other: undefined, interruption: undefined };
	const { incomplete, isDatabaseInterrupted, running } = found.value;
	if (incomplete.length > 0 || isDatabaseInterrupted) return { other: undefined, interruption: found.value };
	const [first] = running;
	return { other: first === undefined ? undefined : name(first), interruption: undefined };
}

/** A transaction that broke off and that nobody is at work on. */
export async function findInterruption(context: StepContext): Promise<Interruption | undefined> {
	return (await readAtWork(context)).interruption;
}

/** How a step ends whose transaction did nothing because another package manager had the lock; undefined: not so. */
export async function heldUp(context: StepContext): Promise<StepOutcome | undefined> {
	const { other } = await readAtWork(context);
	return other === undefined
		? undefined
		: { kind: 'busy', text: `Another package manager had the lock, and nothing was changed: ${other}.` };
}

/**
 * Waits until no other package manager is at work. Returns how the step ends where that takes too long: nothing was
 * begun, and a later start goes on here.
 */
export async function* waitForPackageManager(context: StepContext): StepRun<StepOutcome | undefined> {
	const since = context.host.now();
	let told: string | undefined;
	for (;;) {
		const { other } = await readAtWork(context);
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
