import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSimulatedHost, type SimulatedHost } from '../../src/host/simulated/simulated-host.js';
import { findJobs } from '../../src/jobs/find-jobs.js';
import { writeStagedFiles } from '../../src/jobs/hold.js';
import { areHeld, planHold } from '../../src/jobs/hold-jobs.js';
import { planResume } from '../../src/jobs/resume-jobs.js';
import type { PlannedCommand } from '../../src/plan/planned-command.js';

let directory: string;
let host: SimulatedHost;
beforeEach(() => {
	directory = mkdtempSync(path.join(tmpdir(), 'zfs-lockstep-simulated-'));
	host = createSimulatedHost({ directory, scenario: 'held-jobs' });
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function run(commands: readonly PlannedCommand[]): Promise<void> {
	for (const { id, work } of commands) {
		const { results } = await host.pipe(work);
		expect(
			results.map(({ outcome }) => outcome),
			id,
		).toEqual(results.map(() => ({ kind: 'exited', code: 0 })));
	}
}

async function snapshots(): Promise<number> {
	const { stdout } = await host.run({ argv: ['zfs', 'list', '-H', '-t', 'snapshot', '-o', 'name'] });
	return stdout.split('\n').length;
}

describe('the jobs of the demonstration', () => {
	it('are held over a reboot in which a missed timer fires, and run again afterwards', async () => {
		const jobs = await findJobs(host);
		if (!jobs.known) throw new Error(jobs.why);
		const names = jobs.value.map(({ name }) => name);
		expect(names).toEqual(expect.arrayContaining(['sanoid.service', 'sanoid-prune.service', 'zrepl.service']));
		const plan = planHold(jobs.value, {
			runDirectory: '/var/lib/zfs-lockstep/runs/1',
			resetCommand: 'zfs-lockstep reset',
		});
		await writeStagedFiles(host, plan.stagedFiles);
		await run([...plan.commands, ...plan.stopCommands]);
		expect(await areHeld(host, plan.held)).toBe(true);
		const before = await snapshots();
		await host.run({ argv: ['systemctl', 'reboot'] });
		if (host.isDown) host.powerOn();
		expect(await areHeld(host, plan.held)).toBe(true);
		expect(await snapshots()).toBe(before);
		const resume = await planResume(host, plan.held);
		expect(resume.notes).toEqual([]);
		await run(resume.commands);
		const again = await findJobs(host);
		expect(again.known && again.value.map(({ name }) => name)).toEqual(names);
		await host.run({ argv: ['systemctl', 'start', 'sanoid.service'] });
		expect(await snapshots()).toBeGreaterThan(before);
	});
});
