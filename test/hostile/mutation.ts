/** Edits of real output, as a broken, a foreign and a hostile command would print it. */
import fc from 'fast-check';

/** Pieces that are known to matter to terminals, parsers and file formats. */
const nastyPieces: readonly string[] = [
	'\t',
	'\n',
	'\r',
	'\u0000',
	'\u001b[2J\u001b[1;1H',
	'\u001b]0;owned\u0007',
	'\u009b31m',
	'\u202etxt.exe',
	'\ufeff',
	'\ufffd',
	'\ud800',
	'"',
	"'",
	'{',
	'[[[[',
	'\\',
	'\\012',
	'%s%n',
	'$(touch /tmp/owned)',
	'`id`',
	'; reboot',
	'../../../../etc/shadow',
	'--force',
	'-',
	'__proto__',
	'constructor',
	'NaN',
	'-1',
	'1e309',
	'9'.repeat(40),
	'0x7fffffffffffffff',
	'ok',
	'ONLINE',
	'  pool: x\n',
	'\tNAME  STATE',
	'&a [*a, *a]',
	'a'.repeat(5000),
];

const nasty = fc.oneof(
	{ weight: 3, arbitrary: fc.constantFrom(...nastyPieces) },
	{ weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
);

type Edit = (lines: string[], at: number, inserted: string) => void;

const edits: readonly Edit[] = [
	(lines, at) => lines.splice(at, 1),
	(lines, at) => lines.splice(at, 0, lines[at] ?? ''),
	(lines, at) => lines.reverse().splice(0, at % 3),
	(lines, at) => lines.splice(at),
	(lines, at, inserted) => lines.splice(at, 0, inserted),
	(lines, at, inserted) => {
		const line = lines[at] ?? '';
		const place = line.length === 0 ? 0 : (at * 7) % line.length;
		lines.splice(at, 1, line.slice(0, place) + inserted + line.slice(place));
	},
	(lines, at) => lines.splice(at, 1, (lines[at] ?? '').slice(0, at % 60)),
	// One word of a line takes the place of another, a number becomes another one.
	(lines, at, inserted) => lines.splice(at, 1, (lines[at] ?? '').replace(/\S+$/, inserted)),
	(lines, at, inserted) => lines.splice(at, 1, (lines[at] ?? '').replace(/\d+/, inserted)),
	(lines, at) => lines.splice(at, 1, (lines[at] ?? '').split(/\s+/).reverse().join(' ')),
];

/** Changes a text in up to five places and, one time in two, in one byte that makes it invalid UTF-8. */
export const mutation: fc.Arbitrary<(text: string) => string> = fc
	.tuple(
		fc.array(fc.tuple(fc.constantFrom(...edits), fc.nat(4000), nasty), { maxLength: 5 }),
		fc.option(fc.tuple(fc.nat(), fc.integer({ min: 0x80, max: 0xff })), { nil: undefined }),
	)
	.map(([changes, byte]) => (text) => {
		const lines = text.split('\n');
		for (const [edit, at, inserted] of changes) edit(lines, at % Math.max(1, lines.length), inserted);
		const bytes = Buffer.from(lines.join('\n'));
		if (byte !== undefined && bytes.length > 0) bytes[byte[0] % bytes.length] = byte[1];
		// As the host decodes what a command prints.
		return bytes.toString('utf8');
	});

/** Loses something and adds nothing: a line, the end, everything. */
export const loss: fc.Arbitrary<(text: string) => string> = fc.oneof(
	fc.nat(4000).map((at) => (text: string) => without(text, at)),
	fc.nat(4000).map((at) => (text: string) => text.slice(0, at % Math.max(1, text.length))),
	fc.constant(() => ''),
);

function without(text: string, at: number): string {
	const lines = text.split('\n');
	lines.splice(at % lines.length, 1);
	return lines.join('\n');
}

/** One of the texts, changed. */
function mutated(texts: readonly string[]): fc.Arbitrary<string> {
	return fc.tuple(fc.constantFrom(...texts), mutation).map(([text, change]) => change(text));
}

/** Input for a parser: mostly mutations, now and then the text itself or anything at all. */
export function hostileText(texts: readonly string[]): fc.Arbitrary<string> {
	return fc.oneof(
		{ weight: 8, arbitrary: mutated(texts) },
		{ weight: 1, arbitrary: fc.constantFrom(...texts) },
		{ weight: 1, arbitrary: fc.string({ maxLength: 200, unit: 'binary' }) },
	);
}

/** A megabyte of one thing: what a parser with a quadratic or recursive habit does not survive. */
export function monotonousTexts(size = 2 ** 20): readonly string[] {
	const pieces = [
		' ',
		'\t',
		'\n',
		'\\\n',
		'a',
		'a ',
		'a=',
		"'",
		'"',
		'\\"',
		'/ ',
		'/a(',
		'a: ',
		'a,',
		'- ',
		'[',
		'{"a":',
		'<',
		'(',
		'1',
		'1.',
		'\u001b]',
		'\t  a  ',
		'  pool: a\n state: b\n',
		'full\t',
		'1-a-',
		'a@a#',
		'$(',
		['$', '{a}'].join(''),
		'%',
		'&a *a ',
	];
	const repeated = pieces.map((piece) => piece.repeat(size / piece.length));
	const inLine = [' ', 'a ', "'", '/ '].map((piece) => `NAME=x${piece.repeat(size / piece.length)}y`);
	// Deep enough for any recursion to end, and not larger: 100,000 levels.
	const nested = [
		['[', ']'],
		['{"a":', '}'],
		['(', ')'],
	].map(([open = '', close = '']) => `${open.repeat(1e5)}${open === '{"a":' ? '1' : ''}${close.repeat(1e5)}`);
	return [...repeated, ...inLine, ...nested];
}
