import { beforeEach, describe, expect, it } from 'vitest';
import { Walk } from './walk.js';

let walk: Walk;
async function upToSmokeTest(scenario: string): Promise<void> {
	walk = new Walk({ scenario });
	await walk.upToReboot();
	await walk.upTo('userspace');
}
beforeEach(() => upToSmokeTest('happy'));

const datasets = () => walk.ask('zfs', 'list', '-H', '-t', 'all', '-o', 'name');

describe('step 7', () => {
	it('asks before it writes and before it lets jobs go', async () => {
		const { questions } = await walk.run();
		expect(questions).toMatchObject([
			{ id: 'smoke-test.approve', kind: 'confirm' },
			{ id: 'finish.approve', kind: 'confirm' },
		]);
	});

	it('tests every kind of send on each pool, and leaves nothing of it', async () => {
		const before = await datasets();
		const { findings, outcome } = await walk.run();
		expect(outcome.exitCode).toBe(0);
		const ids = findings.map(({ id }) => id.replace('smoke-test.', ''));
		for (const id of ['full', 'one-step', 'all-steps', 'replicate', 'raw', 'compressed', 'large-blocks', 'resumed']) {
			expect(
				ids.filter((one) => one === id),
				id,
			).toHaveLength(2);
		}
		expect(findings.every(({ severity }) => severity === 'ok')).toBe(true);
		expect(await datasets()).toBe(before);
	});

	it('works below a dataset of its own and touches no other', async () => {
		const { typed } = await walk.run();
		const onData = typed.filter((line) => /^(?:zfs|zpool) (?!release|hold|events)/.test(line));
		expect(onData.length).toBeGreaterThan(20);
		expect(onData.filter((line) => !line.includes('.smoke'))).toEqual([]);
	});

	it('a no tests nothing and keeps everything on hold', async () => {
		const { outcome, typed } = await walk.run({ 'smoke-test.approve': false });
		expect([outcome.exitCode, typed]).toEqual([5, []]);
		expect(walk.state.evidence.heldJobs).toHaveLength(3);
		expect(await walk.probe('smoke-test')).toMatchObject({ state: 'todo' });
	});

	it('a no at the end keeps jobs on hold; the test is not done twice', async () => {
		await walk.run({ 'finish.approve': false });
		expect(await walk.probe('smoke-test')).toMatchObject({ state: 'partial' });
		const { questions, findings, outcome } = await walk.run();
		expect([questions.map(({ id }) => id), findings, outcome.exitCode]).toEqual([['finish.approve'], [], 0]);
	});

	it('says what it left and the command that removes each', async () => {
		const { logs } = await walk.run();
		const said = logs.join('\n');
		for (const pool of ['backup', 'tank']) expect(said).toContain(`zfs destroy -r ${pool}@zfs-lockstep-`);
		expect(said).toContain('Do not run "zpool upgrade"');
		expect(await walk.probe('smoke-test')).toMatchObject({ state: 'done' });
		expect(walk.state.endedAt).not.toBeNull();
	});

	it('a pool that cannot be written is skipped and said, not passed', async () => {
		await walk.ask('zpool', 'export', 'backup');
		await walk.ask('zpool', 'import', '-o', 'readonly=on', 'backup');
		const { findings } = await walk.run({}, { ignoredChecks: ['verify.pool-missing'] });
		const skipped = findings.filter(({ severity }) => severity === 'notice');
		expect(skipped.map(({ title }) => title)).toContain('"backup": Pool skipped');
	});

	it('the layout break of 2.3.1 is found by -I and -R, whatever the versions say', async () => {
		await upToSmokeTest('abi-break');
		const before = await datasets();
		const { outcome, findings } = await walk.run();
		expect(outcome.exitCode).toBe(6);
		const failed = findings.filter(({ severity }) => severity === 'blocker').map(({ id }) => id);
		expect(failed).toContain('smoke-test.all-steps');
		expect(failed).toContain('smoke-test.replicate');
		expect(failed).not.toContain('smoke-test.full');
		expect(outcome.lines.join('\n')).toContain('The way back: zfs-lockstep rollback');
		expect(await datasets()).toBe(before);
	});
});
