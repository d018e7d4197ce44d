import { describe, expect, it } from 'vitest';
import { runOperations } from './operations/campaign.js';
import { recordRun } from './record.js';
import { newWorld, scenarioOf } from './world.js';

const seed = 1;

/** A part of what `npm run campaign -- operations` does in whole: enough to notice what breaks at once. */
describe('a run that is crashed before and after an operation', () => {
	it.each(Object.keys(scenarioOf) as (keyof typeof scenarioOf)[])(
		'reaches the same end by the route %s',
		async (route) => {
			const totals = await runOperations({ route, seed, stride: 997 });
			expect(totals.failures.slice(0, 3)).toEqual([]);
			expect(totals.operations).toBeGreaterThan(2000);
			expect(totals.situations).toBeGreaterThan(5);
		},
		600_000,
	);

	it('is the same each time: its cases can be repeated by their numbers', async () => {
		const whats = async () => {
			const { moments } = await recordRun(newWorld(scenarioOf['dkms-ahead'], seed));
			// Names of temporary files are drawn by the kernel's random numbers.
			return moments.map(({ phase, what }) => `${phase} ${what.replace(/(?:\.tmp-)?[0-9a-f-]{12,}(?:\.tmp)?/g, '#')}`);
		};
		expect(await whats()).toEqual(await whats());
	}, 120_000);
});
