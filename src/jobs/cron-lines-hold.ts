/** Single lines of a table that has other work as well are commented out where they are. */
import { plan } from '../plan/planned-command.js';
import { heldLinePrefix } from './cron-table.js';
import { linesOf } from './held-lines.js';
import { detailOf, type Hold, type HoldMeans } from './hold.js';
import type { CronLinesJob } from './job.js';

export function holdCronLines(job: CronLinesJob): Hold {
	// By the line's own text: a table that was edited meanwhile is left as it is, and a second run changes nothing.
	const edits = job.lines.map((line) => `s/^${escapePattern(line)}$/${heldLinePrefix}&/`);
	return {
		held: { kind: job.kind, name: job.name, detail: { path: job.path, lines: JSON.stringify(job.lines) } },
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

function countLines(lines: readonly string[]): string {
	return lines.length === 1 ? 'a line' : `${lines.length} lines`;
}

export const cronLinesHold: HoldMeans = {
	resume(held) {
		const path = detailOf(held, 'path');
		return [
			plan(`finish.resume-job.${held.name}`, `Take the comment signs out of ${path} again`, {
				argv: ['sed', '--in-place', '--follow-symlinks', '-e', `s/^${heldLinePrefix}//`, '--', path],
			}),
		];
	},
	async isHeld(host, held) {
		const now = (await host.files.read(detailOf(held, 'path')))?.split('\n') ?? [];
		return !linesOf(held).some((line) => now.includes(line));
	},
	describe: (held) => `${countLines(linesOf(held))} of ${detailOf(held, 'path')}: commented out`,
};
