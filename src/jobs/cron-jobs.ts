/** The system's own cron tables and scripts. */
import { resolveLinks } from '../facts/mounts.js';
import type { Host } from '../host/host.js';
import { stripControls } from '../host/text.js';
import { type CronEntry, type CronTableForm, parseCronTable } from './cron-table.js';
import type { CronFileJob, CronLinesJob, JobSystem } from './job.js';
import { recogniseDeeply } from './scripts.js';

const tables: readonly (readonly [path: string, form: CronTableForm])[] = [
	['/etc/crontab', 'system'],
	['/etc/anacrontab', 'anacron'],
];
const tableFolder = '/etc/cron.d';
/** Debian, SUSE and Red Hat; Alpine. */
const scriptFolders = [
	...['hourly', 'daily', 'weekly', 'monthly'].map((period) => `/etc/cron.${period}`),
	...['15min', 'hourly', 'daily', 'weekly', 'monthly'].map((period) => `/etc/periodic/${period}`),
];

/** Scripts and tables of packages that upgrade by themselves; with systemd they leave it to the timers. */
const upgradeScripts: ReadonlySet<string> = new Set(['apt-compat', 'apt', 'dnf-automatic', '0yum-daily.cron']);

/** @throws HostError */
export async function findCronJobs(host: Host): Promise<readonly (CronFileJob | CronLinesJob)[]> {
	const isRead = await cronNameRule(host);
	const jobs: (CronFileJob | CronLinesJob)[] = [];
	for (const [path, form] of tables) jobs.push(...(await readTable(host, path, form, false)));
	for (const name of ((await host.files.list(tableFolder)) ?? []).filter(isRead)) {
		jobs.push(...(await readTable(host, `${tableFolder}/${name}`, 'system', true)));
	}
	const hasTimers = (await host.files.stat('/run/systemd/system')) !== undefined;
	for (const folder of scriptFolders) {
		for (const name of (await host.files.list(folder)) ?? []) {
			const job = await readScriptJob(host, `${folder}/${name}`, hasTimers);
			if (job !== undefined) jobs.push(job);
		}
	}
	return jobs;
}

/**
 * Debian's cron takes only plain names (cron(8)); cronie takes all but hidden files and leftovers of packages
 * (database.c, not_a_crontab), `job.disabled` among them. Where it is not clear which cron runs, cronie's rule.
 */
async function cronNameRule(host: Host): Promise<(name: string) => boolean> {
	const isDebian =
		(await host.files.stat('/usr/sbin/cron')) !== undefined && (await host.files.stat('/usr/sbin/crond')) === undefined;
	return isDebian ? (name) => /^[A-Za-z0-9_-]+$/.test(name) : (name) => !/^[.#]|~$|\.rpm(?:save|orig|new)$/.test(name);
}

async function readTable(
	host: Host,
	path: string,
	form: CronTableForm,
	canMove: boolean,
): Promise<readonly (CronFileJob | CronLinesJob)[]> {
	const text = await host.files.read(path);
	if (text === undefined) return [];
	const entries = parseCronTable(text, form);
	const { system, lines, runs } = await findJobLines(host, entries);
	if (system === undefined) return [];
	const base = { system, name: nameOf(path), runs };
	if (!canMove || lines.length < entries.length) return [{ ...base, kind: 'cron-lines', path, lines }];
	const identity = await identify(host, path);
	return identity === undefined ? [] : [{ ...base, kind: 'cron-file', path, ...identity }];
}

export interface JobLines {
	readonly system: JobSystem | undefined;
	readonly lines: readonly string[];
	readonly runs: string;
}

/** Which entries of a table are such work. @throws HostError */
export async function findJobLines(host: Host, entries: readonly CronEntry[]): Promise<JobLines> {
	const found: { readonly system: JobSystem; readonly entry: CronEntry }[] = [];
	for (const entry of entries) {
		const system = await recogniseDeeply(host, entry.command);
		if (system !== undefined) found.push({ system, entry });
	}
	return {
		system: found[0]?.system,
		lines: found.map(({ entry }) => entry.line),
		runs: stripControls(found.map(({ entry }) => entry.command).join('; ')),
	};
}

async function readScriptJob(host: Host, path: string, hasTimers: boolean): Promise<CronFileJob | undefined> {
	const resolved = await resolveLinks(host, path);
	const target = await host.files.stat(resolved);
	// run-parts(8) runs what is executable.
	if (target?.type !== 'file' || (target.mode & 0o111) === 0) return undefined;
	const name = path.slice(path.lastIndexOf('/') + 1);
	const isUpgrade = !hasTimers && upgradeScripts.has(name);
	const system = isUpgrade ? 'package-upgrade' : await recogniseDeeply(host, path);
	if (system === undefined || (system === 'package-upgrade' && !isUpgrade)) return undefined;
	const identity = await identify(host, path);
	return identity && { kind: 'cron-file', system, name: nameOf(path), runs: stripControls(path), path, ...identity };
}

async function identify(host: Host, path: string) {
	const [stat, sha256] = [await host.files.stat(path), await host.files.checksum(path)];
	return stat === undefined || sha256 === undefined ? undefined : { mode: stat.mode, uid: stat.uid, sha256 };
}

/** `/etc/cron.d/zfs-auto-snapshot` is `cron.d-zfs-auto-snapshot`. */
function nameOf(path: string): string {
	return path.replace(/^\/etc\//, '').replaceAll(/[^A-Za-z0-9@._-]/g, '-');
}
