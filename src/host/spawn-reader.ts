import { type ChildProcess, spawn } from 'node:child_process';
import { onExit } from 'signal-exit';
import { type Child, cannotStart, type Ended, fixedEnvironment, killGroup, notExecutable } from './child.js';
import { errorCode } from './host-error.js';

export interface ReaderRequest {
	readonly argv: readonly [string, ...string[]];
	readonly env?: Readonly<Record<string, string>>;
	/** Text for standard input; without it /dev/null. */
	readonly input?: string;
	/** More descriptors for the child, from 3 on. */
	readonly extraDescriptors?: readonly number[];
}

/** Leaders of the groups that still run: they end with us. */
const running = new Set<number>();

onExit(() => {
	for (const pid of running) killGroup(pid, 'SIGTERM');
});

/**
 * Starts a command of which only its output counts, in a process group and session of its own that ends with us.
 * A pass over a host starts hundreds: execa costs as much again as each of them (1.1 and 2.7 ms in Node), and loading
 * it more than all the rest of `status`.
 */
export function spawnReader(request: ReaderRequest): Child {
	const [program] = request.argv;
	const child = start(request);
	const { pid } = child;
	if (pid !== undefined) running.add(pid);
	const ended = new Promise<Ended>((resolve, reject) => {
		child.once('exit', (code, signal) => {
			if (pid !== undefined) running.delete(pid);
			resolve(signal === null ? { kind: 'exited', code: code ?? 0 } : { kind: 'signalled', signal });
		});
		child.once('error', (error) => {
			const code = errorCode(error);
			if (code === 'ENOENT') resolve({ kind: 'not-found' });
			else if (code === 'EACCES') resolve({ kind: 'exited', code: notExecutable });
			else reject(cannotStart(program, error));
		});
	});
	// Whoever waits gets the rejection; nobody waiting must not end the program.
	ended.catch(() => undefined);
	return {
		pid,
		stdout: child.stdout ?? undefined,
		stderr: child.stderr ?? undefined,
		ended,
		kill: (signal) => killGroup(pid, signal),
		abandon: () => {
			for (const stream of child.stdio) stream?.destroy();
			child.unref();
		},
	};
}

function start({ argv: [program, ...args], env, input, extraDescriptors = [] }: ReaderRequest): ChildProcess {
	try {
		const child = spawn(program, args, {
			// A working folder that is gone would look like a program that is not there (both are ENOENT).
			cwd: '/',
			env: { ...fixedEnvironment, ...env },
			stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', ...extraDescriptors],
			detached: true,
		});
		// A command that does not read its input to the end is no fault.
		child.stdin?.on('error', () => undefined);
		child.stdin?.end(input);
		return child;
	} catch (error) {
		throw cannotStart(program, error);
	}
}
