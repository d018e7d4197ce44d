import { closeSync, constants, fsyncSync, openSync } from 'node:fs';
import path from 'node:path';
import type { Child } from './child.js';
import { syncDirectory } from './durable-write.js';
import type { Command, Pipeline } from './host.js';
import { type KernelPipe, makeKernelPipe } from './kernel-pipe.js';
import { resolvePath } from './resolve-path.js';
import { enterRoot } from './rooted-command.js';
import { type SpawnRequest, spawnChild } from './spawn.js';

/** Where the streams of a pipeline go that no other command reads. */
export interface PipelineWiring {
	/** Root of the host. */
	readonly root: string;
	/** Added to each command's environment. */
	readonly env?: Readonly<Record<string, string>>;
	readonly dies: SpawnRequest['dies'];
	/** Asked for the last command, where the pipeline has no output file. */
	stdout(index: number): number | 'pipe';
	stderr(index: number): number | 'pipe';
	/** Standard input of the first command, where it has `input`. */
	stdin(input: string): number | string;
}

export interface StartedPipeline {
	readonly commands: readonly { readonly command: Command; readonly child: Child }[];
	/** Syncs the output file and its folder. Call it when every command has ended. */
	syncOutput(): void;
}

/**
 * Starts the commands joined by kernel pipes. Every descriptor of ours is closed before this returns, so a command
 * sees the end of its input, or a broken pipe, as soon as its neighbour ends.
 * Throws the errors of opening the files, with nothing started; the output file is created 0600 and must not exist.
 */
export async function startPipeline(pipeline: Pipeline, wiring: PipelineWiring): Promise<StartedPipeline> {
	const ours = new Set<number>();
	const own = <T extends number | string | undefined>(stream: T): T => {
		if (typeof stream === 'number') ours.add(stream);
		return stream;
	};
	try {
		const input = own(openInput(pipeline, wiring));
		const output = openOutput(pipeline, wiring.root);
		own(output?.fd);
		const pipes: KernelPipe[] = [];
		for (const _ of pipeline.commands.slice(1)) {
			const pipe = await makeKernelPipe();
			pipes.push(pipe);
			own(pipe.readEnd);
			own(pipe.writeEnd);
		}
		const commands = pipeline.commands.map((command, index) => {
			const stdin = pipes[index - 1]?.readEnd ?? input;
			const child = spawnChild({
				argv: enterRoot(command, wiring.root),
				env: { ...command.env, ...wiring.env },
				...(stdin !== undefined && { stdin }),
				stdout: pipes[index]?.writeEnd ?? output?.fd ?? own(wiring.stdout(index)),
				stderr: own(wiring.stderr(index)),
				dies: wiring.dies,
			});
			return { command, child };
		});
		return { commands, syncOutput: () => output?.sync() };
	} finally {
		for (const fd of ours) closeSync(fd);
	}
}

function openInput(pipeline: Pipeline, wiring: PipelineWiring): number | string | undefined {
	const [first, ...others] = pipeline.commands;
	if (others.some((command) => command.input !== undefined)) {
		throw new Error('Only the first command of a pipeline can have input: the others read from the pipe.');
	}
	if (pipeline.inputFile === undefined) return first.input === undefined ? undefined : wiring.stdin(first.input);
	if (first.input !== undefined) throw new Error('A pipeline has an input file or input text, not both.');
	const file = resolvePath(wiring.root, pipeline.inputFile, { followLast: true, trustedLinksOnly: false });
	return openSync(file, constants.O_RDONLY);
}

function openOutput(pipeline: Pipeline, root: string) {
	if (pipeline.outputFile === undefined) return undefined;
	const file = resolvePath(root, pipeline.outputFile, { followLast: false, trustedLinksOnly: true });
	const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
	return { fd: openSync(file, flags, 0o600), sync: () => syncFile(file) };
}

function syncFile(file: string): void {
	const fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
	try {
		fsyncSync(fd);
	} finally {
		closeSync(fd);
	}
	syncDirectory(path.dirname(file));
}
