import { describe, expect, it } from 'vitest';
import { Walk } from './walk.js';

describe('step 1', () => {
	it('changes nothing, asks only for the pools, and fixes route and target', async () => {
		const walk = new Walk();
		expect(await walk.probe('check')).toMatchObject({ state: 'todo' });
		const { questions, typed, failed } = await walk.upTo('check');
		expect(questions).toMatchObject([{ id: 'check.pools', kind: 'choose-many', suggested: ['backup', 'tank'] }]);
		expect([typed, failed]).toEqual([[], []]);
		expect(await walk.probe('check')).toEqual({
			state: 'done',
			evidence: 'The plan is to go to OpenZFS 2.3.2-2~bpo12+2.',
		});
		expect(walk.state.plan).toMatchObject({ route: 'dkms-ahead', fromUpstream: '2.1.11', targetUpstream: '2.3.2' });
		expect(walk.state.pools).toEqual(['backup', 'tank']);
		expect(await walk.wayBack()).toContain('Nothing was changed yet');
	});

	it('takes the pools that were chosen, and asks nothing when they are named', async () => {
		const chosen = new Walk();
		await chosen.upTo('check', { 'check.pools': ['tank'] });
		expect(chosen.state.pools).toEqual(['tank']);
		const named = new Walk();
		const { questions } = await named.run({}, { until: 'check', pools: ['backup'] });
		expect([questions, named.state.pools]).toEqual([[], ['backup']]);
	});

	it('stops with 5 when nobody answers, and leaves no trace', async () => {
		const walk = new Walk();
		const { outcome } = await walk.run({ 'check.pools': undefined });
		expect(outcome).toMatchObject({ exitCode: 5 });
		expect(outcome.lines.join(' ')).toContain('check.pools');
		expect(walk.saved).toEqual([]);
	});

	it.each([
		['degraded-pool', 3, 'pool.degraded'],
		['suspended-pool', 3, 'pool.suspended'],
		['no-zfs-module', 3, 'versions.module-not-loaded'],
		['no-space', 3, 'space.enough'],
		['abi-mismatch', 3, 'versions.abi-break'],
	])('is blocked in scenario %s with %i, writes nothing and changes nothing', async (scenario, code, id) => {
		const walk = new Walk({ scenario });
		const { outcome, findings, typed, questions } = await walk.run();
		expect(outcome.exitCode).toBe(code);
		expect(findings.filter(({ severity }) => severity === 'blocker').map((one) => one.id)).toContain(id);
		for (const finding of findings) expect(finding.remediation[0].text, finding.id).not.toBe('');
		expect([typed, questions, walk.saved]).toEqual([[], [], []]);
	});

	it('goes on over a blocker that is ignored by name, and marks it', async () => {
		const walk = new Walk({ scenario: 'degraded-pool' });
		const { findings, outcome } = await walk.run({}, { until: 'check', ignoredChecks: ['pool.degraded'] });
		expect(outcome.exitCode).toBe(0);
		expect(findings.find(({ id }) => id === 'pool.degraded')?.ignored).toBe(true);
	});

	it.each([
		['equal to what is there', {}, 'nothing-to-do', 77],
		['unknown to the archive', { target: '9.9.9' }, 'happy', 3],
	])('ends in good order for a target that is %s', async (_, options, scenario, code) => {
		const walk = new Walk({ scenario });
		const { outcome } = await walk.run({}, options);
		expect(outcome.exitCode).toBe(code);
		expect(walk.saved).toEqual([]);
	});

	it('waits for another package manager, says who it is, and gives up with 75', async () => {
		const { outcome, logs } = await new Walk({ scenario: 'apt-locked' }).run();
		expect(outcome.exitCode).toBe(75);
		expect(logs.join('\n')).toMatch(/Waiting for another package manager to finish: .*unattended-upgr/);
	});
});
