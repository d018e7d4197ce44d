import { describe, expect, it } from 'vitest';
import { AnswerNeededError, UnapprovedCommandError } from '../../src/engine/errors.js';
import { JobLeftError } from '../../src/host/host.js';
import { HostError } from '../../src/host/host-error.js';
import { LockBusyError } from '../../src/journal/lock.js';
import { ownCommands } from '../../src/plan/own-commands.js';
import { describeError, renderError } from '../../src/ui/render-error.js';
import { commands } from './example-run.js';

const logFile = '/var/log/zfs-lockstep/events.jsonl';
const place = { logFile, own: ownCommands() };
const show = (error: unknown): string => renderError(error, { colour: false, width: 80 }, place);

describe('an error', () => {
	it('of the host says what happened, why it matters and what to do, without a stack trace', () => {
		const error = new HostError('no-space', '/var', 'Cannot write /var/x: the file system is full.', [
			'See what is full: df -h /var',
		]);
		expect(show(error)).toBe(
			[
				'Cannot write /var/x: the file system is full.',
				'zfs-lockstep stopped here. Nothing was begun after it; what was done before',
				'stays done.',
				'',
				'What to do:',
				'  - See what is full: df -h /var',
				'',
			].join('\n'),
		);
		expect(describeError(error, place).exitCode).toBe(1);
	});

	it('of a lock that is taken names the holder and ends with 75', () => {
		const error = new LockBusyError('/run/lock/x', {
			pid: 4711,
			since: '2026-11-22T21:30:00Z',
			command: ['zfs-lockstep', 'run'],
		});
		expect(describeError(error, place).exitCode).toBe(75);
		expect(show(error)).toContain('process 4711');
		expect(show(error)).toContain('ps -fp 4711');
	});

	it('about an answer names the question and ends with 5', () => {
		const error = new AnswerNeededError({ id: 'a.b', kind: 'confirm', title: 'Really?', body: [], commands: [] });
		expect(describeError(error, place).exitCode).toBe(5);
		expect(show(error)).toContain('Question a.b has nobody to answer it.');
	});

	it('about a job that was left says how to come back and ends with 130', () => {
		expect(describeError(new JobLeftError('build'), place).exitCode).toBe(130);
	});

	it('that nobody foresaw is called a fault of the program, with the log to send', () => {
		for (const error of [new UnapprovedCommandError(commands.build), new TypeError('x is undefined'), 'thrown text']) {
			expect(show(error)).toContain('zfs-lockstep has a fault of its own');
			expect(show(error)).toContain(logFile);
			expect(describeError(error, place).exitCode).toBe(1);
		}
	});
});
