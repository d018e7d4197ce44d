/**
 * Whole cron files are moved into the run's folder. Renaming them where they are is not enough: cronie still reads
 * `job.disabled` (database.c, not_a_crontab).
 */
import { plan } from '../plan/planned-command.js';
import { detailOf, type Hold, type HoldMeans } from './hold.js';
import type { CronFileJob } from './job.js';

export function holdCronFile(job: CronFileJob, folder: string): Hold {
	const stored = `${folder}/${job.name}`;
	return {
		held: {
			kind: job.kind,
			name: job.name,
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
			plan(`backup.hold-job.${job.name}`, `Move ${job.path} away, so that cron does not run it`, {
				argv: ['mv', '--no-target-directory', '--', job.path, stored],
			}),
		],
	};
}

export const cronFileHold: HoldMeans = {
	resume(held) {
		const [path, stored] = [detailOf(held, 'path'), detailOf(held, 'stored')];
		return [
			plan(`finish.resume-job.${held.name}`, `Put ${path} back`, {
				argv: ['mv', '--no-clobber', '--no-target-directory', '--', stored, path],
			}),
		];
	},
	isHeld: async (host, held) => (await host.files.stat(detailOf(held, 'path'))) === undefined,
	describe: (held) => `${detailOf(held, 'path')}: moved to ${detailOf(held, 'stored')}`,
};
