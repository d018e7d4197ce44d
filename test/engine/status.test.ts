import { describe, expect, it } from 'vitest';
import { describeStatus, type Observed } from '../../src/engine/status.js';
import { ownCommands } from '../../src/plan/own-commands.js';
import type { RunState } from '../../steps/run-state.js';
import { freshState, somePlan } from './fake-run.js';

const own = ownCommands();
const versions = { userspace: '2.1.11-1', loadedModule: '2.1.11-1', runningKernel: '6.1.0' };

function standing(steps: Partial<RunState['steps']>, observed: Partial<Observed>, evidence: RunState['evidence'] = {}) {
	const fresh = freshState();
	const done = { status: 'done', at: 1, evidence: 'as planned' } as const;
	const state = { ...fresh, plan: somePlan, evidence, steps: { ...fresh.steps, check: done, backup: done, ...steps } };
	return describeStatus(state, { versions, bootId: 'boot-1', isAtWork: false, ...observed }, own);
}

describe('where a run stands', () => {
	const running = { status: 'running', since: 1, attempts: 1 } as const;

	it('is waiting for nobody only while somebody is at work', () => {
		expect(standing({ module: running }, { isAtWork: true })).toMatchObject({
			step: { index: 3, id: 'module', state: 'running' },
			waitingFor: 'nobody',
		});
	});

	it('is interrupted, and waits for the administrator, when whoever was at work is gone', () => {
		const status = standing({ module: running }, {});
		expect(status).toMatchObject({
			step: { index: 3, id: 'module', state: 'interrupted' },
			waitingFor: 'administrator',
		});
		expect(status.next).toContain('Go on with: zfs-lockstep');
	});

	const waits = {
		module: { status: 'done', at: 1, evidence: 'built' },
		reboot: { status: 'waiting', since: 1, attempts: 1, waitingFor: 'reboot', text: 'Waiting for a reboot.' },
	} as const;

	it('waits for the reboot until there was one', () => {
		expect(standing(waits, {}, { bootIdBeforeReboot: 'boot-1' })).toMatchObject({
			waitingFor: 'reboot',
			next: 'Waiting for a reboot.',
		});
	});

	it('waits for the administrator when the host was rebooted', () => {
		const status = standing(waits, { bootId: 'boot-2' }, { bootIdBeforeReboot: 'boot-1' });
		expect(status).toMatchObject({ step: { id: 'reboot' }, waitingFor: 'administrator' });
		expect(status.next).toContain('The host was rebooted.');
	});

	it('waits for the administrator when the host went down before the program could record that it waits', () => {
		const down = { ...waits, reboot: { status: 'running', since: 1, attempts: 1 } } as const;
		const status = standing(down, { bootId: 'boot-2' }, { bootIdBeforeReboot: 'boot-1' });
		expect(status).toMatchObject({ step: { id: 'reboot', state: 'waiting' }, waitingFor: 'administrator' });
		expect(status.next).toContain('The host was rebooted.');
	});

	it('waits for the reboot where it cannot be told whether there was one', () => {
		expect(standing(waits, { bootId: undefined }, { bootIdBeforeReboot: 'boot-1' }).waitingFor).toBe('reboot');
	});
});
