import { beforeEach, describe, expect, it } from 'vitest';
import type { Machine } from '../../src/host/simulated/machine.js';
import { findUnheldJobs } from '../../src/jobs/find-unheld.js';
import { runWayBack } from '../campaigns/invariants/run-way-back.js';
import { Walk } from './walk.js';

const jobs = [
	'apt-daily-upgrade.service',
	'apt-daily.service',
	'cron.d-zfs-replicate',
	'cron.d-zfsutils-linux',
	'sanoid-prune.service',
	'sanoid.service',
	'zrepl.service',
];

let walk: Walk;
beforeEach(() => {
	walk = new Walk({ scenario: 'held-jobs' });
});

async function jobsThatMayRun(): Promise<readonly string[]> {
	const found = await findUnheldJobs(walk.host);
	if (!found.known) throw new Error(found.why);
	return found.value.map(({ name }) => name).sort();
}

async function heldPackages(): Promise<readonly string[]> {
	return (await walk.ask('apt-mark', 'showhold')).split('\n').filter((name) => name !== '');
}

/** Where jobs are set up: what is there must be there again at the end. */
function scheduleFiles(): Readonly<Record<string, unknown>> {
	const { files, loadedDropIns } = walk.host.machine();
	const of = (folder: string) => Object.entries(files).filter(([path]) => path.startsWith(folder));
	const texts = [...of('/etc/cron'), ...of('/etc/systemd')].map(([path, node]) => [
		path,
		node.kind === 'file' ? node.text : node.kind,
	]);
	return { ...Object.fromEntries(texts), loadedDropIns };
}

async function sanoidSnapshots(): Promise<number> {
	const listed = await walk.ask('zfs', 'list', '-H', '-t', 'snapshot', '-o', 'name');
	return listed.split('\n').filter((name) => name.includes('@autosnap_')).length;
}

function breakSends(machine: Machine): Machine {
	return { ...machine, faults: { ...machine.faults, shiftedSources: ['2.3.2'] } };
}

describe('jobs that run by themselves', () => {
	it('are held by step 2, one hold each, and the daemon that a hold does not end is stopped', async () => {
		expect(await jobsThatMayRun()).toEqual(jobs);
		const { typed } = await walk.upTo('backup');
		expect(await jobsThatMayRun()).toEqual([]);
		expect((walk.state.evidence.heldJobs ?? []).map(({ name }) => name).sort()).toEqual(jobs);
		expect(typed).toContain('systemctl stop -- zrepl.service');
		expect(await walk.ask('systemctl', 'show', '--property=ActiveState', '--', 'zrepl.service')).toContain('inactive');
	});

	it('that cannot be read stop step 2 before anything is changed, unless the administrator says otherwise', async () => {
		const run = walk.host.run.bind(walk.host);
		walk.host.run = async (command) => {
			const result = await run(command);
			return command.argv[1] === 'list-units' ? { ...result, outcome: { kind: 'timed-out', seconds: 60 } } : result;
		};
		const { outcome, typed } = await walk.run();
		expect(outcome.exitCode).toBe(1);
		expect(outcome.title).toContain('jobs of this host could not be read');
		expect(typed).toEqual([]);
		const agreed = await walk.run({}, { ignoredChecks: ['jobs.unreadable'], until: 'backup' });
		expect(agreed.outcome.exitCode).toBe(0);
	});

	it('stay held over the reboot, in which the timer that missed its time fires', async () => {
		const before = await sanoidSnapshots();
		await walk.upToReboot();
		expect(await jobsThatMayRun()).toEqual([]);
		expect(await sanoidSnapshots()).toBe(before);
	});

	it('would have run at that reboot, were they not held', async () => {
		const before = await sanoidSnapshots();
		await walk.reboot();
		expect(await sanoidSnapshots()).toBeGreaterThan(before);
	});

	it('stay held through the package transaction, and run again only when the smoke test is green', async () => {
		const files = scheduleFiles();
		await walk.upToReboot();
		const { outcome } = await walk.run({ 'finish.approve': false });
		expect(outcome.exitCode).toBe(5);
		expect(walk.state.evidence.smokeTest?.failed).toBe(0);
		expect(await jobsThatMayRun()).toEqual([]);
		const end = await walk.run();
		expect(end.outcome.exitCode).toBe(0);
		// Nothing that was done before is done again.
		expect(end.questions.map(({ id }) => id)).toEqual(['finish.approve']);
		expect(await jobsThatMayRun()).toEqual(jobs);
		expect(scheduleFiles()).toEqual(files);
		expect(walk.state.evidence.heldJobs).toEqual([]);
		expect(await walk.ask('systemctl', 'show', '--property=ActiveState', '--', 'zrepl.service')).toContain('=active');
	});

	it('stay held when a send fails in the smoke test', async () => {
		walk.host.interfere(breakSends);
		await walk.upToReboot();
		const { outcome, questions } = await walk.run();
		expect(outcome.exitCode).toBe(6);
		expect(questions.map(({ id }) => id)).not.toContain('finish.approve');
		expect(await jobsThatMayRun()).toEqual([]);
	});

	it.each([
		['the backup', 'backup'],
		['the module build', 'module'],
	] as const)('are let go by a rollback after %s, and their files are as before', async (_, step) => {
		const files = scheduleFiles();
		await walk.upTo(step);
		const { outcome } = await walk.rollback();
		expect(outcome.exitCode, outcome.lines.join('\n')).toBe(0);
		expect(await jobsThatMayRun()).toEqual(jobs);
		expect(scheduleFiles()).toEqual(files);
	});

	it('are let go by a rollback after a failed smoke test, once the old module runs again', async () => {
		const files = scheduleFiles();
		walk.host.interfere(breakSends);
		await walk.upToReboot();
		await walk.run();
		const down = await walk.rollback();
		expect(down.outcome.exitCode, down.outcome.title).toBe(4);
		expect(await jobsThatMayRun()).toEqual([]);
		await walk.reboot();
		const { outcome } = await walk.rollback();
		expect(outcome.exitCode, `${outcome.title} ${outcome.lines.join('\n')}`).toBe(0);
		expect(await jobsThatMayRun()).toEqual(jobs);
		expect(scheduleFiles()).toEqual(files);
	});

	describe('after a finished run', () => {
		let files: ReturnType<typeof scheduleFiles>;
		beforeEach(async () => {
			files = scheduleFiles();
			await walk.upToReboot();
			const { outcome } = await walk.run();
			expect(outcome.exitCode, outcome.title).toBe(0);
			expect(await jobsThatMayRun()).toEqual(jobs);
			expect(await heldPackages()).toEqual([]);
		});

		it('are put on hold again for the way back, with the packages, and let go at its end', async () => {
			const down = await walk.rollback();
			expect(down.questions[0]?.id).toBe('rollback.hold-again');
			expect(down.outcome.exitCode, down.outcome.title).toBe(4);
			expect(await jobsThatMayRun()).toEqual([]);
			expect(await heldPackages()).toEqual(expect.arrayContaining(['linux-image-amd64', 'zfs-dkms', 'zfsutils-linux']));
			await walk.reboot();
			expect(await jobsThatMayRun()).toEqual([]);
			const { outcome } = await walk.rollback();
			expect(outcome.exitCode, `${outcome.title} ${outcome.lines.join('\n')}`).toBe(0);
			expect(await walk.ask('zfs', '--version')).toContain('2.1.11');
			expect(await jobsThatMayRun()).toEqual(jobs);
			expect(await heldPackages()).toEqual([]);
			expect(scheduleFiles()).toEqual(files);
		});

		it('are so by the commands that are printed, too', async () => {
			const text = await walk.wayBack();
			const { problems, machine } = runWayBack(walk.host.machine(), text);
			expect(problems).toEqual([]);
			walk.host.interfere(() => machine);
			walk.host.powerOn();
			expect(text.indexOf('Put packages and jobs on hold again')).toBeLessThan(text.indexOf('Bring the userspace'));
			expect(await walk.ask('zfs', '--version')).toContain('2.1.11');
			expect(await jobsThatMayRun()).toEqual(jobs);
			expect(await heldPackages()).toEqual([]);
			expect(scheduleFiles()).toEqual(files);
		});

		it('stay as they are when that is declined, and nothing is undone', async () => {
			const { outcome, typed } = await walk.rollback({ 'rollback.hold-again': false });
			expect(outcome.exitCode).toBe(5);
			expect(typed).toEqual([]);
			expect(await jobsThatMayRun()).toEqual(jobs);
		});

		it('are all on hold also when the way back was interrupted while it held them', async () => {
			walk.onCommand = async ({ id }) => {
				if (id === 'backup.hold-job.zrepl.service') throw new Error('killed here');
			};
			await expect(walk.rollback()).rejects.toThrow('killed here');
			walk.onCommand = undefined;
			const down = await walk.rollback();
			expect(down.outcome.exitCode, down.outcome.title).toBe(4);
			expect(await jobsThatMayRun()).toEqual([]);
			await walk.reboot();
			const { outcome } = await walk.rollback();
			expect(outcome.exitCode, `${outcome.title} ${outcome.lines.join('\n')}`).toBe(0);
			expect(await jobsThatMayRun()).toEqual(jobs);
			expect(await heldPackages()).toEqual([]);
			expect(scheduleFiles()).toEqual(files);
		});

		it('are let go again by the run itself when the way back is given up', async () => {
			await walk.rollback({ 'rollback.userspace-smoke-test-verify-reboot-module.rollback.transaction': false });
			expect(await jobsThatMayRun()).toEqual([]);
			const { outcome } = await walk.run();
			expect(outcome.exitCode, `${outcome.title} ${outcome.lines.join('\n')}`).toBe(0);
			expect(await jobsThatMayRun()).toEqual(jobs);
			expect(await heldPackages()).toEqual([]);
		});

		it('are not touched by a reset', async () => {
			const { typed, outcome } = await walk.reset();
			expect(outcome.exitCode).toBe(0);
			expect(typed).toEqual([]);
			expect(await jobsThatMayRun()).toEqual(jobs);
		});
	});

	it.each(['backup', 'module'] as const)('are let go by a reset after step "%s"', async (step) => {
		const files = scheduleFiles();
		await walk.upTo(step);
		const { outcome } = await walk.reset();
		expect(outcome.exitCode, outcome.lines.join('\n')).toBe(0);
		expect(await jobsThatMayRun()).toEqual(jobs);
		expect(scheduleFiles()).toEqual(files);
	});
});
