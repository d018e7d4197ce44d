import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand, streamCommand } from './foreground.js';
import type { Host } from './host.js';
import { createLocalFiles } from './local-files.js';

export interface LocalHostOptions {
	/** Folder for detached work, on this machine. */
	readonly jobsDirectory: string;
	/** Program and arguments that start this program again: `[process.execPath, cli]`, or a standalone executable. */
	readonly selfCommand: readonly string[];
}

/** This machine. */
export function createLocalHost(options: LocalHostOptions): Host {
	return createHost('local', '/', options);
}

/**
 * The host whose root is mounted at `root` on this machine, for repairs from a live system. Commands run inside it
 * (`chroot`), files are resolved below it; commands with `outsideRoot` run on this machine.
 */
export function createAlternateRootHost(options: LocalHostOptions & { readonly root: string }): Host {
	return createHost('alternate-root', path.resolve(options.root), options);
}

function createHost(kind: Host['kind'], root: string, { jobsDirectory, selfCommand }: LocalHostOptions): Host {
	// What only reads does not pay for what works: execa alone takes longer to load than `status` takes.
	const openJobs = async () => {
		const { Jobs } = await import('./jobs.js');
		return new Jobs({ directory: jobsDirectory, root, selfCommand });
	};
	return {
		kind,
		root,
		files: createLocalFiles(root),
		run: (command) => runCommand(command, root),
		stream: (command) => streamCommand(command, root),
		pipe: async (pipeline) => {
			const { runPipeline } = await import('./run-pipeline.js');
			return runPipeline(pipeline, root);
		},
		job: async function* (spec, jobOptions) {
			return yield* (await openJobs()).follow(spec, jobOptions);
		},
		jobStatus: async (id) => (await openJobs()).status(id),
		userId: () => process.geteuid?.() ?? -1,
		now: () => Date.now() / 1000,
		sleep: (seconds) => sleep(seconds * 1000),
	};
}
