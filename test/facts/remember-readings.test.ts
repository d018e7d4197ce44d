import { describe, expect, it } from 'vitest';
import { rememberReadings, trustedSeconds } from '../../src/facts/remember-readings.js';
import type { Command, CommandResult, Host } from '../../src/host/host.js';
import { createTableHost } from '../support/table-host.js';

const holds: Command = { argv: ['apt-mark', 'showhold'] };

function remembered(answer: Parameters<typeof createTableHost>[0] = { commands: [['apt-mark *', 'zfs-dkms\n']] }) {
	const table = createTableHost(answer);
	const clock = { now: 1000 };
	const host: Host = { ...table, now: () => clock.now, sleep: async () => {} };
	return { table, clock, ...rememberReadings(host, '/state') };
}

describe('a host whose readings are remembered', () => {
	it('is asked once, also by several at the same time', async () => {
		const { table, host } = remembered();
		const [first, second] = await Promise.all([host.run(holds), host.run(holds)]);
		expect(await host.run(holds)).toBe(first);
		expect(second).toBe(first);
		expect(table.calls).toHaveLength(1);
	});

	it.each<[string, (each: ReturnType<typeof remembered>) => Promise<unknown> | unknown]>([
		['it is said to change', ({ forget }) => forget()],
		['a file of it is written', ({ host }) => host.files.write('/etc/apt/preferences.d/zfs', '')],
		['a file of it is removed', ({ host }) => host.files.remove('/etc/cron.d/zfs')],
		['somebody waited for something', ({ host }) => host.sleep(5)],
		['two minutes have passed', ({ clock }) => Object.assign(clock, { now: clock.now + trustedSeconds })],
	])('is asked again after %s', async (_, change) => {
		const each = remembered();
		await each.host.run(holds);
		await change(each);
		await each.host.run(holds);
		expect(each.table.calls).toHaveLength(2);
	});

	it('says which of its commands takes longest just now', async () => {
		const answers: (() => void)[] = [];
		const { table } = remembered();
		const slow: Host = {
			...table,
			run: (command) => new Promise((resolve) => answers.push(() => resolve(table.run(command)))),
		};
		const { host, reading } = rememberReadings(slow);
		expect(reading()).toBeUndefined();
		const asked = [host.run(holds), host.run({ argv: ['apt-mark', 'showauto'] })];
		expect(reading()).toEqual(holds);
		answers[0]?.();
		await asked[0];
		expect(reading()?.argv).toEqual(['apt-mark', 'showauto']);
		answers[1]?.();
		await asked[1];
		expect(reading()).toBeUndefined();
	});

	it('is not asked again because we wrote down what it said', async () => {
		const { table, host } = remembered();
		await host.run(holds);
		await host.files.write('/state/runs/1/ROLLBACK.txt', '');
		await host.run(holds);
		expect(table.calls).toHaveLength(1);
	});

	it.each<[string, CommandResult['outcome']]>([
		['gave no answer', { kind: 'timed-out', seconds: 60 }],
		['failed, for what hindered it may be over', { kind: 'exited', code: 1 }],
	])('is asked again where it %s', async (_what, outcome) => {
		const { table, host } = remembered({ commands: [['apt-mark *', { outcome }]] });
		await host.run(holds);
		await host.run(holds);
		expect(table.calls).toHaveLength(2);
	});
});
