import { describe, expect, it } from 'vitest';
import { examineAfterBoot } from '../../src/engine/after-boot.js';
import { Session } from '../../src/engine/session.js';
import { steps } from '../../steps/index.js';
import type { RunState } from '../../steps/run-state.js';
import { createDebianHost, type DebianState, kernelRelease, newVersion, oldVersion } from '../support/debian-host.js';
import type { TableHostOptions } from '../support/table-host.js';
import { freshState, memoryStore, somePlan } from './fake-run.js';

const done = { status: 'done', at: 1, evidence: 'test' } as const;
const waiting = { status: 'waiting', since: 1, waitingFor: 'reboot', text: 'Reboot.', attempts: 1 } as const;

/** A run on pool "fx" that has upgraded the module and asked for the reboot in another boot. */
function waitingRun(override: Partial<RunState> = {}): RunState {
	const fresh = freshState();
	return {
		...fresh,
		plan: { ...somePlan, bootKernel: kernelRelease, kernels: [kernelRelease] },
		pools: ['fx'],
		steps: { ...fresh.steps, check: done, backup: done, module: done, reboot: waiting },
		evidence: { bootIdBeforeReboot: 'another-boot' },
		...override,
	};
}

async function examine(host: Partial<DebianState>, state = waitingRun(), options: TableHostOptions = {}) {
	const table = createDebianHost({ userspace: oldVersion, loaded: newVersion, ...host }, options);
	const session = new Session({
		host: table,
		steps,
		options: { pools: [], ignoredChecks: [] },
		store: memoryStore(),
		log: { append: () => {} },
		stateDirectory: '/var/lib/zfs-lockstep',
		state,
		leave: new AbortController().signal,
	});
	return { report: await examineAfterBoot(session), calls: table.shownCalls() };
}

const idsOf = (report: Awaited<ReturnType<typeof examine>>['report']) => report?.faults.map(({ id }) => id);

describe('after a boot in the middle of a run', () => {
	it('all is well where the planned module is loaded and the pools are there', async () => {
		const { report } = await examine({});
		expect(report).toMatchObject({ faults: [], exitCode: 0 });
		expect(report?.title).toContain(newVersion);
	});

	it('reads only, by commands whose number does not grow with the pools', async () => {
		const { calls } = await examine({});
		expect(calls.filter((call) => !/^(?:zfs --version|zpool get |zpool status |systemctl show )/.test(call))).toEqual(
			[],
		);
		expect(calls.length).toBeLessThanOrEqual(5);
	});

	it('the old module asks for a rollback', async () => {
		const { report } = await examine({ loaded: oldVersion });
		expect(report?.exitCode).toBe(6);
		expect(report?.faults[0]?.title).toBe(`The loaded module is ${oldVersion}, not ${newVersion}`);
	});

	it('no module at all is said as such, and nothing is run that would load one', async () => {
		const { report, calls } = await examine({ loaded: undefined });
		expect(report?.exitCode).toBe(6);
		expect(report?.faults[0]?.title).toBe(`The zfs module is not loaded; it should be ${newVersion}`);
		expect(idsOf(report)).toEqual(['verify.module-not-loaded']);
		expect(calls.filter((call) => call.startsWith('zpool'))).toEqual([]);
	});

	it('a pool of the run that is missing is named', async () => {
		const { report } = await examine({}, waitingRun({ pools: ['fx', 'tank'] }));
		expect(report?.title).toBe('After the reboot one thing is not as the upgrade needs it.');
		expect(report?.exitCode).toBe(3);
		expect(report?.faults.map(({ title }) => title)).toEqual(['Pool "tank" is not imported']);
	});

	it('another kernel than the planned one is named', async () => {
		const state = waitingRun({ plan: { ...somePlan, bootKernel: '6.1.0-99-amd64' } });
		const { report } = await examine({}, state);
		expect(idsOf(report)).toEqual(['verify.kernel']);
	});

	it('what the run was told to ignore is no fault', async () => {
		const state = waitingRun({ pools: ['fx', 'tank'], ignoredChecks: ['verify.pool-missing'] });
		const { report } = await examine({}, state);
		expect(report).toMatchObject({ faults: [], exitCode: 0 });
	});

	it('a unit that systemd skipped is named, though systemctl --failed does not show it', async () => {
		const unit =
			'Id=zfs-zed.service\nLoadState=loaded\nActiveState=inactive\nUnitFileState=enabled\nConditionResult=no\nConditionTimestampMonotonic=1\nResult=success\n';
		const { report } = await examine({}, waitingRun(), { commands: [['systemctl show *', unit]] });
		expect(idsOf(report)).toEqual(['verify.unit-skipped']);
	});

	it('before the module was upgraded the old one and any kernel are right', async () => {
		const { steps: states } = freshState();
		const state = waitingRun({
			steps: { ...states, check: done, backup: done },
			plan: { ...somePlan, bootKernel: '6.1.0-99-amd64' },
			evidence: {},
		});
		const { report } = await examine({ loaded: oldVersion }, state);
		expect(report).toMatchObject({ faults: [], exitCode: 0 });
	});

	it('nothing is verified while the host has not been rebooted', async () => {
		const state = waitingRun({ evidence: { bootIdBeforeReboot: 'this-boot' } });
		const { report } = await examine({}, state, {
			files: { '/proc/sys/kernel/random/boot_id': 'this-boot\n' },
		});
		expect(report).toBeUndefined();
	});
});
