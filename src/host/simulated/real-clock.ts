/** The time outside of the simulation, so that a test can hold it still. */
export interface RealClock {
	/** Milliseconds since the epoch. */
	now(): number;
	/** Ends early, without an error, when the signal aborts. */
	sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const realClock: RealClock = {
	now: () => Date.now(),
	sleep: (milliseconds, signal) =>
		new Promise((resolve) => {
			if (signal?.aborted === true) {
				resolve();
				return;
			}
			const end = () => {
				clearTimeout(timer);
				signal?.removeEventListener('abort', end);
				resolve();
			};
			const timer = setTimeout(end, milliseconds);
			signal?.addEventListener('abort', end);
		}),
};
