import type { Pipeline } from '../../host/host.js';
import { quoteForDisplay } from '../../host/text.js';
import type { PlannedCommand } from '../../plan/planned-command.js';
import { type Line, span, type Tone } from './line.js';
import { wrapWords } from './wrap.js';

/** An argument that is not the program: there `A=b` needs no quotes. */
function quoteArgument(argument: string): string {
	return quoteForDisplay(['-', argument]).slice(2);
}

function wordsOf(argv: readonly string[], env: Readonly<Record<string, string>> | undefined): readonly string[] {
	const assignments = Object.entries(env ?? {}).map(([name, value]) => `${name}=${value}`);
	const [program = '', ...rest] = assignments.length === 0 ? argv : ['env', ...assignments, ...argv];
	return [quoteForDisplay([program]), ...rest.map(quoteArgument)];
}

/** A pipeline as the words of a POSIX shell, each quoted where it must be: what is shown can be copied and run. */
export function shellWords(work: Pipeline): readonly string[] {
	const words: string[] = [];
	for (const [index, command] of work.commands.entries()) {
		words.push(...(index === 0 ? [] : ['|']), ...wordsOf(command.argv, command.env));
		if (index === 0 && work.inputFile !== undefined) {
			words.push('<', quoteArgument(work.inputFile));
		}
	}
	if (work.outputFile !== undefined) {
		words.push('>', quoteArgument(work.outputFile));
	}
	return words;
}

/** An argument array as shell words. */
export function argvWords(argv: readonly string[]): readonly string[] {
	return wordsOf(argv, undefined);
}

/**
 * Shell words as rows broken between arguments, with the backslash that lets a shell read them as one command. An
 * argument that is longer than a row stands out (`keep`) where the text is for copying.
 */
export function commandRows(
	words: readonly string[],
	width: number,
	options: { readonly prefix?: string; readonly long?: 'keep' | 'break' } = {},
): readonly string[] {
	const { prefix = '', long = 'break' } = options;
	const rest = ' '.repeat(Math.max(4, prefix.length));
	return wrapWords(words, width, { first: prefix, rest, continued: ' \\', long });
}

/** Why a command is run, then the exact command behind a `$`. */
export function commandLines(command: PlannedCommand, width: number, tone: Tone = 'strong'): readonly Line[] {
	const rows = commandRows(shellWords(command.work), width, { prefix: '  $ ' });
	return [[span(`${command.why}:`)], ...rows.map((row) => [span(row, tone)])];
}
