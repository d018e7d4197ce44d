import { beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from '../../src/host/simulated/tree.js';
import { Walk } from './walk.js';

let walk: Walk;
beforeEach(async () => {
	walk = new Walk();
	await walk.upTo('check');
});

const mark = 'zfs-lockstep-20261122-203000';
const snapshots = () => walk.ask('zfs', 'list', '-H', '-t', 'snapshot', '-o', 'name');

describe('step 2', () => {
	it('asks for a copy, a checkpoint and a yes, each with the harmless answer suggested', async () => {
		const { questions } = await walk.upTo('backup');
		expect(questions).toMatchObject([
			{ id: 'backup.stream', kind: 'choose', suggested: 'no' },
			{ id: 'backup.checkpoint', kind: 'choose', suggested: 'no' },
			{ id: 'backup.approve', kind: 'confirm' },
		]);
	});

	it('runs exactly the commands that were shown with the question, in that order', async () => {
		const { questions, commands, typed } = await walk.upTo('backup');
		const approved = questions.at(-1);
		const shown = approved?.kind === 'confirm' ? approved.commands.map(({ id }) => id) : [];
		expect(commands.filter(({ effect }) => effect !== 'nothing').map(({ id }) => id)).toEqual(shown);
		const rest = typed.slice(typed.indexOf('systemctl daemon-reload'));
		expect(rest).toEqual([
			'systemctl daemon-reload',
			'apt-mark hold libnvpair3linux libuutil3linux libzfs4linux libzpool5linux zfs-dkms zfs-initramfs zfs-zed zfsutils-linux linux-headers-amd64 linux-image-amd64',
			`zfs snapshot -r backup@${mark}`,
			`zfs destroy backup/replica/home@${mark}`,
			`zfs hold -r ${mark} backup@${mark}`,
			`zfs snapshot -r tank@${mark}`,
			`zfs hold -r ${mark} tank@${mark}`,
		]);
	});

	it('a no leaves the host as it was, and the run waits', async () => {
		const before = await snapshots();
		const { outcome, typed } = await walk.run({ 'backup.approve': false });
		expect(outcome.exitCode).toBe(5);
		expect(typed).toEqual([]);
		expect(await snapshots()).toBe(before);
		expect(await walk.probe('backup')).toMatchObject({ state: 'todo' });
		expect(walk.state.steps.backup).toMatchObject({ status: 'waiting', waitingFor: 'administrator' });
	});

	it('keeps host files, packages and the inventory, and says so when probed', async () => {
		await walk.upTo('backup');
		expect(await walk.probe('backup')).toEqual({
			state: 'done',
			evidence: '2 pools snapshotted and held; 8 packages kept; 3 jobs on hold.',
		});
		const { savedPackages = [], hostFiles, inventory } = walk.state.evidence;
		for (const { file, sha256 } of savedPackages) expect(await walk.host.files.checksum(file)).toBe(sha256);
		expect(await walk.host.files.stat(`${hostFiles}/etc/zfs/zpool.cache`)).toMatchObject({ type: 'file' });
		expect(await walk.host.files.list(inventory ?? '')).toContain('snapshots.tsv');
		const way = await walk.wayBack();
		for (const word of ['apt-mark unhold', `zfs release -r ${mark}`, `zfs destroy -r tank@${mark}`]) {
			expect(way).toContain(word);
		}
	});

	it('warns by name of packages that the archive has dropped, for the way back needs their files', async () => {
		walk.host.interfere((machine) => ({
			...machine,
			archive: { ...machine.archive, withdrawn: [...machine.archive.withdrawn, '2.1.11-1+deb12u1'] },
		}));
		const { findings, typed } = await walk.upTo('backup');
		expect(findings.map(({ severity, id }) => `${severity} ${id}`)).toEqual(['warning backup.packages-not-saved']);
		expect(findings[0]?.detail).toContain('zfsutils-linux 2.1.11-1+deb12u1');
		expect(findings[0]?.remediation[0].text).toContain(`${walk.runDirectory}/packages`);
		expect(typed).toContain(`zfs snapshot -r tank@${mark}`);
	});

	it('makes the checkpoint that was asked for, and names the command that gives it up', async () => {
		const { typed } = await walk.upTo('backup', { 'backup.checkpoint': 'yes' });
		expect(typed).toContain('zpool checkpoint tank');
		expect(await walk.wayBack()).toContain('zpool checkpoint -d -w tank');
	});

	it('sends the copy that was asked for, and again what did not fit', async () => {
		const answers = { 'backup.stream': 'yes', 'backup.destination': '/srv/copies' };
		walk.host.interfere((machine) => makeFolder(machine, '/srv/copies'));
		const { outcome, typed: first } = await walk.run(answers, { until: 'backup' });
		expect(outcome.exitCode).toBe(1);
		expect(outcome.lines.join('\n')).toContain('No space left on device');
		expect(walk.state.evidence.backups?.map(({ pool }) => pool)).toEqual(['backup']);
		// The replica in it has no snapshot of the run.
		expect(first.filter((line) => line.startsWith('zfs send'))[0]).toContain(`-R -s backup@${mark}`);
		// Room is made, and the same answer brings the copy that is missing, and no other.
		walk.host.interfere((machine) => ({
			...machine,
			fileSystems: machine.fileSystems.map((one) => ({ ...one, totalBytes: String(2n ** 43n) })),
		}));
		const { typed } = await walk.upTo('backup', answers);
		expect(typed.filter((line) => line.startsWith('zfs send'))).toEqual([expect.stringContaining(`tank@${mark}`)]);
		expect(walk.state.evidence.backups?.map(({ pool }) => pool)).toEqual(['backup', 'tank']);
		expect(await walk.host.files.list('/srv/copies')).toContain(`${mark}.tank.zfs`);
	});

	it('makes a copy that no boot mounts over what it is a copy of', async () => {
		walk = new Walk();
		await walk.ask('zfs', 'create', 'backup/copies');
		await walk.upTo('check', { 'check.pools': ['tank'] });
		const answers = { 'backup.stream': 'yes', 'backup.destination': 'backup/copies' };
		const { typed } = await walk.upTo('backup', answers);
		expect(typed.filter((line) => line.includes('zfs receive'))).toEqual([
			expect.stringContaining('-o canmount=noauto -o mountpoint=none backup/copies/'),
		]);
		const listed = await walk.ask(
			'zfs',
			'get',
			'-H',
			'-r',
			'-o',
			'value',
			'-t',
			'filesystem',
			'mountpoint',
			`backup/copies/${mark}.tank`,
		);
		expect(new Set(listed.trim().split('\n'))).toEqual(new Set(['none']));
	});

	it('is only half done when a snapshot is gone, and takes that one again and no other', async () => {
		await walk.upTo('backup');
		await walk.ask('zfs', 'release', '-r', mark, `tank@${mark}`);
		await walk.ask('zfs', 'destroy', '-r', `tank@${mark}`);
		expect(await walk.probe('backup')).toMatchObject({
			state: 'partial',
			evidence: 'Not snapshotted and held: "tank".',
		});
		const { typed, logs } = await walk.upTo('backup');
		expect(logs.join('\n')).toContain('the host says otherwise');
		expect(typed.filter((line) => line.startsWith('zfs snapshot'))).toEqual([`zfs snapshot -r tank@${mark}`]);
	});

	it('stays done over a reboot and over the package transaction', async () => {
		await walk.upToReboot();
		expect(await walk.probe('backup')).toMatchObject({ state: 'done' });
		await walk.upTo('userspace');
		expect(await walk.probe('backup')).toMatchObject({ state: 'done' });
	});

	it('stays done when the module is not loaded: what cannot be seen is not gone', async () => {
		await walk.upToReboot();
		walk.host.interfere((machine) => ({ ...machine, modules: {} }));
		expect(await walk.probe('backup')).toMatchObject({ state: 'done' });
	});
});
