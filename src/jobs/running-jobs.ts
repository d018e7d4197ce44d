/** What is at it right now, from /proc/PID/cmdline (proc_pid_cmdline(5)). */
import type { Host } from '../host/host.js';
import { stripControls } from '../host/text.js';
import type { JobSystem, RunningJob } from './job.js';
import { recognise } from './recognise.js';

const interpreters = /^(?:perl|python|ruby|bash|dash|sh|ksh|zsh)[\d.]*$/;
const transfers: ReadonlySet<string> = new Set(['send', 'receive', 'recv']);
/** Their processes wait most of the time; what they are at shows in the `zfs` that they start. */
const waiting: ReadonlySet<JobSystem> = new Set(['zrepl', 'znapzend', 'package-upgrade']);

/** @throws HostError */
export async function findRunningJobs(host: Host): Promise<readonly RunningJob[]> {
	const pids = ((await host.files.list('/proc')) ?? []).filter((name) => /^\d+$/.test(name));
	const jobs = await Promise.all(pids.map(async (pid) => toJob(Number(pid), (await readArguments(host, pid)) ?? [])));
	return jobs.flatMap((job) => job ?? []);
}

/** A process can end between the listing and the look. */
async function readArguments(host: Host, pid: string): Promise<readonly string[] | undefined> {
	const text = await host.files.read(`/proc/${pid}/cmdline`).catch(() => undefined);
	return text?.split('\0').filter((word) => word !== '');
}

function toJob(pid: number, words: readonly string[]): RunningJob | undefined {
	const [program = '', first = ''] = words.map(baseName);
	const runs = stripControls(words.join(' '));
	const job = (name: string, system: JobSystem): RunningJob => ({ kind: 'running', system, name, runs, pid });
	if (program === 'zfs') return transfers.has(first) ? job(`zfs ${first}`, 'zfs-command') : undefined;
	const script = words.slice(1).find((word) => !word.startsWith('-'));
	const tool = interpreters.test(program) && script !== undefined ? baseName(script) : program;
	const system = recognise(tool);
	return system === undefined || waiting.has(system) ? undefined : job(tool, system);
}

function baseName(path: string): string {
	return path.slice(path.lastIndexOf('/') + 1);
}
