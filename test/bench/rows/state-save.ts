/** Saving the state of a run, against writing and syncing the same bytes. */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { bundleProgram } from '../bundle-program.ts';
import { type Pairs, quantile } from '../measure.ts';
import { type Result, written } from '../result.ts';
import type { Setting } from '../setting.ts';

const goal = 2;

export async function measureStateSave({ rounds, scratch }: Setting): Promise<readonly Result[]> {
	const program = await bundleProgram('state-save.ts', scratch);
	const args = [program, scratch, String(rounds * 20)];
	const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
	if (status !== 0) throw new Error(stderr);
	const { ours, yardstick, bytes } = JSON.parse(stdout) as Pairs & { readonly bytes: number };
	return [0.99, 0.5].map((share) => {
		const [saved, synced] = [quantile(ours, share), quantile(yardstick, share)];
		return {
			what: `state save, ${share === 0.5 ? 'median' : 'p99'} of ${ours.length}`,
			yardstick: `write and fsync of the same ${bytes} bytes`,
			measured: written(saved, 'ms'),
			measuredYardstick: written(synced, 'ms'),
			ratio: (saved / synced).toFixed(2),
			goal: share === 0.5 ? '' : `<= ${goal}`,
			passes: share === 0.5 ? undefined : saved / synced <= goal,
		};
	});
}
