import type { PlannedCommand } from '../../plan/planned-command.js';
import { shellWords } from '../../plan/shell-text.js';
import { type Line, paragraph, span, type Tone } from './line.js';
import { wrapWords } from './wrap.js';

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
	return [...paragraph(`${command.why}:`, width), ...rows.map((row) => [span(row, tone)])];
}
