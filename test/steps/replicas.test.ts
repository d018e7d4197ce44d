import { beforeEach, describe, expect, it } from 'vitest';
import { succeeded } from '../../src/host/host.js';
import { Walk } from './walk.js';

const [source, replica] = ['tank/lab-source', 'tank/lab-replica'];

let walk: Walk;
beforeEach(async () => {
	walk = new Walk();
	await walk.ask('zfs', 'create', source);
	await walk.host.sleep(60);
	await walk.ask('zfs', 'snapshot', `${source}@nightly-1`);
	await walk.host.sleep(60);
	await send(`${source}@nightly-1`);
});

async function send(...what: string[]): Promise<void> {
	const { results } = await walk.host.pipe({
		commands: [{ argv: ['zfs', 'send', ...what] }, { argv: ['zfs', 'receive', '-u', replica] }],
	});
	for (const result of results) {
		if (!succeeded(result)) throw new Error(`${result.command.argv.join(' ')}: ${result.stderr}`);
	}
}

const runsSnapshots = async () => (await walk.ask('zfs', 'list', '-H', '-t', 'snapshot', '-o', 'name')).split('\n');

describe('a dataset that a replication receives into', () => {
	it('keeps no snapshot of the run, while all others have one that is held', async () => {
		const { questions } = await walk.upTo('backup', { 'check.pools': ['tank'] });
		const ours = `zfs-lockstep-${walk.state.id}`;
		const names = await runsSnapshots();
		expect(names).toContain(`${source}@${ours}`);
		expect(names).not.toContain(`${replica}@${ours}`);
		const holds = await walk.ask('zfs', 'holds', '-H', `${source}@${ours}`);
		expect(holds).toContain(ours);
		const approval = questions.find(({ id }) => id === 'backup.approve');
		expect(approval?.body.join(' ')).toContain(
			`Replicas keep none of them, so that their next receive goes on; a copy leaves them out: "${replica}"`,
		);
	});

	it('receives the next increment after the whole upgrade', async () => {
		await walk.upToReboot({ 'check.pools': ['tank'] });
		const { outcome } = await walk.run();
		expect(outcome.exitCode).toBe(0);
		await walk.ask('zfs', 'snapshot', `${source}@nightly-2`);
		await send('-I', '@nightly-1', `${source}@nightly-2`);
		expect(await runsSnapshots()).toContain(`${replica}@nightly-2`);
	});

	it('is spared by a run that was interrupted between taking and sparing', async () => {
		await walk.upTo('check', { 'check.pools': ['tank'] });
		const sitting = walk.sit();
		await sitting.context.record({ replicas: [replica] });
		await walk.ask('zfs', 'snapshot', '-r', `tank@zfs-lockstep-${walk.state.id}`);
		await walk.upTo('backup');
		expect(walk.state.evidence.replicas).toContain(replica);
		expect(await runsSnapshots()).not.toContain(`${replica}@zfs-lockstep-${walk.state.id}`);
	});
});
