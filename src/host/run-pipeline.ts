import type { Pipeline, PipelineResult } from './host.js';
import { toHostError } from './host-error.js';
import { startPipeline } from './pipeline.js';
import { RunningCommand } from './running-command.js';

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
