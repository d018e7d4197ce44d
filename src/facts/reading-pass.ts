import type { Host } from '../host/host.js';
import { rememberReadings } from './remember-readings.js';

/** So that a pass over a small host does not slow down what the host is for. */
const commandsAtATime = 4;

/**
 * The host for one pass of reading: at most four commands at a time, and a command that several readers need is run
 * once. Everything else goes to the host as it is.
 */
export function createReadingPass(host: Host): Host {
	const waiting: (() => void)[] = [];
	let running = 0;

	async function inTurn<T>(work: () => Promise<T>): Promise<T> {
		if (running >= commandsAtATime) await new Promise<void>((resolve) => waiting.push(resolve));
		else running += 1;
		try {
			return await work();
		} finally {
			// Whoever waits longest takes over the place.
			const next = waiting.shift();
			if (next === undefined) running -= 1;
			else next();
		}
	}

	const limited: Host = {
		kind: host.kind,
		root: host.root,
		files: host.files,
		run: (command) => inTurn(() => host.run(command)),
		stream: (command) => host.stream(command),
		pipe: (pipeline) => inTurn(() => host.pipe(pipeline)),
		job: (spec, options) => host.job(spec, options),
		jobStatus: (id) => host.jobStatus(id),
		userId: () => host.userId(),
		now: () => host.now(),
		sleep: (seconds) => host.sleep(seconds),
	};
	return { ...rememberReadings(limited).host, files: host.files };
}
