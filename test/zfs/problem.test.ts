import { describe, expect, it } from 'vitest';
import type { CommandResult } from '../../src/host/host.js';
import { diagnose, diagnoseText, type ProblemKind } from '../../src/zfs/problem.js';
import { loadRecording } from '../fixtures/load.js';

function recorded(recording: string): CommandResult {
	const { exitCode, stdout, stderr } = loadRecording(`lab/${recording}.txt`);
	return ended({ kind: 'exited', code: exitCode ?? 0 }, stderr, stdout);
}

function ended(outcome: CommandResult['outcome'], stderr = '', stdout = ''): CommandResult {
	return { command: { argv: ['zfs', 'x'] }, outcome, stdout, stderr, truncated: false, seconds: 1 };
}

describe('what the lab recorded', () => {
	it.each<[string, ProblemKind]>([
		['zfs-2.1.11/no-module-zfs-list', 'module-not-loaded'],
		['zfs-2.1.11/no-module-zfs-version', 'module-not-loaded'],
		['zfs-2.1.11/no-module-zpool-status', 'module-not-loaded'],
		['zfs-2.1.11/blocked-module-zfs-list', 'module-not-loaded'],
		['zfs-2.3.2/blocked-module-zfs-list', 'library-failed'],
		['zfs-2.3.2/blocked-module-zpool-import', 'library-failed'],
		['zfs-2.1.11/write-suspended', 'pool-suspended'],
		['zfs-2.3.2/write-suspended', 'pool-suspended'],
		['zfs-2.1.11/export-busy', 'busy'],
		['zfs-2.1.11/destroy-busy', 'busy'],
		['zfs-2.1.11/unmount-busy', 'busy'],
		['zfs-2.1.11/zfs-holds', 'busy'],
		['zfs-2.3.2/zfs-holds', 'busy'],
		['mismatch/kmod-2.1.11+user-2.3.2/send-head', 'busy'],
		['zfs-2.1.11/zpool-status-no-pools', 'no-such-pool'],
		['zfs-2.1.11/send-nosuch', 'no-such-dataset'],
		['zfs-2.1.11/recv-no-pool', 'no-such-dataset'],
		['zfs-2.1.11/send-devnull', 'sent-to-null-device'],
		['zfs-2.1.11/send-with-errors', 'io-error'],
		['zfs-2.1.11/recv-enc-nokey-plain-send', 'key-not-loaded'],
		['zfs-2.1.11/recv-enc-mount-nokey', 'key-not-loaded'],
		['zfs-2.1.11/recv-enc-i-plain-into-raw', 'key-not-loaded'],
		['zfs-2.1.11/recv-enc-load-key-wrong', 'key-rejected'],
		['zfs-2.1.11/recv-enc-under-plain', 'raw-required'],
		['zfs-2.1.11/send-nP-R', 'raw-required'],
		['zfs-2.1.11/recv-enc-w-F-over-plain', 'encryption-differs'],
		['zfs-2.1.11/recv-exists', 'already-exists'],
		['zfs-2.1.11/recv-F-has-snapshots', 'already-exists'],
		['mismatch/kmod-2.3.1+user-2.3.2/create', 'already-exists'],
		['zfs-2.1.11/recv-modified', 'destination-modified'],
		['zfs-2.1.11/recv-no-base', 'no-common-snapshot'],
		['zfs-2.1.11/recv-nospace', 'quota-exceeded'],
		['zfs-2.1.11/recv-vP', 'out-of-space'],
		['zfs-2.1.11/recv-garbage', 'stream-invalid'],
		['zfs-2.1.11/recv-empty', 'stream-incomplete'],
		['zfs-2.1.11/recv-truncated', 'stream-incomplete'],
		['zfs-2.1.11/recv-truncated-s', 'receive-interrupted'],
		['zfs-2.3.2/recv-truncated-s', 'receive-interrupted'],
		['mismatch/kmod-2.3.1+user-2.3.2/send-I', 'invalid-argument'],
		['mismatch/kmod-2.3.1+user-2.3.2/send-R', 'invalid-argument'],
		['zfs-2.3.2/json-zpool-upgrade--j', 'not-understood'],
	])('%s is %s', (recording, kind) => {
		expect(diagnose(recorded(recording)).kind).toBe(kind);
	});
});

describe('what libzfs says of the module, in every series', () => {
	it.each<[string, ProblemKind]>([
		["The ZFS modules are not loaded.\nTry running 'modprobe zfs' as root to load them.", 'module-not-loaded'],
		[
			"The ZFS modules cannot be auto-loaded.\nTry running 'modprobe zfs' as root to manually load them.",
			'module-cannot-load',
		],
		["/dev/zfs and /proc/self/mounts are required.\nTry running 'udevadm trigger' and ...", 'device-missing'],
		['Permission denied the ZFS utilities must be run as root.', 'permission-denied'],
		["cannot create snapshot 'tank@a': permission denied", 'permission-denied'],
		[
			'cannot scrub tank: the loaded zfs module does not support an option for this operation. A reboot may be required to enable this option.',
			'module-too-old',
		],
		["cannot get 'x': operation not supported by zfs kernel module", 'module-too-old'],
		['cannot receive: kernel modules must be upgraded to receive this stream.', 'invalid-argument'],
		["cannot import 'x': unsupported version or feature", 'unsupported-feature'],
		["cannot hold snapshot 'tank@a': tag already exists on this dataset", 'already-held'],
		["cannot release hold from snapshot 'tank@a': no such tag on this dataset", 'no-such-hold'],
		["cannot checkpoint 'tank': checkpoint exists", 'checkpoint-exists'],
		["cannot discard checkpoint in 'tank': checkpoint does not exist", 'no-checkpoint'],
		["cannot send 'tank@a': source snapshot contains something new", 'other'],
	])('%j is %s', (stderr, kind) => {
		expect(diagnoseText(stderr)?.kind).toBe(kind);
	});
});

describe('diagnose', () => {
	it.each<[CommandResult['outcome'], ProblemKind, string]>([
		[{ kind: 'not-found' }, 'not-installed', 'zfs is not installed'],
		[{ kind: 'timed-out', seconds: 30 }, 'timed-out', 'zfs did not end within 30 s'],
		[{ kind: 'signalled', signal: 'SIGPIPE' }, 'ended-abnormally', 'zfs was ended by SIGPIPE'],
		[{ kind: 'lost' }, 'ended-abnormally', 'how zfs ended is not known'],
		[{ kind: 'exited', code: 255 }, 'other', 'zfs exited with 255'],
	])('says what happened when nothing was printed: %j', (outcome, kind, message) => {
		expect(diagnose(ended(outcome))).toEqual({ kind, message });
	});

	it('is not misled by the name of a dataset', () => {
		expect(diagnoseText("cannot open 'tank/The ZFS modules are not loaded': dataset does not exist")?.kind).toBe(
			'no-such-dataset',
		);
	});

	it('lets no control sequence through to whoever shows it', () => {
		const message = diagnoseText('cannot open \u001b[2J\u001b]0;owned\u0007 x: dataset does not exist\r\n')?.message;
		expect(message).toBe('cannot open  x: dataset does not exist');
	});

	it('keeps the first lines of endless words', () => {
		const message = diagnoseText(`${'x'.repeat(10_000)}\n`.repeat(10_000))?.message ?? '';
		expect(message.length).toBeLessThan(2100);
	});

	it('finds nothing where nothing is said', () => {
		expect(diagnoseText(' \n\u0000\n')).toBeUndefined();
	});
});
