import { describe, expect, it } from 'vitest';
import { noticeText, updateNotice } from '../../src/engine/notice.js';
import { ownCommands } from '../../src/plan/own-commands.js';
import { freshState, RecordingHost, somePlan } from './fake-run.js';

const done = { status: 'done', at: 1, evidence: 'test' } as const;
const fresh = freshState();
const state = { ...fresh, plan: somePlan, steps: { ...fresh.steps, check: done } };
const own = ownCommands();
const file = '/run/motd.d/zfs-lockstep';

describe('the notice at login', () => {
	it('names the target, the way on and the way back', () => {
		expect(noticeText(state, own)).toMatch(/OpenZFS 2\.3\.2 is under way/);
		for (const command of ['zfs-lockstep', 'zfs-lockstep status', 'zfs-lockstep rollback']) {
			expect(noticeText(state, own)).toMatch(new RegExp(`: +${command}$`, 'm'));
		}
	});

	it('carries the folder of a run that is kept elsewhere', () => {
		const text = noticeText(state, ownCommands(['--state-dir', '/srv/run'])) ?? '';
		expect(text.match(/zfs-lockstep.* --state-dir \/srv\/run$/gm)).toHaveLength(3);
	});

	it('says what the boot brought in the place of what the run waited for', () => {
		const waiting = { status: 'waiting', since: 1, waitingFor: 'reboot', text: 'Reboot now.', attempts: 1 } as const;
		const rebooting = { ...state, steps: { ...state.steps, backup: done, module: done, reboot: waiting } };
		expect(noticeText(rebooting, own)).toContain('Reboot now.');
		const text = noticeText(rebooting, own, { title: 'Two things are wrong.', faults: ['one', 'two'] });
		expect(text).not.toContain('Reboot now.');
		expect(text).toContain('  Two things are wrong.\n    - one\n    - two\n');
	});

	it('stays short, however much is wrong, and says where the rest is', () => {
		const faults = Array.from({ length: 40 }, (_, index) => `fault ${index}`);
		const text = noticeText(state, own, { title: 'Wrong.', faults }) ?? '';
		expect(text.split('\n').length).toBeLessThan(15);
		expect(text).toContain('and 36 more: journalctl -b -u zfs-lockstep');
	});

	it('is gone when no run is in progress', async () => {
		const host = new RecordingHost();
		await updateNotice(host.asHost(), state, own);
		expect(host.written.get(file)).toContain('under way');
		await updateNotice(host.asHost(), { ...state, endedAt: 5 }, own);
		expect(host.written.has(file)).toBe(false);
		await updateNotice(host.asHost(), state, own);
		await updateNotice(host.asHost(), undefined, own);
		expect(host.written.has(file)).toBe(false);
	});
});
