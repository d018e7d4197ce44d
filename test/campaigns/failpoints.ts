/**
 * `failpoints`: the whole run on a simulated host, ended at each failpoint that it comes by: once, and carried on to the
 * end; and at those of the steps every time, until it halts. Operands: parts of the names of the failpoints to take.
 */
import { failpoints } from '../../src/engine/failpoints.js';
import type { Campaign } from './campaigns.js';
import { type Cut, describeCut } from './cut.js';
import { type FailpointCase, findMet, playFailpoint, recordFor, stepFailpoints } from './failpoints/campaign.js';

const cuts: readonly Cut[] = ['kill', 1];

export const campaign: Campaign = {
	summary: `${failpoints.length} named failpoints: the program killed or the power cut at each, once or every time`,
	async run({ seed, operands, say }) {
		const recording = await recordFor(seed);
		const met = await findMet(seed);
		const isAsked = ({ name }: FailpointCase) => operands.length === 0 || operands.some((part) => name.includes(part));
		const cases = cuts
			.flatMap((cut): readonly FailpointCase[] => [
				...[...met].map((name) => ({ name, times: 'once', cut }) as const),
				...stepFailpoints.map((name) => ({ name, times: 'always', cut }) as const),
			])
			.filter(isAsked);
		const endings = new Map<string, number>();
		let failures = 0;
		for (const one of cases) {
			const { ending, hits, problems } = await playFailpoint(recording, one, seed);
			const kind = `${one.times}: ${ending}`;
			endings.set(kind, (endings.get(kind) ?? 0) + 1);
			if (problems.length === 0) continue;
			failures += 1;
			say(`  ${one.name}, ${one.times}, ${describeCut(one.cut)} (${hits} times):`);
			for (const problem of problems.slice(0, 5)) say(`    ${problem}`);
		}
		say(`${failpoints.length} failpoints, ${met.size} met by the run; ${cases.length} cases, ${failures} failures`);
		for (const [kind, count] of endings) say(`  ${count} x ${kind}`);
		return failures === 0;
	},
};
