/** Tables that users keep with crontab(1). */
import { type Fact, known, unknown } from '../facts/fact.js';
import { type Host, succeeded } from '../host/host.js';
import { findJobLines } from './cron-jobs.js';
import { parseCronTable } from './cron-table.js';
import type { UserCrontabJob } from './job.js';

/** Debian, SUSE, Red Hat. */
const spools = ['/var/spool/cron/crontabs', '/var/spool/cron/tabs', '/var/spool/cron'] as const;
const userName = /^[A-Za-z_][A-Za-z0-9_.-]*\$?$/;

/** @throws HostError */
export async function findUserCrontabs(host: Host): Promise<Fact<readonly UserCrontabJob[]>> {
	const jobs: UserCrontabJob[] = [];
	for (const spool of spools) {
		for (const user of ((await host.files.list(spool)) ?? []).filter((name) => userName.test(name))) {
			if ((await host.files.stat(`${spool}/${user}`))?.type !== 'file') continue;
			const text = await readCrontab(host, user);
			if (text === undefined) return unknown(`crontab -u ${user} -l failed`);
			const { system, lines, runs } = await findJobLines(host, parseCronTable(text, 'user'));
			if (system === undefined) continue;
			jobs.push({ kind: 'user-crontab', system, name: `crontab-${user}`, runs, user, text, lines });
		}
	}
	return known(jobs, 'crontab -l');
}

/** As the owner would see it: Debian's cron keeps three lines of its own in the file that belong to no table. */
export async function readCrontab(host: Host, user: string): Promise<string | undefined> {
	const result = await host.run({ argv: ['crontab', '-u', user, '-l'] });
	return succeeded(result) ? result.stdout : undefined;
}
