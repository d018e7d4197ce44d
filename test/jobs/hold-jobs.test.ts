import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCronJobs } from '../../src/jobs/cron-jobs.js';
import { findJobs } from '../../src/jobs/find-jobs.js';
import { areHeld, describeHeld, planHold } from '../../src/jobs/hold-jobs.js';
import type { HeldJob, ReplicationJob, ServiceJob } from '../../src/jobs/job.js';
import { planResume, resumeCommands } from '../../src/jobs/resume-jobs.js';
import { findStorageReplication } from '../../src/jobs/storage-replication.js';
import { findUserCrontabs } from '../../src/jobs/user-crontabs.js';
import { createSandbox, type Sandbox } from './sandbox.js';

/** Hundreds of real commands on a busy machine. */
const manyProcesses = { timeout: 60_000 };
const runDirectory = '/var/lib/zfs-lockstep/runs/20261122-213000';
const holdingRun = { runDirectory, resetCommand: 'zfs-lockstep reset --state-dir /srv/state' };

function service(unit: string, isDaemon = false): ServiceJob {
	return {
		kind: 'service',
		system: isDaemon ? 'zrepl' : 'sanoid',
		name: unit,
		unit,
		runs: `/usr/sbin/${unit}`,
		startedBy: ['x.timer'],
		isActive: isDaemon,
		isDaemon,
	};
}

let sandbox: Sandbox;
beforeEach(() => {
	sandbox = createSandbox();
});
afterEach(() => sandbox.remove());

/** Finds everything that the sandbox can have, but the services, which the test names. */
async function find(...services: readonly ServiceJob[]): Promise<readonly ReplicationJob[]> {
	const crontabs = await findUserCrontabs(sandbox.host);
	if (!crontabs.known) throw new Error(crontabs.why);
	return [
		...services,
		...(await findCronJobs(sandbox.host)),
		...crontabs.value,
		...(await findStorageReplication(sandbox.host)),
	];
}

async function hold(jobs: readonly ReplicationJob[], recorded: readonly HeldJob[] = []): Promise<readonly HeldJob[]> {
	const plan = planHold(jobs, holdingRun, recorded);
	await sandbox.carryOut(plan.stagedFiles, [...plan.commands, ...plan.stopCommands]);
	return plan.held;
}

async function resume(held: readonly HeldJob[]): Promise<readonly string[]> {
	const plan = await planResume(sandbox.host, held);
	await sandbox.carryOut(plan.stagedFiles, plan.commands);
	return plan.notes;
}

/** Some of everything. */
function fill(): readonly ServiceJob[] {
	sandbox.write('/etc/cron.d/zfs-auto-snapshot', '*/15 * * * * root zfs-auto-snapshot //\n');
	sandbox.write('/etc/cron.hourly/zfs-auto-snapshot', '#!/bin/sh\nexec zfs-auto-snapshot //\n', 0o755);
	sandbox.write(
		'/etc/crontab',
		'SHELL=/bin/sh\n5 3 * * * root zfs snapshot "tank@$(date +\\%F)" # a.b*c^d$e/f\\g[1]&\n1 1 * * * root true\n',
		0o600,
	);
	sandbox.write('/var/spool/cron/crontabs/anna', '# header\n');
	sandbox.crontabs.set('anna', '# mine\n@daily zfs send tank@a | ssh b zfs recv p/a\n0 1 * * * true\n');
	sandbox.write(
		'/etc/pve/replication.cfg',
		'local: 100-0\n\ttarget pve2\n\nlocal: 101-0\n\tdisable 1\n\ttarget pve2\n',
	);
	sandbox.write('/etc/systemd/system/sanoid.service.d/mine.conf', '[Service]\nNice=5\n');
	sandbox.running.add('zrepl.service');
	return [service('sanoid.service'), service('zfs-scrub@.service'), service('zrepl.service', true)];
}

describe('jobs on hold', () => {
	it('are put back byte for byte, with their modes and folders, and daemons run again', async () => {
		const services = fill();
		const before = sandbox.snapshot();
		const table = sandbox.crontabs.get('anna');
		const held = await hold(await find(...services));
		expect(sandbox.snapshot()).not.toEqual(before);
		expect(await areHeld(sandbox.host, held)).toBe(true);
		expect(sandbox.running).toEqual(new Set());
		expect(await resume(held)).toEqual([]);
		expect(sandbox.snapshot()).toEqual(before);
		expect(sandbox.crontabs.get('anna')).toBe(table);
		expect(sandbox.running).toEqual(new Set(['zrepl.service']));
		expect(await areHeld(sandbox.host, held)).toBe(false);
	});

	it('are not found again by whoever looks for jobs, but for the services, which stay where they are', async () => {
		const services = fill();
		await hold(await find(...services));
		expect((await find()).map(({ name }) => name)).toEqual([]);
	});

	it('are undone the same by the commands on paper', async () => {
		const services = fill();
		const before = sandbox.snapshot();
		const held = await hold(await find(...services));
		await sandbox.carryOut([], resumeCommands(held));
		expect(sandbox.snapshot()).toEqual(before);
		expect(sandbox.running).toEqual(new Set(['zrepl.service']));
	});

	it('stay known when the run was interrupted after any of its commands and plans again', manyProcesses, async () => {
		const commands = planHold(await find(...fill()), holdingRun).commands.length;
		for (let done = 0; done <= commands; done += 1) {
			sandbox.remove();
			sandbox = createSandbox();
			const services = fill();
			const before = sandbox.snapshot();
			const first = planHold(await find(...services), holdingRun);
			await sandbox.carryOut(first.stagedFiles, first.commands.slice(0, done));
			const held = await hold(await find(...services), first.held);
			expect(await areHeld(sandbox.host, held)).toBe(true);
			expect(await resume(held)).toEqual([]);
			expect(sandbox.snapshot()).toEqual(before);
		}
	});

	it('are undone to the end when undoing was interrupted after any of its commands', manyProcesses, async () => {
		const services = fill();
		const before = sandbox.snapshot();
		const held = await hold(await find(...services));
		const steps = (await planResume(sandbox.host, held)).commands.length;
		await resume(held);
		for (let done = 0; done <= steps; done += 1) {
			const again = await hold(await find(...services));
			const plan = await planResume(sandbox.host, again);
			await sandbox.carryOut(plan.stagedFiles, plan.commands.slice(0, done));
			expect(await resume(again)).toEqual([]);
			expect(sandbox.snapshot()).toEqual(before);
			expect(sandbox.running).toEqual(new Set(['zrepl.service']));
		}
	});

	it('remember that a daemon ran although an interrupted run stopped it already', async () => {
		const held = await hold([service('zrepl.service', true)]);
		const again = await hold([{ ...service('zrepl.service'), isActive: false }], held);
		await resume(again);
		expect(sandbox.running).toEqual(new Set(['zrepl.service']));
	});

	it('do not start a daemon that did not run', async () => {
		const held = await hold([service('zrepl.service', false)]);
		await resume(held);
		expect(sandbox.running).toEqual(new Set());
	});
});

describe('what somebody changed while jobs were on hold', () => {
	it('stays: a cron file that was put in the place of the held one', async () => {
		sandbox.write('/etc/cron.d/snap', '@daily root zfs snapshot tank@x\n');
		const held = await hold(await find());
		sandbox.write('/etc/cron.d/snap', '@weekly root zfs snapshot tank@x\n');
		expect(await areHeld(sandbox.host, held)).toBe(false);
		const notes = await resume(held);
		expect(notes).toEqual([expect.stringContaining('/etc/cron.d/snap is left as it is')]);
		expect(sandbox.read('/etc/cron.d/snap')).toBe('@weekly root zfs snapshot tank@x\n');
		expect(sandbox.read(`${runDirectory}/held-jobs/cron.d-snap`)).toBe('@daily root zfs snapshot tank@x\n');
	});

	it('can be held too, without losing what was held first', async () => {
		sandbox.write('/etc/cron.d/snap', '@daily root zfs snapshot tank@x\n');
		const first = await hold(await find());
		sandbox.write('/etc/cron.d/snap', '@weekly root zfs snapshot tank@x\n');
		const held = await hold(await find(), first);
		expect(held).toHaveLength(2);
		expect(await areHeld(sandbox.host, held)).toBe(true);
		await resume(held);
		expect(sandbox.read('/etc/cron.d/snap')).toBe('@weekly root zfs snapshot tank@x\n');
		expect(sandbox.read(`${runDirectory}/held-jobs/cron.d-snap`)).toBe('@daily root zfs snapshot tank@x\n');
	});

	it('stays: other lines of a crontab and of /etc/crontab', async () => {
		fill();
		const held = await hold(await find());
		sandbox.crontabs.set('anna', `${sandbox.crontabs.get('anna')}@reboot echo new\n`);
		sandbox.write('/etc/crontab', `${sandbox.read('/etc/crontab')}@reboot root echo new\n`);
		expect(await resume(held)).toEqual([]);
		expect(sandbox.crontabs.get('anna')).toMatch(/^# mine\n@daily zfs send .*\n0 1 .*\n@reboot echo new\n$/);
		expect(sandbox.read('/etc/crontab')).toMatch(/\n5 3 \* \* \* root zfs.*\n1 1 .*\n@reboot root echo new\n$/);
	});

	it('stays: a job that Proxmox’s administrator switched on again or removed', async () => {
		sandbox.write('/etc/pve/replication.cfg', 'local: 100-0\n\ttarget pve2\n\nlocal: 102-0\n\ttarget pve2\n');
		const held = await hold(await find());
		sandbox.write('/etc/pve/replication.cfg', 'local: 100-0\n\ttarget pve2\n');
		expect(await areHeld(sandbox.host, held)).toBe(false);
		const plan = await planResume(sandbox.host, held);
		expect(plan.commands).toEqual([]);
		expect(plan.notes).toEqual(['The replication job 102-0 was removed meanwhile.']);
	});

	it('is seen: a drop-in that was removed or edited, or that systemd has not read', async () => {
		const held = await hold([service('sanoid.service')]);
		const [{ detail: { path = '' } = {} } = {}] = held;
		const text = sandbox.read(path);
		expect(await areHeld(sandbox.host, held)).toBe(true);
		sandbox.write(path, '[Unit]\n');
		expect(await areHeld(sandbox.host, held)).toBe(false);
		expect(await resume(held)).toEqual([`${path} was edited meanwhile and is left as it is.`]);
		sandbox.write(path, text);
		await sandbox.host.files.remove(path);
		expect(await areHeld(sandbox.host, held)).toBe(false);
		sandbox.write(path, text);
		await sandbox.host.run({ argv: ['systemctl', 'daemon-reload'] });
		expect(await areHeld(sandbox.host, held)).toBe(true);
		const others = await hold([service('offsite.service')]);
		sandbox.write('/etc/systemd/system/late.service.d/zz-zfs-lockstep-hold.conf', text);
		const unread = planHold([service('late.service')], holdingRun).held;
		expect(await areHeld(sandbox.host, others)).toBe(true);
		expect(await areHeld(sandbox.host, unread)).toBe(false);
	});
});

describe('a plan to hold', () => {
	it('says what runs and what it cannot hold, and does nothing about either', () => {
		const plan = planHold(
			[
				{ kind: 'running', system: 'zfs-command', name: 'zfs send', runs: 'zfs send tank@a', pid: 812 },
				{
					kind: 'outside',
					system: 'zfs-autobackup',
					name: 'x',
					runs: 'zfs-autobackup of 2 datasets, started by nothing on this host',
				},
			],
			holdingRun,
		);
		expect(plan).toMatchObject({ commands: [], stopCommands: [], held: [], stagedFiles: [] });
		expect(plan.running).toEqual([{ name: 'zfs send', pid: 812 }]);
		expect(plan.notHeld).toEqual([
			'zfs-autobackup of 2 datasets, started by nothing on this host: if another host starts it, pause it there.',
		]);
	});

	it('is empty on a host without jobs, and holds nothing', async () => {
		const jobs = await findJobs(sandbox.host).catch(() => undefined);
		expect(jobs).toBeDefined();
		const plan = planHold([], holdingRun);
		expect(plan).toEqual({ stagedFiles: [], commands: [], stopCommands: [], held: [], running: [], notHeld: [] });
		expect(await areHeld(sandbox.host, [])).toBe(true);
	});

	it('says in each drop-in and beside what was moved away what to type on this run to undo it', async () => {
		const { stagedFiles } = planHold(await find(...fill()), holdingRun);
		expect(stagedFiles.map(({ path }) => path.slice(path.lastIndexOf('/') + 1))).toEqual(
			expect.arrayContaining(['README', 'hold.conf']),
		);
		for (const { path, text } of stagedFiles.filter((file) => /README|hold\.conf$/.test(file.path))) {
			expect(text, path).toContain('zfs-lockstep reset --state-dir /srv/state\n');
		}
		const broken = planHold([service('late.service')], {
			runDirectory,
			resetCommand: 'reset\n[Service]\nExecStart=/x',
		});
		const lines = broken.stagedFiles.find(({ path }) => path.endsWith('hold.conf'))?.text.split('\n') ?? [];
		expect(lines.filter((line) => !line.startsWith('#'))).toEqual(['[Unit]', 'ConditionPathExists=!/', '']);
	});

	it('names each command once and stages only into the run’s own folder', async () => {
		const plan = planHold(await find(...fill()), holdingRun);
		const ids = [...plan.commands, ...plan.stopCommands].map(({ id }) => id);
		expect(new Set(ids).size).toBe(ids.length);
		expect(ids.at(-2)).toBe('backup.hold-job.reload');
		expect(plan.stagedFiles.every(({ path }) => path.startsWith(`${runDirectory}/held-jobs/`))).toBe(true);
	});

	it('can be told to an administrator in a line for each job', async () => {
		expect(describeHeld(await hold(await find(...fill())))).toEqual([
			'sanoid.service (started by x.timer): does not start, by /etc/systemd/system/sanoid.service.d/zz-zfs-lockstep-hold.conf',
			'zfs-scrub@.service (started by x.timer): does not start, by /etc/systemd/system/zfs-scrub@.service.d/zz-zfs-lockstep-hold.conf',
			'zrepl.service (started by x.timer): stopped, and does not start, by /etc/systemd/system/zrepl.service.d/zz-zfs-lockstep-hold.conf',
			'1 line of /etc/crontab: commented out',
			`/etc/cron.d/zfs-auto-snapshot: moved to ${runDirectory}/held-jobs/cron.d-zfs-auto-snapshot`,
			`/etc/cron.hourly/zfs-auto-snapshot: moved to ${runDirectory}/held-jobs/cron.hourly-zfs-auto-snapshot`,
			'1 line of the crontab of anna: commented out',
			'Proxmox replication job 100-0: disabled',
		]);
	});
});

describe('a line of any text', () => {
	it('is commented out alone, and comes back as it was', manyProcesses, async () => {
		const text = fc.string({ unit: fc.constantFrom(...'ab $^*.[]\\/&"\'|()+?{}%#=-'.split('')), maxLength: 30 });
		await fc.assert(
			fc.asyncProperty(text, text, async (one, other) => {
				const table = `1 1 * * * root zfs send ${one}\n2 2 * * * root true ${other}\n`;
				sandbox.write('/etc/crontab', table);
				const held = await hold(await find());
				const lines = sandbox.read('/etc/crontab').split('\n');
				expect(lines[0]).toBe(`#zfs-lockstep-hold: ${table.split('\n')[0]}`);
				await resume(held);
				expect(sandbox.read('/etc/crontab')).toBe(table);
			}),
			{ numRuns: 20 },
		);
	});
});
