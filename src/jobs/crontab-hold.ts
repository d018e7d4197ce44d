/** A user's table is only ever changed through crontab(1), which tells cron about it. */
import { type PlannedCommand, plan } from '../plan/planned-command.js';
import { holdLines, releaseLines } from './cron-table.js';
import { countLines, linesOf } from './held-lines.js';
import { detailOf, type Hold, type HoldMeans, nothingToResume } from './hold.js';
import type { HeldJob, UserCrontabJob } from './job.js';
import { readCrontab } from './user-crontabs.js';

export function holdCrontab(job: UserCrontabJob, folder: string, recorded: HeldJob | undefined): Hold {
	const original = `${folder}/${job.name}.original`;
	const staged = `${folder}/${job.name}.held`;
	const lines = new Set([...(recorded === undefined ? [] : linesOf(recorded)), ...job.lines]);
	return {
		held: {
			kind: job.kind,
			name: job.name,
			detail: { user: job.user, original, lines: JSON.stringify([...lines]) },
		},
		stagedFiles: [
			{ path: original, text: releaseLines(job.text), mode: 0o600 },
			{ path: staged, text: holdLines(job.text, job.lines), mode: 0o600 },
		],
		commands: [
			plan(`backup.hold-job.${job.name}`, `Comment out ${countLines(job.lines)} of the crontab of ${job.user}`, {
				argv: ['crontab', '-u', job.user, staged],
			}),
		],
	};
}

function giveBack(held: HeldJob): PlannedCommand {
	const user = detailOf(held, 'user');
	return plan(`finish.resume-job.${held.name}`, `Give ${user} the crontab back`, {
		argv: ['crontab', '-u', user, detailOf(held, 'original')],
	});
}

export const crontabHold: HoldMeans = {
	undo: giveBack,
	/** The table of now without the comment signs: whatever the user edited meanwhile stays. */
	async resume(host, held) {
		const user = detailOf(held, 'user');
		const now = await readCrontab(host, user);
		if (now === undefined)
			return { ...nothingToResume, notes: [`The crontab of ${user} is gone; nothing to release.`] };
		const released = releaseLines(now);
		if (released === now) return nothingToResume;
		return {
			stagedFiles: [{ path: detailOf(held, 'original'), text: released, mode: 0o600 }],
			commands: [giveBack(held)],
			notes: [],
		};
	},
	async isHeld(host, held) {
		const now = (await readCrontab(host, detailOf(held, 'user')))?.split('\n') ?? [];
		return !linesOf(held).some((line) => now.includes(line));
	},
	describe: (held) => `${countLines(linesOf(held))} of the crontab of ${detailOf(held, 'user')}: commented out`,
};
