import { describe, expect, it } from 'vitest';
import { findReplicas } from '../../src/zfs/replicas.js';
import { createTableHost } from '../support/table-host.js';

function hostWith(datasets: readonly string[], snapshots: readonly string[]) {
	const table = (rows: readonly string[]) => rows.map((row) => `${row.replaceAll(' ', '\t')}\n`).join('');
	return createTableHost({
		commands: [
			['zfs list -Hp -t filesystem,volume -o name,creation,written', table(datasets)],
			['zfs list -Hp -t snapshot -o name,creation', table(snapshots)],
		],
	});
}

async function replicasOn(datasets: readonly string[], snapshots: readonly string[]) {
	const found = await findReplicas(hostWith(datasets, snapshots));
	return found.known ? found.value : found.why;
}

describe('datasets that a replication receives into', () => {
	it('have a snapshot that is older than they are', async () => {
		const datasets = ['backup 100 0', 'backup/offsite 500 0', 'tank 100 0', 'tank/data 100 0'];
		const snapshots = ['backup/offsite@a 400', 'backup/offsite@b 600', 'tank/data@a 400'];
		expect(await replicasOn(datasets, snapshots)).toEqual(['backup/offsite']);
	});

	it('are found when the first send took less than a second', async () => {
		expect(await replicasOn(['backup/new 500 0'], ['backup/new@a 500'])).toEqual(['backup/new']);
	});

	it('are not those that somebody wrote to: their newest snapshot does not hold it', async () => {
		expect(await replicasOn(['backup/used 500 4096'], ['backup/used@a 400'])).toEqual([]);
	});

	it('are never a whole pool', async () => {
		expect(await replicasOn(['backup 500 0'], ['backup@a 400'])).toEqual([]);
	});

	it('are not guessed where they cannot be listed', async () => {
		const host = createTableHost({ commands: [['zfs list *', { exit: 1, stderr: 'internal error\n' }]] });
		expect((await findReplicas(host)).known).toBe(false);
	});
});
