/** What make.log says about a build: how far it is, and, when it failed, the lines that decide. */
import { stripControls } from '../../host/text.js';

export interface BuildProgress {
	/** `configure` stands still for minutes at one line while it compiles its probes; that is no hang. */
	readonly stage: 'configure' | 'compile' | 'link' | 'done' | 'failed';
	/** Objects compiled so far. */
	readonly compiled: number;
	/** Objects that the whole build compiles, about: see `expectedObjects`. */
	readonly expected: number;
}

/** While a build runs or after it failed, and after it succeeded (dkms 2.8 to 3.2). */
export function makeLogPaths(version: string, kernel: string, architecture: string): readonly [string, string] {
	const tree = `/var/lib/dkms/zfs/${version}`;
	return [`${tree}/build/make.log`, `${tree}/${kernel}/${architecture}/log/make.log`];
}

/**
 * `CC [M]` lines of a complete build on x86_64, measured: 266 for 2.1.11 and 289 for 2.3.2 (kernel 6.1), 291 for 2.3.9
 * (kernel 6.12). 2.2 merged nine modules into two.
 */
function expectedObjects(version: string): number {
	return /^2\.[01]\./.test(version) ? 266 : 290;
}

/**
 * dkms before 3.1 writes what configure says to its own output and begins make.log with make, so a log that is not
 * there yet means `configure`.
 * @param log text of make.log so far; undefined while there is none
 * @param version OpenZFS's own: `2.3.2`
 */
export function readBuildProgress(log: string | undefined, version: string): BuildProgress {
	const text = log ?? '';
	const compiled = text.match(/^ {2}CC \[M\] {2}/gm)?.length ?? 0;
	return { stage: findStage(text, compiled), compiled, expected: Math.max(expectedObjects(version), compiled) };
}

function findStage(text: string, compiled: number): BuildProgress['stage'] {
	if (findFailures(text).length > 0) return 'failed';
	if (/^ {2}LD \[M\] .*\/zfs\.ko$/m.test(text)) return 'done';
	if (/^ {2}(?:LD \[M\]|MODPOST) /m.test(text)) return 'link';
	return compiled > 0 ? 'compile' : 'configure';
}

/** A line that alone says that the build failed. An error that make ignores has no `***` before it. */
const failure = new RegExp(
	[
		// Alone on standard error, or behind the check that it ends.
		/(?:^|\.\.\. )configure: error: /,
		/: (?:fatal )?error: /,
		/^(?:ERROR|FATAL): modpost: /,
		/^make(?:\[\d+\])?: \*\*\* /,
		/No space left on device/,
		/Cannot allocate memory/,
		/\bKilled\b/,
		/^# exit code: [1-9]/,
	]
		.map((each) => each.source)
		.join('|'),
);

function findFailures(text: string): readonly number[] {
	return text.split('\n').flatMap((line, index) => (failure.test(line) ? [index] : []));
}

/**
 * The lines of a failed build that say why, in their order and without control characters: the first causes with what
 * they belong to, not the long tail of make giving up.
 * @param log what dkms printed, followed by make.log. Both are needed: with dkms 3.0 a kernel that is too new fails in
 *   configure, of which make.log says only `No targets specified and no makefile found` (recorded)
 * @param limit most lines to return
 */
export function decisiveLines(log: string, limit = 12): readonly string[] {
	const lines = log.split('\n');
	const failures = findFailures(log);
	const isConsequence = (index: number) => /^(?:make(?:\[\d+\])?: \*\*\* |# exit code: )/.test(lines[index] ?? '');
	const causes = failures.filter((index) => !isConsequence(index));
	const chosen = new Set<number>();
	for (const index of causes.length > 0 ? causes : failures) {
		for (const each of [index, ...explanation(lines, index)]) {
			if (chosen.size < limit) chosen.add(each);
		}
	}
	return [...chosen]
		.sort((a, b) => a - b)
		.map((index) =>
			stripControls(lines[index] ?? '')
				.trimEnd()
				.slice(0, 300),
		)
		.filter((line) => line !== '');
}

/** gcc shows the source line below its message; configure explains itself in an indented block. */
function explanation(lines: readonly string[], index: number): readonly number[] {
	const following = lines.slice(index + 1, index + 10);
	const isMore = /configure: error: /.test(lines[index] ?? '') ? /^(?:\s|$)/ : /^ +\d* \|/;
	const end = following.findIndex((line) => !isMore.test(line));
	return following.slice(0, end === -1 ? following.length : end).map((_, offset) => index + 1 + offset);
}
