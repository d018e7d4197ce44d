/**
 * `operations`: a whole run of each route, crashed before and after each of its operations. `--route R`; `--index I`, only
 * the operation of that number; `--stride S`, only every S-th.
 */
import { availableParallelism } from 'node:os';
import type { Campaign, CampaignOptions } from './campaigns.js';
import { describeCut } from './cut.js';
import { type Failure, runOperations, type Totals } from './operations/campaign.js';
import { runShared } from './operations/shared.js';
import { type CampaignRoute, campaignRoutes } from './world.js';

export const campaign: Campaign = {
	summary:
		'crashes a run before and after each operation: power cuts with 0, 10 and 100 % of unsynced data lost, kills',
	async run(options) {
		const { route: asked } = options.flags;
		const routes = campaignRoutes.filter((route) => asked === undefined || route === asked);
		if (routes.length === 0) throw new Error(`There is no route ${asked}. Routes: ${campaignRoutes.join(', ')}.`);
		let failures = 0;
		for (const route of routes) failures += await runRoute(route, options);
		return failures === 0;
	},
};

async function runRoute(route: CampaignRoute, { seed, flags, say }: CampaignOptions): Promise<number> {
	const since = performance.now();
	const { index, stride = '1' } = flags;
	const totals =
		index === undefined
			? await runShared({ route, seed, stride: Number(stride) }, availableParallelism())
			: await runOperations({ route, seed, index: Number(index) });
	say(summarise(route, totals, (performance.now() - since) / 1000));
	for (const text of describeFailures(totals.failures)) say(text);
	return totals.failures.length;
}

function summarise(route: CampaignRoute, totals: Totals, seconds: number): string {
	const { operations, cases, situations, walkedToTheEnd, joined, doubles, failures } = totals;
	return [
		`${route}: ${operations} operations, ${cases} cases, ${situations} different situations`,
		`(${walkedToTheEnd} walked to the end, ${joined} met a known way, ${doubles} cut twice):`,
		`${failures.length} failures in ${seconds.toFixed(0)} s`,
	].join(' ');
}

/** One of each kind, with how often it was seen. */
function describeFailures(failures: readonly Failure[]): readonly string[] {
	const kinds = new Map<string, { readonly text: string; count: number }>();
	for (const { of, what, problems } of failures) {
		for (const problem of problems) {
			const kind = problem.replace(/\d{6,}|[0-9a-f]{8,}/g, '#').slice(0, 160);
			const cut = `${describeCut(of.cut)}${of.isDouble ? ', and again on the way' : ''}`;
			const where = `--route ${of.route} --seed ${of.seed} --index ${of.index} (${of.phase} "${what}", ${cut})`;
			const known = kinds.get(kind) ?? { text: `${problem}\n    first: ${where}`, count: 0 };
			known.count += 1;
			kinds.set(kind, known);
		}
	}
	return [...kinds.values()].map(({ text, count }) => `  ${count} x ${text}`);
}
