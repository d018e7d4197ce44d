import { expect, it } from 'vitest';
import { addPool } from '../../src/host/simulated/pool-create.js';
import { Walk } from './walk.js';

const spaced = 'tank/my data:of -today';
/** With the run's own snapshot it is as long as a name may be: 255 characters. */
const longest = `tank/${'n'.repeat(255 - 'tank/@zfs-lockstep-20261122-203000'.length)}`;

it('datasets with spaces, colons, dashes and the longest names go through a whole run, and back out of it', async () => {
	const walk = new Walk();
	for (const name of [spaced, `${spaced}/-first`, longest]) await walk.ask('zfs', 'create', name);
	const { typed } = await walk.upToReboot();
	expect(typed).toContain('zfs snapshot -r tank@zfs-lockstep-20261122-203000');
	const end = await walk.run();
	expect(end.outcome.exitCode, `${end.outcome.title} ${end.outcome.lines.join('\n')}`).toBe(0);
	const snapshots = (await walk.ask('zfs', 'list', '-H', '-t', 'snapshot', '-o', 'name')).split('\n');
	for (const name of [spaced, `${spaced}/-first`, longest]) {
		expect(snapshots).toContain(`${name}@zfs-lockstep-20261122-203000`);
	}
	const { outcome } = await walk.reset({ 'reset.snapshots': 'destroy' });
	expect(outcome.exitCode, outcome.lines.join('\n')).toBe(0);
	expect(await walk.ask('zfs', 'list', '-H', '-t', 'snapshot', '-o', 'name')).not.toContain('zfs-lockstep');
	expect(await walk.ask('zfs', 'list', '-H', '-o', 'name')).toContain(longest);
});

it.each(['a b:c.d-e_f', 'Z', 'mirror1-', `x${'y'.repeat(150)}`])(
	'pool %j goes through a whole run, and back out of it',
	async (pool) => {
		const walk = new Walk();
		walk.host.interfere((machine) => addPool(machine, pool, { disks: ['sdd'], sizeBytes: 1n << 40n, series: [2, 1] }));
		// As `zpool create` does: what is in the cache file is imported at the next boot.
		const cache = '/etc/zfs/zpool.cache';
		await walk.host.files.write(cache, `${await walk.host.files.read(cache)}${pool}\n`);
		await walk.ask('zfs', 'create', `${pool}/my data`);
		const first = await walk.upToReboot({ 'backup.checkpoint': 'yes' });
		expect(walk.state.pools).toContain(pool);
		expect(first.commands.flatMap(({ work }) => work.commands.map(({ argv }) => argv))).toContainEqual([
			'zfs',
			'snapshot',
			'-r',
			`${pool}@zfs-lockstep-20261122-203000`,
		]);
		const end = await walk.run();
		expect(end.outcome.exitCode, `${end.outcome.title} ${end.outcome.lines.join('\n')}`).toBe(0);
		const tested = end.findings.filter(
			({ id, title }) => id.startsWith('smoke-test.') && title.startsWith(`"${pool}"`),
		);
		expect(tested.length).toBeGreaterThan(8);
		expect(tested.every(({ severity }) => severity === 'ok')).toBe(true);
		const { outcome } = await walk.reset({ 'reset.snapshots': 'destroy' });
		expect(outcome.exitCode, outcome.lines.join('\n')).toBe(0);
		expect(await walk.ask('zfs', 'list', '-H', '-t', 'all', '-o', 'name')).not.toContain('zfs-lockstep');
		expect(await walk.ask('zpool', 'list', '-H', '-o', 'name,checkpoint', pool)).toMatch(/\t-\n$/);
		expect(await walk.ask('zfs', 'list', '-H', '-o', 'name', `${pool}/my data`)).toContain(`${pool}/my data`);
	},
);
