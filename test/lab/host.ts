/** The machine that the lab runs on: its commands, its missing tools, and clean rooms (chroots) on it. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Program looked for -> Debian package that brings it. */
const tools = {
	'qemu-system-x86_64': 'qemu-system-x86',
	'qemu-img': 'qemu-utils',
	mmdebstrap: 'mmdebstrap',
	mke2fs: 'e2fsprogs',
	sfdisk: 'fdisk',
	zstd: 'zstd',
	socat: 'socat',
	unshare: 'util-linux',
} as const;

const startedAt = Date.now();

/** One line for whoever watches, with the seconds since the start. */
export function say(text: string): void {
	const seconds = Math.round((Date.now() - startedAt) / 1000);
	process.stderr.write(`[${String(seconds).padStart(4)} s] ${text}\n`);
}

export interface RunOptions {
	/** Gets stdout and stderr of the command, appended; its tail is part of the error when the command fails. */
	readonly log?: string;
	readonly cwd?: string;
	readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a command on this host and returns its stdout ('' if it goes to a log).
 * @throws Error with the last lines of the output when it does not exit 0.
 */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
	const log = options.log === undefined ? undefined : openSync(options.log, 'a');
	const child = spawn(command, args, {
		cwd: options.cwd,
		env: { ...process.env, LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive', ...options.env },
		stdio: ['ignore', log ?? 'pipe', log ?? 'pipe'],
	});
	const output = { stdout: '', stderr: '' };
	child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
	child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
	const outcome = await new Promise<string>((resolve, reject) => {
		child.once('error', reject);
		child.once('close', (code, signal) => resolve(String(code ?? signal)));
	}).finally(() => {
		if (log !== undefined) {
			closeSync(log);
		}
	});
	if (outcome !== '0') {
		const seen =
			options.log === undefined ? output.stderr + output.stdout : await run('tail', ['-n', '30', options.log]);
		throw new Error(`${command} ${args.join(' ')} ended with ${outcome}:\n${seen}`);
	}
	return output.stdout;
}

/** Installs with apt what the lab needs and this host does not have (a new CI machine has next to nothing). */
export async function installMissingTools(): Promise<void> {
	const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
	const missing = Object.entries(tools)
		.filter(([program]) => !folders.some((folder) => existsSync(path.join(folder, program))))
		.map(([, debianPackage]) => debianPackage);
	if (missing.length === 0) {
		return;
	}
	if (process.getuid?.() !== 0) {
		throw new Error(`the lab needs these packages: apt-get install ${missing.join(' ')}`);
	}
	say(`installing ${missing.join(' ')}`);
	await run('apt-get', ['update', '-q']);
	await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...missing]);
}

/** Runs a command with its own mounts and process ids: what it mounts or leaves running is gone when it has ended. */
export async function runIsolated(command: string, args: readonly string[], options: RunOptions): Promise<void> {
	const namespaces = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--propagation=private'];
	await run('unshare', [...namespaces, command, ...args], options);
}

/** Runs a shell script, given by its path inside `root`, with that folder as the root of the file system. */
export async function runInRoot(
	root: string,
	script: string,
	args: readonly string[],
	options: RunOptions,
): Promise<void> {
	const enter = [
		'mount -t proc proc "$1/proc"',
		'mount -t sysfs -o ro sys "$1/sys"',
		'mount --rbind /dev "$1/dev"',
		'root=$1; shift',
		'exec chroot "$root" "$@"',
	].join(' && ');
	const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', ...options.env };
	await runIsolated('sh', ['-c', enter, 'enter', root, '/bin/sh', '-eu', script, ...args], { ...options, env });
}

/**
 * Asks until the answer is not undefined.
 * @param seconds when to give up @throws Error naming `what` when the time is over
 */
export async function waitFor<T>(
	what: string,
	seconds: number,
	ask: () => T | undefined | Promise<T | undefined>,
	everyMilliseconds = 200,
): Promise<T> {
	const end = Date.now() + seconds * 1000;
	for (;;) {
		const answer = await ask();
		if (answer !== undefined) {
			return answer;
		}
		if (Date.now() > end) {
			throw new Error(`${what}: not within ${seconds} s`);
		}
		await sleep(everyMilliseconds);
	}
}

/** One word for a shell. */
export function quote(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}
