/**
 * Makes foreign text safe to show. Everything that a command, a file name or a dataset name says can carry sequences
 * that move the cursor, set the title, answer queries into the shell's input or reorder what is read.
 */

/**
 * Escape sequences (ECMA-48), seven-bit and eight-bit: strings (OSC, DCS, SOS, PM, APC) with their terminator, CSI,
 * and the short ones. An unterminated string swallows at most the rest of its line, so that it cannot hide the rest
 * of the output.
 */
const escapeSequences = new RegExp(
	[
		// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes
		/(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?/,
		// biome-ignore lint/suspicious/noControlCharactersInRegex: see above
		/(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?/,
		// biome-ignore lint/suspicious/noControlCharactersInRegex: see above
		/\x1b[ -/]*[0-~]?/,
	]
		.map((part) => part.source)
		.join('|'),
	'g',
);

/** C0 but newline and tab, DEL, C1, and the characters that reorder or split lines (UAX #9, CVE-2021-42574). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes
const controls = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
const allControls = new RegExp(controls.source, 'g');

/** The text without escape sequences, control characters (newline and tab stay) and bidirectional controls. */
export function stripControls(text: string): string {
	return text.replace(escapeSequences, '').replace(allControls, '');
}

/** The text on one line: for files in which a line break would begin something else, as a command or another notice. */
export function singleLine(text: string): string {
	return stripControls(text).replace(/[\t\n]/g, ' ');
}

/** An excerpt of foreign output for an error message: short, quoted and without control characters. */
export function excerpt(text: string): string {
	return JSON.stringify(stripControls(text.slice(0, 120)));
}

/** Words that a shell would take for grammar, not for a program. */
const reservedWords = new Set(
	'case coproc do done elif else esac fi for function if in select then time until while'.split(' '),
);

/**
 * The argument array as one line that a POSIX shell reads back as exactly that array, for display and for copying.
 * Quotes only where it is needed; characters that must not reach a terminal become `"$(printf '\033')"`.
 */
export function quoteForDisplay(argv: readonly string[]): string {
	return argv.map((argument, index) => quoteArgument(argument, index === 0)).join(' ');
}

function quoteArgument(argument: string, isProgram: boolean): string {
	// The operating system gets UTF-8, in which a lone surrogate is U+FFFD.
	const text = argument.toWellFormed();
	const isPlain = /^[A-Za-z0-9_@%+=:,./-]+$/.test(text);
	// `A=b` in the first place would be an assignment.
	if (isPlain && !(isProgram && (text.includes('=') || reservedWords.has(text)))) return text;
	const pieces = text.split(new RegExp(`((?:${controls.source})+)`)).map((piece, index) => {
		if (index % 2 === 1) return `"$(printf '${octalBytes(piece)}')"`;
		return piece === '' ? '' : `'${piece.replaceAll("'", "'\\''")}'`;
	});
	return pieces.join('') || "''";
}

function octalBytes(text: string): string {
	return [...Buffer.from(text, 'utf8')].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}
