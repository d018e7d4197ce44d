import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from './child.js';

/** Between the request to end and the kill, and between the kill and giving up on a process that even that cannot end. */
const graceMilliseconds = 2000;

/**
 * Ends the whole process group, gently first. Returns when its first process is gone, or when not even SIGKILL ends
 * it: a `zpool` command hangs in the kernel as long as its pool is suspended.
 */
export async function terminate(child: Child): Promise<void> {
	const gone = child.ended.catch(() => undefined);
	child.kill('SIGTERM');
	await Promise.race([gone, sleep(graceMilliseconds, undefined, { ref: false })]);
	// Also after the first process obeyed: its descendants may not have.
	child.kill('SIGKILL');
	await Promise.race([gone, sleep(graceMilliseconds, undefined, { ref: false })]);
}

/** Never resolves for `Infinity`, nor after `signal` aborted. */
export function afterSeconds(seconds: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		if (!Number.isFinite(seconds)) return;
		// setTimeout counts in 32 bits: what is longer would fire at once.
		const timer = setTimeout(resolve, Math.min(seconds * 1000, 2 ** 31 - 1));
		signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
	});
}
