/**
 * What went wrong when a zfs or zpool command failed, by its outcome and the words on stderr. The words were recorded
 * with 2.1.11, 2.3.2 and others, or are those of libzfs (libzfs_util.c, libzfs_sendrecv.c, libzfs_util_os.c of 2.0 to 2.4).
 */
import type { CommandResult } from '../host/host.js';
import { stripControls } from '../host/text.js';

export type ProblemKind =
	/** The program is not installed. */
	| 'not-installed'
	/** It did not end in time: so do commands that touch a suspended pool. */
	| 'timed-out'
	/** It was killed, or lost its supervisor. */
	| 'ended-abnormally'
	/** More output than the host door keeps. */
	| 'output-too-long'
	/** It ended well, but its output has another shape than the known versions print. */
	| 'unexpected-output'
	| (typeof kinds)[number][1]
	| 'other';

export interface ZfsProblem {
	readonly kind: ProblemKind;
	/** The decisive lines of stderr, without control characters; or, without any, what happened. */
	readonly message: string;
}

/**
 * Words to kind, most telling first: a line may match several. Names in quotes are blanked before matching, for a
 * dataset may be called `a reboot may be required`.
 */
const kinds = [
	[/The ZFS modules are not loaded/, 'module-not-loaded'],
	[/The ZFS modules cannot be auto-loaded/, 'module-cannot-load'],
	[/\/dev\/zfs and \/proc\/self\/mounts are required/, 'device-missing'],
	// 2.2 and later say only this when modprobe fails.
	[/Failed to initialize the libzfs library/, 'library-failed'],
	[/^Permission denied the ZFS utilities must be run as root|: permission denied$/i, 'permission-denied'],
	[
		/A reboot may be required|operation not supported by zfs kernel module|loaded zfs module does(?:n't| not) support/,
		'module-too-old',
	],
	[/pool I\/O is currently suspended/, 'pool-suspended'],
	[/Writing directly to \/dev\/\{null,zero\} files/, 'sent-to-null-device'],
	[/Stream can ?not be written to a terminal/, 'sent-to-terminal'],
	[/may not be sent with properties without the raw flag/, 'raw-required'],
	[/(?:key must be loaded|encryption key not loaded|source key must be loaded)/, 'key-not-loaded'],
	[/Key load error/, 'key-rejected'],
	[/cannot be used to destroy an encrypted filesystem|cannot perform raw receive on top of/, 'encryption-differs'],
	[/Partially received snapshot is saved/, 'receive-interrupted'],
	[/contains partially-complete state|Resuming recv on existing/, 'partial-receive-present'],
	[/resume token (?:is corrupt|does not match)|used in the initial send/, 'resume-token-invalid'],
	[/incomplete stream$|failed to read from stream$|checksum mismatch$/, 'stream-incomplete'],
	[/invalid stream|invalid backup stream|incorrect header checksum|invalid record type/, 'stream-invalid'],
	[/space quota exceeded/, 'quota-exceeded'],
	[/: out of space$|No space left on device/, 'out-of-space'],
	[/has been modified$/, 'destination-modified'],
	[
		/most recent snapshot of .* does not$|incremental source .*(?:does not exist|could not be found|no longer exists)/,
		'no-common-snapshot',
	],
	[/not an earlier snapshot from the same fs/, 'no-common-snapshot'],
	[/destination .*exists$|destination has snapshots|dataset already exists$|pool or dataset exists$/, 'already-exists'],
	[/it's being held|dataset is busy$|pool or dataset is busy$|pool is busy$|target is busy/, 'busy'],
	[/no such pool(?: or dataset)?$/, 'no-such-pool'],
	[
		/dataset does not exist$|snapshot .* does not exist$|could not be sent: does not exist|bookmark .* does not exist/,
		'no-such-dataset',
	],
	[/unsupported version or feature/, 'unsupported-feature'],
	[/pool is read-only$|dataset is read-only$|Read-only file system$/, 'read-only'],
	[/no such tag on this dataset$/, 'no-such-hold'],
	[/tag already exists on this dataset$/, 'already-held'],
	[/checkpoint exists$/, 'checkpoint-exists'],
	[/checkpoint does not exist$/, 'no-checkpoint'],
	[/currently discarding checkpoint$/, 'checkpoint-discarding'],
	[/(?:I\/O error|Input\/output error)$/, 'io-error'],
	[/^invalid option |^bad property list|^unrecognized command/, 'not-understood'],
	// What the 2.3.1 layout break looks like, and all that it says (openzfs/zfs#17323, #17330).
	[/: Invalid argument$|invalid argument for this pool operation/, 'invalid-argument'],
	[/kernel modules must be upgraded to receive this stream/, 'invalid-argument'],
] as const satisfies readonly (readonly [RegExp, string])[];

/** Says what is wrong with a command that did not do its work. */
export function diagnose(result: CommandResult): ZfsProblem {
	const { outcome } = result;
	const program = result.command.argv[0];
	switch (outcome.kind) {
		case 'not-found':
			return { kind: 'not-installed', message: `${program} is not installed` };
		case 'timed-out':
			return { kind: 'timed-out', message: `${program} did not end within ${outcome.seconds} s` };
		case 'signalled':
			return { kind: 'ended-abnormally', message: `${program} was ended by ${outcome.signal}` };
		case 'lost':
			return { kind: 'ended-abnormally', message: `how ${program} ended is not known` };
		case 'exited':
			return diagnoseText(result.stderr) ?? { kind: 'other', message: `${program} exited with ${outcome.code}` };
	}
}

/** Some of a command's output was dropped, so what it said is not known. */
export function outputTooLong(result: CommandResult): ZfsProblem {
	return { kind: 'output-too-long', message: `${result.command.argv[0]} printed more than is kept` };
}

/**
 * Reads a command's stderr.
 * @returns undefined when nothing is written there
 */
export function diagnoseText(stderr: string): ZfsProblem | undefined {
	const lines = printableLines(stderr);
	if (lines.length === 0) return undefined;
	const unquoted = lines.map((line) => line.replace(/(?<!\w)'[^']*'/g, "''"));
	const found = kinds.find(([words]) => unquoted.some((line) => words.test(line)));
	return { kind: found?.[1] ?? 'other', message: lines.slice(0, 4).join('\n') };
}

/** The lines of some output that hold anything, without control characters, each of a length fit to be shown. */
export function printableLines(output: string): readonly string[] {
	return output
		.slice(0, 64 * 1024)
		.split('\n')
		.map((line) => stripControls(line).replaceAll('\t', ' ').trim().slice(0, 500))
		.filter((line) => line !== '');
}
