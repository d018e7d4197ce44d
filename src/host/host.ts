/**
 * The only door to the machine. Everything above this folder reads and changes the host through a `Host`, so the
 * local machine, a mounted root and the simulated host of `demo` are one thing to the rest of the program.
 */

/** One command as an argument array. No shell is ever involved, so nothing in it needs quoting. */
export interface Command {
	/** Program and arguments; the program is looked up in a fixed PATH, never in the caller's. */
	readonly argv: readonly [string, ...string[]];
	/** Added to the fixed environment (`LC_ALL=C`, fixed PATH, `HOME=/root`, patience with systemd). */
	readonly env?: Readonly<Record<string, string>>;
	/** Text for standard input; without it standard input is /dev/null. */
	readonly input?: string;
	/**
	 * Seconds until a command that `run` or `stream` started is killed and reported as `timed-out`. Default 60;
	 * `Infinity` for one that must not be killed. `pipe` has no default; ignored for jobs.
	 */
	readonly timeoutSeconds?: number;
	/** Runs on this machine itself where the host is an alternate root (`mount`, `findmnt`, ...). */
	readonly outsideRoot?: boolean;
}

/** What a finished command said. `stdout` and `stderr` are raw: strip control characters before showing them. */
export interface CommandResult {
	readonly command: Command;
	readonly outcome:
		| { readonly kind: 'exited'; readonly code: number }
		| { readonly kind: 'signalled'; readonly signal: string }
		| { readonly kind: 'timed-out'; readonly seconds: number }
		| { readonly kind: 'not-found' }
		/** A detached job whose supervisor died: the exit status is lost and only the host can tell the truth. */
		| { readonly kind: 'lost' };
	readonly stdout: string;
	readonly stderr: string;
	/** True when output beyond the limit (16 MiB each) was dropped. */
	readonly truncated: boolean;
	readonly seconds: number;
}

/** One piece of a running command's output. */
export interface OutputLine {
	readonly stream: 'stdout' | 'stderr';
	readonly line: string;
}

/** Processes joined by kernel pipes: the data never passes through this program. */
export interface Pipeline {
	readonly commands: readonly [Command, ...Command[]];
	/** File that takes the last command's standard output (created 0600, must not exist). */
	readonly outputFile?: string;
	/** File that feeds the first command's standard input. */
	readonly inputFile?: string;
}

export interface PipelineResult {
	/** One result per command, in order; judged one by one, never by the last exit code alone. */
	readonly results: readonly CommandResult[];
	readonly seconds: number;
}

/** Work that must outlive the terminal: own session, output in a file, exit status in a file. */
export interface JobSpec {
	/** Unique within the run, kebab-case; also the folder name: `jobs/<id>`. Starting an id that exists re-attaches. */
	readonly id: string;
	/** In the administrator's words, for `systemctl` and the journal. */
	readonly description: string;
	readonly work: Pipeline;
	/** Kept from shutdown and sleep while it runs (systemd-inhibit), for package transactions. */
	readonly inhibitShutdown?: boolean;
}

export type JobStatus =
	| { readonly state: 'running'; readonly startedAt: string }
	| { readonly state: 'ended'; readonly result: PipelineResult }
	| { readonly state: 'lost' }
	| { readonly state: 'absent' };

export interface FileStat {
	readonly type: 'file' | 'directory' | 'symlink' | 'other';
	/** Bytes. */
	readonly size: number;
	readonly mode: number;
	readonly uid: number;
	/** Seconds since the epoch. */
	readonly mtime: number;
}

export interface FileSystemStat {
	/** `statfs(2)` f_type; ZFS is 0x2fc12fc1. */
	readonly type: number;
	readonly freeBytes: bigint;
	readonly totalBytes: bigint;
	readonly readOnly: boolean;
}

/** Files of the host (below the alternate root where there is one). A missing file is `undefined`, never an exception. */
export interface HostFiles {
	read(path: string): Promise<string | undefined>;
	/** A large text line by line, without its newlines. Here a missing file is a `HostError` (`missing`). */
	lines(path: string): AsyncIterable<string>;
	/** Writes whole and durably: temporary file, sync, rename, sync of the folder. Refuses to follow a symlink. */
	write(path: string, text: string, options?: { readonly mode?: number }): Promise<void>;
	remove(path: string): Promise<void>;
	makeDirectory(path: string, options?: { readonly mode?: number }): Promise<void>;
	list(path: string): Promise<readonly string[] | undefined>;
	stat(path: string): Promise<FileStat | undefined>;
	readLink(path: string): Promise<string | undefined>;
	/** Of the nearest existing parent. */
	fileSystem(path: string): Promise<FileSystemStat | undefined>;
	/** SHA-256 in hex, streamed. */
	checksum(path: string): Promise<string | undefined>;
	copy(from: string, to: string): Promise<void>;
}

export interface Host {
	/** Shown to the user on every screen when it is not the real machine. */
	readonly kind: 'local' | 'alternate-root' | 'simulated';
	/** `/`, or the mounted root of `--root DIR`. */
	readonly root: string;
	readonly files: HostFiles;
	/** Runs a command that ends soon. Never throws for what the command does: read `outcome`. */
	run(command: Command): Promise<CommandResult>;
	/** Runs a command and hands over its lines as they come. */
	stream(command: Command): AsyncGenerator<OutputLine, CommandResult, undefined>;
	/** Runs commands joined by kernel pipes in the foreground. Killed with us. */
	pipe(pipeline: Pipeline): Promise<PipelineResult>;
	/**
	 * Starts a job, or re-attaches to the one of that id, and hands over its output from the beginning as it comes.
	 * Leaving the generator early leaves the job running; aborting `signal` throws `JobLeftError` and leaves it running too.
	 */
	job(
		spec: JobSpec,
		options?: { readonly signal?: AbortSignal },
	): AsyncGenerator<OutputLine, PipelineResult, undefined>;
	jobStatus(id: string): Promise<JobStatus>;
	/** Effective user id of this process (0 is root). */
	userId(): number;
	/** Seconds since the epoch; the simulated host has its own clock. */
	now(): number;
	sleep(seconds: number): Promise<void>;
}

/** Convenience: exit code 0 and nothing else. */
export function succeeded(result: CommandResult): boolean {
	return result.outcome.kind === 'exited' && result.outcome.code === 0;
}

/** Thrown by `Host.job` when the caller's signal aborts: the job goes on, a later call re-attaches. */
export class JobLeftError extends Error {
	override readonly name = 'JobLeftError';
	readonly jobId: string;

	constructor(jobId: string) {
		super(`Left the job ${jobId} running.`);
		this.jobId = jobId;
	}
}
