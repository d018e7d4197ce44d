import type { Command, CommandResult, OutputLine } from './host.js';
import { enterRoot } from './rooted-command.js';
import { RunningCommand } from './running-command.js';
import { spawnReader } from './spawn-reader.js';

const defaultLimitSeconds = 60;

/** Lines that wait for a slow reader before the command has to wait too. */
const queueLimit = 1000;

/**
 * Runs one command to its end, on the host whose root is `root`. What it does is in the result; throws `HostError`
 * (`cannot-start`) only where the machine cannot start it.
 */
export async function runCommand(command: Command, root = '/'): Promise<CommandResult> {
	return start(command, root).wait(command.timeoutSeconds ?? defaultLimitSeconds);
}

/**
 * Runs one command and hands over its lines as they come. Leaving the generator ends the command.
 * Throws like `runCommand`.
 */
export async function* streamCommand(
	command: Command,
	root = '/',
): AsyncGenerator<OutputLine, CommandResult, undefined> {
	const queue: OutputLine[] = [];
	let wake = () => {};
	const running = start(command, root, (line) => {
		queue.push(line);
		if (queue.length >= queueLimit) running.pause();
		wake();
	});
	let result: CommandResult | undefined;
	const settled = running.wait(command.timeoutSeconds ?? defaultLimitSeconds).then((value) => {
		result = value;
	});
	// A rejection between two lines is seen at the next wait; until then it must not end the program.
	settled.catch(() => undefined);
	try {
		for (;;) {
			const nextLine = new Promise<void>((resolve) => {
				wake = resolve;
			});
			if (queue.length === 0 && result === undefined) await Promise.race([nextLine, settled]);
			yield* queue.splice(0);
			running.resume();
			if (result !== undefined && queue.length === 0) return result;
		}
	} finally {
		if (result === undefined) running.end();
	}
}

function start(command: Command, root: string, onLine?: (line: OutputLine) => void): RunningCommand {
	const { env, input } = command;
	const child = spawnReader({
		argv: enterRoot(command, root),
		...(env && { env }),
		...(input !== undefined && { input }),
	});
	return new RunningCommand(command, root, child, onLine);
}
