import { parseSendProgress } from '../src/zfs/send.js';
import type { StepEvent, StepRun } from './step.js';

/**
 * Turns lines of output into something better while a command runs.
 * @param translate the events to show for a line; undefined leaves the line as it is
 */
export async function* translating<Result>(
	run: StepRun<Result>,
	translate: (line: string) => readonly StepEvent[] | undefined,
): StepRun<Result> {
	let answer: Parameters<typeof run.next>[0];
	try {
		for (;;) {
			const next = await run.next(answer);
			if (next.done === true) return next.value;
			const event = next.value;
			const better = event.type === 'output' ? translate(event.line) : undefined;
			answer = undefined;
			for (const one of better ?? [event]) {
				answer = yield one;
			}
		}
	} finally {
		await run.return(undefined as never);
	}
}

/**
 * Shows a `zfs send -vP` as one bar: bytes over all its snapshots, rate and time left, from what it says each second.
 * @param now seconds since the epoch
 */
export function sendProgress(
	id: string,
	label: string,
	now: () => number,
): (line: string) => readonly StepEvent[] | undefined {
	const startedAt = now();
	let total: bigint | undefined;
	let finished = 0n;
	let current: { readonly snapshot: string; readonly bytes: bigint } | undefined;
	return (line) => {
		const progress = parseSendProgress(line);
		if (progress === undefined) return /^(?:full|incremental)\t/.test(line) ? [] : undefined;
		if (progress.kind === 'size') {
			total = progress.bytes;
			return [];
		}
		if (current !== undefined && current.snapshot !== progress.snapshot) finished += current.bytes;
		current = progress;
		const done = Number(finished + progress.bytes);
		const rate = done / Math.max(1, now() - startedAt);
		return [
			{
				type: 'progress',
				id,
				label,
				done,
				unit: 'bytes',
				bytesPerSecond: rate,
				stage: progress.snapshot,
				...(total === undefined ? {} : { total: Number(total) }),
				...(total === undefined || rate === 0 ? {} : { secondsLeft: Math.max(0, (Number(total) - done) / rate) }),
			},
		];
	};
}

/**
 * Looks at something else every few seconds while a command runs that says little, as a module build does.
 * @param poll the events to show; must not throw
 */
export async function* polling<Result>(
	run: StepRun<Result>,
	pause: () => Promise<void>,
	poll: () => Promise<readonly StepEvent[]>,
): StepRun<Result> {
	let pending = run.next();
	try {
		for (;;) {
			const next = await Promise.race([pending, pause().then(() => undefined)]);
			if (next === undefined) {
				yield* await poll();
			} else if (next.done === true) {
				return next.value;
			} else {
				const answer = yield next.value;
				pending = run.next(answer);
			}
		}
	} finally {
		// Whoever leaves has aborted the job's signal before, so that what is pending ends.
		await Promise.allSettled([pending]);
		await run.return(undefined as never);
	}
}
