import { describe, expect, it } from 'vitest';
import { fitFinding, fitRemedy, ownCommands } from '../../src/plan/own-commands.js';
import { Walk } from '../steps/walk.js';

const demo = ownCommands(['--state-dir', '/tmp/a demo'], ['demo', '--state-dir', '/tmp/a demo']);

describe('a command of ours that is printed', () => {
	it('is the plain program on an ordinary host', () => {
		const own = ownCommands();
		expect(own.resumeCommand).toBe('zfs-lockstep');
		expect(own.commandLine('rollback --run')).toBe('zfs-lockstep rollback --run');
		expect(own.argumentsOf(['zfs-lockstep', 'status'])).toEqual(['zfs-lockstep', 'status']);
	});

	it('names the folder of a demonstration, quoted', () => {
		expect(demo.resumeCommand).toBe("zfs-lockstep demo --state-dir '/tmp/a demo'");
		expect(demo.commandLine('status')).toBe("zfs-lockstep status --state-dir '/tmp/a demo'");
	});

	it('names it in a finding too, once, and only where a run is meant', () => {
		const given = [
			['zfs-lockstep', 'rollback'],
			['sudo', 'zfs-lockstep', 'check'],
			['zfs-lockstep', '--state-dir', '/elsewhere'],
			['zfs-lockstep', 'explain', 'pool.degraded'],
			['zfs', '--version'],
		] as const;
		const base = { id: 'a.b', severity: 'warning', title: '', detail: '', source: '' } as const;
		const { remediation } = fitFinding({ ...base, remediation: [{ text: 'Do:', commands: given }] }, demo);
		expect(remediation[0].commands).toEqual([
			['zfs-lockstep', 'rollback', '--state-dir', '/tmp/a demo'],
			['sudo', 'zfs-lockstep', 'check', '--state-dir', '/tmp/a demo'],
			given[2],
			given[3],
			given[4],
		]);
	});

	it('goes on with the demonstration where flags alone are given: the plain program would mean the real host', () => {
		expect(demo.argumentsOf(['zfs-lockstep', '--ignore-check', 'verify.kernel'])).toEqual([
			'zfs-lockstep',
			'demo',
			'--state-dir',
			'/tmp/a demo',
			'--ignore-check',
			'verify.kernel',
		]);
		expect(ownCommands().argumentsOf(['zfs-lockstep', '--ignore-check', 'a.b'])).toHaveLength(3);
	});

	it('is fitted at the end of the remedy of an error, and nowhere else', () => {
		const fitted = (line: string) => fitRemedy(line, demo);
		expect(fitted('Where it stands: zfs-lockstep status')).toBe(`Where it stands: ${demo.commandLine('status')}`);
		expect(fitted('Put it back: zfs-lockstep reset --repair-state')).toContain(
			demo.commandLine('reset --repair-state'),
		);
		expect(fitted('Then go on: zfs-lockstep')).toBe(`Then go on: ${demo.resumeCommand}`);
		expect(fitted('Run it as root: sudo zfs-lockstep')).toBe(`Run it as root: sudo ${demo.resumeCommand}`);
		for (const other of ['Mend the cause.', 'A newer zfs-lockstep began it.', 'journalctl -u zfs-lockstep']) {
			expect(fitted(other)).toBe(other);
		}
	});
});

describe('everything that a demonstration says about itself', () => {
	it.each([
		'happy',
		'dkms-build-fails',
		'module-missing-from-initramfs',
		'wrong-kernel',
		'abi-break',
		'encrypted',
		'pool-missing-after-reboot',
		'no-network',
		'degraded-pool',
		'no-zfs-module',
		'nothing-to-do',
	])('carries its folder in scenario %s', async (scenario) => {
		const walk = new Walk({ scenario, own: demo });
		const stories = [await walk.run({ 'reboot.when': 'now' }), await walk.run(), await walk.run()];
		const said = JSON.stringify(
			stories.map(({ events, outcome }) => [events, outcome]),
			(_, value) => (typeof value === 'bigint' ? String(value) : value),
		);
		const ours = said.match(/(?:: |\["|"sudo",")zfs-lockstep(?:"|[^"\\]*)[^\]]{0,80}/g) ?? [];
		const elsewhere = /"?zfs-lockstep"?[, ]"?(?:explain|compat|demo)\b|--state-dir|--root|--target/;
		expect(ours.filter((one) => !elsewhere.test(one))).toEqual([]);
	});
});
