import { expect, it } from 'vitest';
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
