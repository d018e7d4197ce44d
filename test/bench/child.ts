import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The environment of an administrator's shell. */
export const environment = {
	PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
	HOME: '/root',
	LANG: 'C.UTF-8',
	TERM: 'xterm-256color',
};

/** The arguments that start a program inside `root`. */
export function entering(root: string, argv: readonly string[]): [string, ...string[]] {
	return ['chroot', root, ...argv];
}

const mebibyte = 1024 * 1024;

/**
 * Milliseconds from start to end of a program inside `root`. Throws where its exit code is not among `codes`, with what
 * it said: a program that fails fast is not fast.
 */
export function timeIn(root: string, argv: readonly string[], codes: readonly number[] = [0]): number {
	const [chroot, ...args] = entering(root, argv);
	const startedAt = performance.now();
	const { status, stderr, error } = spawnSync(chroot, args, {
		env: environment,
		stdio: ['ignore', 'pipe', 'pipe'],
		maxBuffer: 256 * mebibyte,
	});
	const milliseconds = performance.now() - startedAt;
	if (error !== undefined) throw error;
	if (!codes.includes(status ?? -1)) throw new Error(`${argv.join(' ')} ended with ${status}: ${stderr}`);
	return milliseconds;
}

/** What a program inside `root` prints, and the most memory it had, in MiB. */
export async function runIn(
	root: string,
	argv: readonly string[],
): Promise<{ readonly code: number | null; readonly stdout: string; readonly mebibytes: number }> {
	const [chroot, ...args] = entering(root, argv);
	const child = spawn(chroot, args, { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
	let stdout = '';
	child.stdout.on('data', (data) => {
		stdout += data;
	});
	let peak = 0;
	const watch = setInterval(() => {
		peak = Math.max(peak, peakMemory(child.pid ?? 0) ?? 0);
	}, 5);
	const code = await new Promise<number | null>((resolve, reject) => {
		child.once('error', reject);
		child.once('close', resolve);
	});
	clearInterval(watch);
	return { code, stdout, mebibytes: peak };
}

/** MiB that a process had at most, by the kernel's own count; undefined: it has ended. */
export function peakMemory(pid: number): number | undefined {
	try {
		const kibibytes = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
		return kibibytes === undefined ? undefined : Number(kibibytes) / 1024;
	} catch {
		return undefined;
	}
}

/** Seconds of processor time that a process has used. */
export function processorSeconds(pid: number): number {
	const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
	// utime and stime, in hundredths of a second, counted from behind the name, which may hold anything (proc(5)).
	const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[11]) + Number(fields[12])) / 100;
}
