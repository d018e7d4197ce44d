/** The stream of a backup, against the same pipe in a shell. */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { bundleProgram } from '../bundle-program.ts';
import type { Pairs } from '../measure.ts';
import { compare, type Result } from '../result.ts';
import type { Setting } from '../setting.ts';

const mebibytes = 4096;

export async function measureStream({ rounds, scratch }: Setting): Promise<readonly Result[]> {
	const program = await bundleProgram('stream.ts', scratch);
	const args = [program, String(Math.max(5, Math.round(rounds / 4))), String(mebibytes * 1024 * 1024)];
	const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
	if (status !== 0) throw new Error(stderr);
	const { ours, yardstick } = JSON.parse(stdout) as Pairs;
	const throughput = (seconds: readonly number[]) => seconds.map((each) => mebibytes / each);
	return [
		compare(
			{ what: `backup stream of ${mebibytes} MiB`, yardstick: 'the same pipe in a shell', unit: 'MiB/s' },
			{ ours: throughput(ours), yardstick: throughput(yardstick) },
			{ kind: 'at least', ratio: 0.97 },
		),
	];
}
