import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import path from 'node:path';
import { succeeded } from './host.js';
import { toHostError } from './host-error.js';
import { RunningCommand } from './running-command.js';
import { spawnReader } from './spawn-reader.js';

const limitSeconds = 60;

/** Both ends of a pipe of the kernel, as descriptors of this program. Close them when the children have them. */
export interface KernelPipe {
	readonly readEnd: number;
	readonly writeEnd: number;
}

/**
 * Makes a pipe between two children. Node has no pipe(2), and its own `pipe` streams would carry every byte of a
 * `zfs send` through this program: a FIFO that is opened at both ends and unlinked is the same thing as a pipe.
 */
export async function makeKernelPipe(): Promise<KernelPipe> {
	const folder = mkdtempSync('/tmp/zfs-lockstep-pipe-');
	try {
		const fifo = path.join(folder, 'fifo');
		const command = { argv: ['mkfifo', '-m', '0600', fifo] } as const;
		const child = spawnReader(command);
		const made = await new RunningCommand(command, '/', child).wait(limitSeconds);
		if (!succeeded(made)) throw toHostError(new Error(made.stderr.trim()), 'make the pipe', fifo);
		return openBothEnds(fifo);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Opening one end of a FIFO waits for the other, but for a reader that says it will not wait (fifo(7)). */
function openBothEnds(fifo: string): KernelPipe {
	const first = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
	try {
		const writeEnd = openSync(fifo, constants.O_WRONLY);
		// A child would inherit O_NONBLOCK and take "nothing yet" for an error: it gets an end without it.
		return { readEnd: openSync(fifo, constants.O_RDONLY), writeEnd };
	} finally {
		closeSync(first);
	}
}
