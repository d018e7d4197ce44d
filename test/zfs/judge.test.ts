import { describe, expect, it } from 'vitest';
import type { CommandResult } from '../../src/host/host.js';
import { judgeReceive, judgeSend } from '../../src/zfs/judge.js';
import { loadRecording } from '../fixtures/load.js';

function ended(code: number, stderr: string, rest: Partial<CommandResult> = {}): CommandResult {
	const outcome = { kind: 'exited', code } as const;
	return { command: { argv: ['zfs', 'send'] }, outcome, stdout: '', stderr, truncated: false, seconds: 1, ...rest };
}

function recorded(recording: string): CommandResult {
	const { exitCode, stdout, stderr } = loadRecording(`lab/${recording}.txt`);
	return ended(exitCode ?? 0, stderr, { stdout });
}

const abiWarnings =
	"warning: cannot send 'tank/data@a': Invalid argument\nwarning: cannot send 'tank/data@b': Invalid argument\n";

describe('judgeSend', () => {
	it.each([
		'zfs-2.1.11/send-v',
		'zfs-2.1.11/send-vP',
		'zfs-2.3.2/send-v',
		'zfs-2.3.2/send-vP',
		'zfs-2.1.11/send-V',
		'zfs-2.3.2/send-devnull',
		'mismatch/kmod-2.1.11+user-2.3.2/send-R',
		'mismatch/kmod-2.1.11+user-2.3.2/send-v',
		'mismatch/kmod-2.3.1+user-2.3.2/send-i',
	])('finds nothing to say against %s', (recording) => {
		expect(judgeSend(recorded(recording))).toEqual({ verdict: 'ok', remarks: [] });
	});

	it.each(['send-I', 'send-R'])('sees the layout break in %s of the 2.3.2 tools', (recording) => {
		expect(judgeSend(recorded(`mismatch/kmod-2.3.1+user-2.3.2/${recording}`))).toMatchObject({
			verdict: 'failed',
			problem: { kind: 'invalid-argument' },
		});
	});

	it('sees the layout break of the 2.1 tools, which exit with 0', () => {
		expect(judgeSend(ended(0, abiWarnings))).toEqual({
			verdict: 'silently-failed',
			problem: { kind: 'invalid-argument', message: abiWarnings.trim() },
		});
	});

	it('sees it between progress lines too', () => {
		const { stderr } = loadRecording('lab/zfs-2.1.11/send-vP.txt');
		expect(judgeSend(ended(0, stderr + abiWarnings + stderr)).verdict).toBe('silently-failed');
	});

	it('is not misled by a snapshot that is called like a failure', () => {
		const stderr = 'full\ttank/warning: cannot send@a\t1\nsize\t1\n08:28:07\t1\ttank/cannot@a\n';
		expect(judgeSend(ended(0, stderr))).toEqual({ verdict: 'ok', remarks: [] });
	});

	it('tells the trap of /dev/null from the layout break', () => {
		expect(judgeSend(recorded('zfs-2.1.11/send-devnull'))).toMatchObject({ problem: { kind: 'sent-to-null-device' } });
	});

	it.each([
		['zfs-2.1.11/recv-enc-nokey-plain-send', 'key-not-loaded'],
		['zfs-2.1.11/send-with-errors', 'io-error'],
		['zfs-2.1.11/send-nosuch', 'no-such-dataset'],
	])('says why %s failed', (recording, kind) => {
		expect(judgeSend(recorded(recording))).toMatchObject({ verdict: 'failed', problem: { kind } });
	});

	it('takes the contents of a resume token for what they are', () => {
		const { stdout } = loadRecording('lab/zfs-2.3.2/send-t-nvP.txt');
		expect(judgeSend(ended(0, stdout))).toEqual({ verdict: 'ok', remarks: [] });
	});

	it('passes on what it does not know without calling it a failure', () => {
		expect(judgeSend(ended(0, 'skipping snapshot tank@x because it was created after ...\n'))).toEqual({
			verdict: 'ok',
			remarks: ['skipping snapshot tank@x because it was created after ...'],
		});
	});

	it('does not say ok when a part of what was said is lost', () => {
		expect(judgeSend(ended(0, '', { truncated: true }))).toMatchObject({ problem: { kind: 'output-too-long' } });
	});

	it.each([
		[{ kind: 'signalled', signal: 'SIGPIPE' }, 'ended-abnormally'],
		[{ kind: 'lost' }, 'ended-abnormally'],
		[{ kind: 'timed-out', seconds: 5 }, 'timed-out'],
	] as const)('calls %j a failure', (outcome, kind) => {
		expect(judgeSend(ended(0, '', { outcome }))).toMatchObject({ verdict: 'failed', problem: { kind } });
	});
});

describe('judgeReceive', () => {
	it.each(['zfs-2.1.11/recv-ok', 'zfs-2.3.2/recv-i-ok', 'zfs-2.1.11/recv-enc-w'])('accepts %s', (recording) => {
		expect(judgeReceive(recorded(recording))).toEqual({ verdict: 'ok', remarks: [] });
	});

	it.each(['zfs-2.1.11', 'zfs-2.3.2'])('finds the token to go on with after an interruption, in %s', (version) => {
		const verdict = judgeReceive(recorded(`${version}/recv-truncated-s`));
		const token = loadRecording(`lab/${version}/recv-token.txt`).stdout.trim();
		expect(verdict).toMatchObject({ verdict: 'interrupted', token, problem: { kind: 'receive-interrupted' } });
	});

	it.each([
		['recv-truncated', 'stream-incomplete'],
		['recv-nospace', 'quota-exceeded'],
		['recv-exists', 'already-exists'],
		['recv-garbage', 'stream-invalid'],
	])('says why %s failed', (recording, kind) => {
		expect(judgeReceive(recorded(`zfs-2.3.2/${recording}`))).toMatchObject({ verdict: 'failed', problem: { kind } });
	});

	it('accepts data whose properties could not all be set, and says so', () => {
		const line = 'cannot receive sharenfs property on tank/x: permission denied';
		expect(judgeReceive(ended(0, `${line}\n`))).toEqual({ verdict: 'ok', remarks: [line] });
	});

	it('does not trust an exit code of 0 beside an error', () => {
		expect(judgeReceive(ended(0, 'cannot receive: failed to read from stream\n'))).toMatchObject({ verdict: 'failed' });
	});

	it('does not say ok when a part of what was said is lost', () => {
		expect(judgeReceive(ended(0, '', { truncated: true })).verdict).toBe('failed');
	});
});
