import type { Command, CommandResult, Host } from '../host/host.js';

/** So that a pass over a small host does not slow down what the host is for. */
const commandsAtATime = 4;

/**
 * The host for one pass of reading: at most four commands at a time, and a command that several readers need is run
 * once. Everything else goes to the host as it is.
 */
export function createReadingPass(host: Host): Host {
	const results = new Map<string, Promise<CommandResult>>();
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

	return {
		kind: host.kind,
		root: host.root,
		files: host.files,
		run(command) {
			const key = keyOf(command);
			const result = results.get(key) ?? inTurn(() => host.run(command));
			results.set(key, result);
			return result;
		},
		stream: (command) => host.stream(command),
		pipe: (pipeline) => inTurn(() => host.pipe(pipeline)),
		job: (spec, options) => host.job(spec, options),
		jobStatus: (id) => host.jobStatus(id),
		userId: () => host.userId(),
		now: () => host.now(),
		sleep: (seconds) => host.sleep(seconds),
	};
}

/** All of the command counts; only the order of its fields and variables does not. */
function keyOf({ argv, env = {}, ...rest }: Command): string {
	return JSON.stringify([argv, Object.entries(env).sort(), Object.entries(rest).sort()]);
}
