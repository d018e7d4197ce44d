/** Single lines of a table that has other work as well are commented out where they are. */
import { type PlannedCommand, plan } from '../plan/planned-command.js';
import { heldLinePrefix } from './cron-table.js';
import { countLines, linesOf } from './held-lines.js';
import { detailOf, type Hold, type HoldMeans, nothingToResume } from './hold.js';
import type { CronLinesJob, HeldJob } from './job.js';

export function holdCronLines(job: CronLinesJob, recorded: HeldJob | undefined): Hold {
	// By the line's own text: a line that was edited meanwhile is left as it is, and a second run changes nothing.
	const edits = job.lines.map((line) => `s/^${escapePattern(line)}$/${heldLinePrefix}&/`);
	const lines = new Set([...(recorded === undefined ? [] : linesOf(recorded)), ...job.lines]);
	return {
		held: { kind: job.kind, name: job.name, detail: { path: job.path, lines: JSON.stringify([...lines]) } },
		stagedFiles: [],
		commands: [
			plan(`backup.hold-job.${job.name}`, `Comment out ${countLines(job.lines)} of ${job.path}`, {
				argv: ['sed', '--in-place', '--follow-symlinks', ...edits.flatMap((edit) => ['-e', edit]), '--', job.path],
			}),
		],
	};
}

/** Basic regular expressions (POSIX), as sed takes them. */
function escapePattern(text: string): string {
	return text.replaceAll(/[\\.*[\]^$/]/g, '\\$&');
}

function takeOutSigns(held: HeldJob): PlannedCommand {
	const path = detailOf(held, 'path');
	return plan(`finish.resume-job.${held.name}`, `Take the comment signs out of ${path} again`, {
		argv: ['sed', '--in-place', '--follow-symlinks', '-e', `s/^${heldLinePrefix}//`, '--', path],
	});
}

export const cronLinesHold: HoldMeans = {
	undo: takeOutSigns,
	async resume(host, held) {
		const now = (await host.files.read(detailOf(held, 'path'))) ?? '';
		const isThere = now.split('\n').some((line) => line.startsWith(heldLinePrefix));
		return isThere ? { ...nothingToResume, commands: [takeOutSigns(held)] } : nothingToResume;
	},
	async isHeld(host, held) {
		const now = (await host.files.read(detailOf(held, 'path')))?.split('\n') ?? [];
		return !linesOf(held).some((line) => now.includes(line));
	},
	describe: (held) => `${countLines(linesOf(held))} of ${detailOf(held, 'path')}: commented out`,
};
