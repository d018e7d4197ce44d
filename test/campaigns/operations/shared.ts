/** A campaign on several processors. */
import { Worker } from 'node:worker_threads';
import type { CampaignOptions, Totals } from './campaign.js';

/** Every situation falls to one of the workers, so that none is gone through twice. */
export async function runShared(options: CampaignOptions, workers: number): Promise<Totals> {
	const shares = Array.from({ length: workers }, (_, number) =>
		runShare({ ...options, share: { number, of: workers } }),
	);
	const all = await Promise.all(shares);
	const sum = (of: (totals: Totals) => number) => all.reduce((total, one) => total + of(one), 0);
	return {
		operations: all[0]?.operations ?? 0,
		cases: sum(({ cases }) => cases),
		situations: sum(({ situations }) => situations),
		walkedToTheEnd: sum(({ walkedToTheEnd }) => walkedToTheEnd),
		joined: sum(({ joined }) => joined),
		doubles: sum(({ doubles }) => doubles),
		failures: all.flatMap(({ failures }) => failures).sort((one, other) => one.of.index - other.of.index),
	};
}

function runShare(options: CampaignOptions): Promise<Totals> {
	const { promise, resolve, reject } = Promise.withResolvers<Totals>();
	const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: options });
	worker.once('message', resolve);
	worker.once('error', reject);
	return promise;
}
