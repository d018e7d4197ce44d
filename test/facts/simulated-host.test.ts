import { describe, expect, it } from 'vitest';
import { collectFacts } from '../../src/facts/collect.js';
import { createMemoryStore } from '../../src/host/simulated/machine-store.js';
import { scenarios } from '../../src/host/simulated/scenarios.js';
import { createSimulatedHost, type SimulatedHost } from '../../src/host/simulated/simulated-host.js';
import { makePlan } from '../../src/plan/make-plan.js';
import { unknownsIn } from '../support/unknown-facts.js';

function simulate(scenario: string): SimulatedHost {
	return createSimulatedHost({ directory: '/nowhere', scenario, store: createMemoryStore() });
}

describe('the facts of the simulated host', () => {
	it('leave nothing unknown in the happy scenario', async () => {
		const facts = await collectFacts(simulate('happy'));
		expect(unknownsIn(facts)).toEqual([]);
		expect(facts.pools).toMatchObject({ known: true, value: expect.arrayContaining([expect.anything()]) });
	});

	it('lead to the same route as on the real Debian host', async () => {
		const host = simulate('happy');
		const result = await makePlan(host, await collectFacts(host), { pools: [] });
		expect(result).toMatchObject({
			kind: 'plan',
			plan: {
				route: 'dkms-ahead',
				fromVersion: '2.1.11-1+deb12u1',
				targetVersion: '2.3.2-2~bpo12+2',
				packagesNew: expect.arrayContaining(['libzfs6linux', 'libzpool6linux']),
				packagesRemoved: expect.arrayContaining(['libzfs4linux', 'libzpool5linux']),
			},
		});
	});

	it('have nothing to do in the scenario of that name', async () => {
		const host = simulate('nothing-to-do');
		expect(await makePlan(host, await collectFacts(host), { pools: [] })).toMatchObject({ kind: 'nothing-to-do' });
	});

	it.each(scenarios.map(({ name }) => name))('can be read and planned in the scenario %s', async (name) => {
		const host = simulate(name);
		const before = JSON.stringify(host.machine().packages);
		await makePlan(host, await collectFacts(host), { pools: [] });
		expect(JSON.stringify(host.machine().packages)).toBe(before);
	});
});
