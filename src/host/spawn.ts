import type { Readable } from 'node:stream';
import { execa, type Options } from 'execa';
import { errorCode, HostError } from './host-error.js';
import { quoteForDisplay } from './text.js';

/** Where programs are looked up. The caller's PATH may hold anything (sudo -E, a module system, a home folder). */
const fixedPath = '/usr/sbin:/usr/bin:/sbin:/bin';

/** The whole environment of a command: parsers need C's words, and nothing of the caller's may change a result. */
const fixedEnvironment = { PATH: fixedPath, LC_ALL: 'C', HOME: '/root', TERM: 'dumb' };

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
	/** More descriptors for the child, from 3 on. */
	readonly extraDescriptors?: readonly number[];
}

export type Ended =
	| { readonly kind: 'exited'; readonly code: number }
	| { readonly kind: 'signalled'; readonly signal: string }
	| { readonly kind: 'not-found' };

export interface Child {
	/** Undefined when it could not be started. */
	readonly pid: number | undefined;
	readonly stdout: Readable | undefined;
	readonly stderr: Readable | undefined;
	/**
	 * Resolves when the process has ended, whether or not a descendant still holds its output open.
	 * Rejects with `HostError` (`cannot-start`) when the machine could not start it (no memory, too many processes).
	 */
	readonly ended: Promise<Ended>;
	/** Signals the whole process group. */
	kill(signal: NodeJS.Signals): void;
	/** Stops waiting: closes our ends of its streams and lets this program end without it. */
	abandon(): void;
}

/**
 * Starts a program in a process group and session of its own, so that Ctrl-C and the hang-up of our terminal do not
 * reach it. Not executable is exit code 126, as POSIX has it for utilities that run others.
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
		if (result.code === 'EACCES') return { kind: 'exited', code: 126 };
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

function describeStdio({ stdin, stdout, stderr, extraDescriptors = [] }: SpawnRequest): Options {
	return {
		stdio: [
			typeof stdin === 'number' ? (stdin as Descriptor) : stdin === undefined ? 'ignore' : 'pipe',
			stdout as Descriptor | 'pipe',
			stderr as Descriptor | 'pipe',
			...(extraDescriptors as readonly Descriptor[]),
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

function cannotStart(program: string, error: unknown): HostError {
	const shown = quoteForDisplay([program]);
	const why = errorCode(error) ?? (error instanceof Error ? error.message : String(error));
	const remediation = ['See what the machine is short of: free -m; ps -e --no-headers | wc -l; ulimit -a'];
	return new HostError('cannot-start', program, `Cannot start ${shown}: ${why}.`, remediation, error);
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
	if (pid === undefined) return;
	try {
		process.kill(-pid, signal);
	} catch (error) {
		// Everybody in the group has ended already, or it changed its user: then it goes on without us.
		const code = errorCode(error);
		if (code !== 'ESRCH' && code !== 'EPERM') throw error;
	}
}
