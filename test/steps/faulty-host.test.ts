import { describe, expect, it } from 'vitest';
import type { SimulatedHost } from '../../src/host/simulated/simulated-host.js';
import { readOnlyBelow, withoutProgram } from './faulty-host.js';
import { type Story, Walk } from './walk.js';

function flat({ outcome }: Story): string {
	return [outcome.title, ...outcome.lines].join(' ');
}

/** Once the machine is mended the same run comes to its end. */
async function finishes(walk: Walk, mended: SimulatedHost): Promise<void> {
	walk.host = mended;
	let story = await walk.run({ 'reboot.when': 'now' });
	expect(story.outcome.exitCode, flat(story)).toBe(4);
	story = await walk.run();
	expect(story.outcome.exitCode, flat(story)).toBe(0);
}

describe('a program that is not installed', () => {
	it.each<[program: string, exitCode: number, words: string]>([
		['zfs', 3, 'versions.userspace-unknown'],
		['zpool', 3, 'pool.unreadable'],
		['dkms', 3, 'The kernel module does not come from a package'],
		['apt-get', 3, 'without a simulation of the transaction'],
		['apt-cache', 3, 'without the installed packages and what is on offer'],
		['dpkg-query', 3, 'packages.unreadable'],
		['modinfo', 3, 'without where the module comes from'],
		['systemctl', 1, 'systemctl'],
		['apt-mark', 1, 'apt-mark is not installed'],
		['sync', 1, 'sync is not installed'],
		['install', 1, 'install is not installed'],
		['mv', 1, 'mv is not installed'],
		['dpkg-deb', 1, 'dpkg-deb'],
		['update-initramfs', 1, 'update-initramfs is not installed'],
		['find', 6, 'find /var/tmp'],
	])('%s: the run ends with %i, says so, and goes on once it is there', async (program, exitCode, words) => {
		const walk = new Walk();
		const whole = walk.host;
		walk.host = withoutProgram(whole, program);
		const story = await walk.run({ 'reboot.when': 'now' });
		expect(story.outcome.exitCode, flat(story)).toBe(exitCode);
		expect(flat(story)).toContain(words);
		await finishes(walk, whole);
	});

	it('zstream: a copy that cannot be proven is not called one', async () => {
		const walk = new Walk();
		const whole = walk.host;
		walk.host = withoutProgram(whole, 'zstream');
		const answers = { 'backup.stream': 'yes', 'backup.destination': '/srv' };
		const story = await walk.run(answers, { pools: ['backup'] });
		expect(story.outcome.exitCode).toBe(1);
		expect(flat(story)).toContain('zstream could not read it');
		expect(walk.state.evidence.backups ?? []).toEqual([]);
		walk.host = whole;
		expect((await walk.upTo('backup', answers)).outcome.exitCode).toBe(0);
		expect(walk.state.evidence.backups).toMatchObject([{ pool: 'backup', destination: '/srv' }]);
	});
});

describe('a file system that turns read-only', () => {
	it.each<[what: string, folder: (walk: Walk) => string, before: 'check' | 'backup']>([
		["under the run's folder", (walk) => walk.runDirectory, 'check'],
		['under the state', () => '/var/lib/zfs-lockstep', 'backup'],
	])('%s: the run stops, names it, and goes on once it can be written', async (_what, folder, before) => {
		const walk = new Walk();
		await walk.upTo(before);
		const whole = walk.host;
		walk.host = readOnlyBelow(whole, folder(walk));
		const story = await walk.run({ 'reboot.when': 'later' });
		expect(story.outcome.exitCode, flat(story)).toBe(1);
		expect(flat(story)).toContain('the file system is mounted read-only');
		expect(flat(story)).toContain('mount -o remount,rw');
		expect(await walk.ask('cat', '/sys/module/zfs/version')).toContain('2.1.11');
		await finishes(walk, whole);
	});
});

describe('a pool that is resilvering', () => {
	it('is warned of, and the upgrade is left to the administrator', async () => {
		const walk = new Walk();
		walk.host.interfere((machine) => {
			const { tank } = machine.pools;
			if (tank === undefined) throw new Error('There is no tank.');
			const [startedAt, endsAt] = [machine.clock - 60, machine.clock + 3600];
			const scan = {
				function: 'resilver',
				startedAt,
				endsAt,
				state: 'running',
				repairedBytes: '0',
				errors: 0,
			} as const;
			return { ...machine, pools: { ...machine.pools, tank: { ...tank, scan } } };
		});
		const { findings, outcome } = await walk.upTo('check');
		expect(findings).toContainEqual(expect.objectContaining({ id: 'pool.resilvering', severity: 'warning' }));
		expect(outcome.exitCode).toBe(0);
		const finding = findings.find(({ id }) => id === 'pool.resilvering');
		expect(finding?.remediation.flatMap(({ commands = [] }) => commands)).toContainEqual([
			'zpool',
			'wait',
			'-t',
			'resilver',
			'tank',
		]);
	});
});
