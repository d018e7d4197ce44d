/**
 * Whole cron files are moved into the run's folder. Renaming them where they are is not enough: cronie still reads
 * `job.disabled` (database.c, not_a_crontab).
 */
import { type PlannedCommand, plan } from '../plan/planned-command.js';
import { detailOf, type Hold, type HoldMeans, nothingToResume } from './hold.js';
import type { CronFileJob, HeldJob } from './job.js';

/** @param recorded files of this name that were moved away already; a package may have put a new one there since */
export function holdCronFile(job: CronFileJob, folder: string, recorded: readonly HeldJob[]): Hold {
	const others = recorded.filter(({ detail }) => detail.sha256 !== job.sha256);
	const suffix = others.length === 0 ? '' : `.${others.length + 1}`;
	const stored = `${folder}/${job.name}${suffix}`;
	const name = `${job.name}${suffix}`;
	return {
		held: {
			kind: job.kind,
			name,
			detail: {
				path: job.path,
				stored,
				mode: job.mode.toString(8).padStart(4, '0'),
				uid: String(job.uid),
				sha256: job.sha256,
			},
		},
		stagedFiles: [],
		commands: [
			plan(`backup.hold-job.${name}`, `Move ${job.path} away, so that cron does not run it`, {
				argv: ['mv', '--no-target-directory', '--', job.path, stored],
			}),
		],
	};
}

function putBack(held: HeldJob): PlannedCommand {
	const path = detailOf(held, 'path');
	return plan(`finish.resume-job.${held.name}`, `Put ${path} back`, {
		argv: ['mv', '--no-clobber', '--no-target-directory', '--', detailOf(held, 'stored'), path],
	});
}

export const cronFileHold: HoldMeans = {
	undo: putBack,
	async resume(host, held) {
		const [path, stored] = [detailOf(held, 'path'), detailOf(held, 'stored')];
		const there = await host.files.stat(path);
		if ((await host.files.stat(stored)) === undefined) {
			const note = `${path} cannot be put back: ${stored} is gone.`;
			return there === undefined ? { ...nothingToResume, notes: [note] } : nothingToResume;
		}
		if (there === undefined) return { ...nothingToResume, commands: [putBack(held)] };
		if ((await host.files.checksum(path)) === detailOf(held, 'sha256')) return nothingToResume;
		const note = `${path} is left as it is: somebody put another there meanwhile. The one from before is ${stored}.`;
		return { ...nothingToResume, notes: [note] };
	},
	isHeld: async (host, held) => (await host.files.stat(detailOf(held, 'path'))) === undefined,
	describe: (held) => `${detailOf(held, 'path')}: moved to ${detailOf(held, 'stored')}`,
};
