/** A user's table is only ever changed through crontab(1), which tells cron about it. */
import { plan } from '../plan/planned-command.js';
import { heldLinePrefix, holdLines } from './cron-table.js';
import { linesOf } from './held-lines.js';
import { detailOf, type Hold, type HoldMeans } from './hold.js';
import type { UserCrontabJob } from './job.js';
import { readCrontab } from './user-crontabs.js';

export function holdCrontab(job: UserCrontabJob, folder: string): Hold {
	const original = `${folder}/${job.name}.original`;
	const staged = `${folder}/${job.name}.held`;
	return {
		held: {
			kind: job.kind,
			name: job.name,
			detail: { user: job.user, original, staged, lines: JSON.stringify(job.lines) },
		},
		stagedFiles: [
			{ path: original, text: job.text, mode: 0o600 },
			{ path: staged, text: holdLines(job.text, job.lines), mode: 0o600 },
		],
		commands: [
			plan(`backup.hold-job.${job.name}`, `Comment out the replication lines of ${job.user}'s crontab`, {
				argv: ['crontab', '-u', job.user, staged],
			}),
		],
	};
}

export const crontabHold: HoldMeans = {
	resume(held) {
		const user = detailOf(held, 'user');
		return [
			plan(`finish.resume-job.${held.name}`, `Give ${user} the crontab back`, {
				argv: ['crontab', '-u', user, detailOf(held, 'original')],
			}),
		];
	},
	async isHeld(host, held) {
		const now = (await readCrontab(host, detailOf(held, 'user')))?.split('\n') ?? [];
		return !linesOf(held).some((line) => now.includes(line));
	},
	describe: (held) =>
		`crontab of ${detailOf(held, 'user')}: ${linesOf(held).length} lines begin with ${heldLinePrefix}`,
};
