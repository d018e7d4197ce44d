import { execa, type Options } from 'execa';
import { type Child, cannotStart, type Ended, fixedEnvironment, killGroup, notExecutable } from './child.js';

export interface SpawnRequest {
	readonly argv: readonly [string, ...string[]];
	readonly env?: Readonly<Record<string, string>>;
	/** An open file descriptor, text, or nothing (/dev/null). */
	readonly stdin?: number | string;
	/** An open file descriptor, or a stream to read from here. */
	readonly stdout: number | 'pipe';
	readonly stderr: number | 'pipe';
	/** `with-us`: the group is terminated when this program ends. `never`: it outlives us. */
	readonly dies: 'with-us' | 'never';
}

/**
 * Starts a program in a process group and session of its own, so that Ctrl-C and the hang-up of our terminal do not
 * reach it. For work that streams, lasts or outlives us; what is only read is started by `spawnReader`.
 */
export function spawnChild(request: SpawnRequest): Child {
	const [program, ...args] = request.argv;
	const options = {
		// A working folder that is gone would look like a program that is not there (both are ENOENT).
		cwd: '/',
		env: { ...fixedEnvironment, ...request.env },
		extendEnv: false,
		...describeStdio(request),
		buffer: false,
		reject: false,
		stripFinalNewline: false,
		...(request.dies === 'with-us'
			? { killDescendants: true, cleanup: true }
			: // execa would otherwise terminate it when we are hung up on.
				{ detached: true, cleanup: false }),
	} satisfies Options;
	const child = start(program, args, options);
	const { nodeChildProcess } = child;
	const whenExited = new Promise<Ended>((resolve) => {
		nodeChildProcess.once('exit', (code, signal) => {
			resolve(signal === null ? { kind: 'exited', code: code ?? 0 } : { kind: 'signalled', signal });
		});
	});
	const whenRefused = child.then((result): Ended | Promise<Ended> => {
		if (result.code === 'ENOENT') return { kind: 'not-found' };
		if (result.code === 'EACCES') return { kind: 'exited', code: notExecutable };
		if (nodeChildProcess.pid === undefined) throw cannotStart(program, result.cause ?? result);
		return whenExited;
	});
	const ended = Promise.race([whenExited, whenRefused]);
	// Whoever waits gets the rejection; nobody waiting must not end the program.
	ended.catch(() => undefined);
	return {
		pid: nodeChildProcess.pid,
		stdout: request.stdout === 'pipe' ? (child.stdout ?? undefined) : undefined,
		stderr: request.stderr === 'pipe' ? (child.stderr ?? undefined) : undefined,
		ended,
		kill: (signal) => killGroup(nodeChildProcess.pid, signal),
		abandon: () => {
			for (const stream of nodeChildProcess.stdio) stream?.destroy();
			nodeChildProcess.unref();
		},
	};
}

/** execa's types name the descriptors up to 9; it accepts every integer (documented at its `stdin` option). */
type Descriptor = 3;

function describeStdio({ stdin, stdout, stderr }: SpawnRequest): Options {
	return {
		stdio: [
			typeof stdin === 'number' ? (stdin as Descriptor) : stdin === undefined ? 'ignore' : 'pipe',
			stdout as Descriptor | 'pipe',
			stderr as Descriptor | 'pipe',
		],
		...(typeof stdin === 'string' ? { input: stdin } : {}),
	};
}

function start(program: string, args: string[], options: Options) {
	try {
		return execa(program, args, options);
	} catch (error) {
		throw cannotStart(program, error);
	}
}
