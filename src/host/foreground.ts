import type { Command, CommandResult, OutputLine, Pipeline, PipelineResult } from './host.js';
import { toHostError } from './host-error.js';
import { startPipeline } from './pipeline.js';
import { enterRoot } from './rooted-command.js';
import { RunningCommand } from './running-command.js';
import { spawnChild } from './spawn.js';

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

/**
 * Runs commands joined by kernel pipes until all have ended. What they do is in the results.
 * Throws `HostError` where a file of the pipeline cannot be opened or a command cannot be started.
 */
export async function runPipeline(pipeline: Pipeline, root = '/'): Promise<PipelineResult> {
	const startedAt = performance.now();
	const started = await startPipeline(pipeline, {
		root,
		dies: 'with-us',
		stdout: () => 'pipe',
		stderr: () => 'pipe',
		stdin: (input) => input,
	}).catch((error: unknown) => {
		throw toHostError(error, 'open', pipeline.outputFile ?? pipeline.inputFile ?? '/tmp');
	});
	const results = await Promise.all(
		started.commands.map(({ command, child }) =>
			new RunningCommand(command, root, child).wait(command.timeoutSeconds ?? Number.POSITIVE_INFINITY),
		),
	);
	started.syncOutput();
	return { results, seconds: (performance.now() - startedAt) / 1000 };
}

function start(command: Command, root: string, onLine?: (line: OutputLine) => void): RunningCommand {
	const child = spawnChild({
		argv: enterRoot(command, root),
		...(command.env && { env: command.env }),
		...(command.input !== undefined && { stdin: command.input }),
		stdout: 'pipe',
		stderr: 'pipe',
		dies: 'with-us',
	});
	return new RunningCommand(command, root, child, onLine);
}
