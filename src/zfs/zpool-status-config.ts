/** The indented table of devices in `zpool status`. */
import { excerpt } from '../host/text.js';
import { parseCount } from './fields.js';
import { ZfsParseError } from './parse-error.js';
import type { Vdev, VdevClass, VdevErrors } from './pool.js';
import { typeOfVdev, vdevState, vdevStates } from './vdev.js';

const subject = 'zpool status';

/** Headings inside the table and the class of what follows them (print_class_vdevs, print_l2cache, print_spares). */
const classHeadings: ReadonlyMap<string, VdevClass> = new Map<string, VdevClass>([
	['dedup', 'dedup'],
	['special', 'special'],
	['logs', 'log'],
	['cache', 'cache'],
	['spares', 'spare'],
]);

interface Row {
	readonly depth: number;
	readonly name: string;
	readonly state: Vdev['state'];
	readonly errors: VdevErrors | undefined;
	readonly reason: string | undefined;
}

interface Node extends Row {
	readonly class: VdevClass;
	readonly children: Node[];
}

/**
 * @param lines what follows `config:`, blank lines included
 * @returns undefined when there is no table: "The configuration cannot be determined."
 * @throws ZfsParseError for a row that is not understood: it could be the broken disk
 */
export function parseVdevTree(lines: readonly string[]): Vdev | undefined {
	const [header, ...rows] = lines.filter((line) => line.trim() !== '');
	if (header === undefined) return undefined;
	if (!/^\tNAME +STATE +READ +WRITE +CKSUM/.test(header)) throw unexpected(header);
	const root = nest(rows);
	return root && toVdev(root);
}

function nest(lines: readonly string[]): Node | undefined {
	let root: Node | undefined;
	let currentClass: VdevClass = 'normal';
	const path: Node[] = [];
	for (const line of lines) {
		const headingClass = classHeadings.get(line.trim());
		if (headingClass !== undefined) {
			currentClass = headingClass;
			path.splice(1);
			continue;
		}
		const row = parseRow(line);
		const parent = path[row.depth - 1];
		if (row.depth > 0 === (root === undefined) || (row.depth > 0 && parent === undefined)) throw unexpected(line);
		const node: Node = { ...row, class: currentClass, children: [] };
		parent?.children.push(node);
		root ??= node;
		path.splice(row.depth, path.length, node);
	}
	return root;
}

/** `\t    name  STATE     0     0     0  note`: the name is followed by at least two blanks and may hold single ones. */
function parseRow(line: string): Row {
	const [, indent = '', text = ''] = /^\t( *)(.*)$/.exec(line) ?? [];
	const stateAt = findState(text);
	if (indent.length % 2 !== 0 || stateAt === undefined) throw unexpected(line);
	const { start, end, state } = stateAt;
	const [, read, write, checksum, notes = ''] = /^ +(\d\S*) +(\d\S*) +(\d\S*)(.*)$/.exec(text.slice(end)) ?? [];
	return {
		depth: indent.length / 2,
		name: text.slice(0, start).trimEnd(),
		state,
		errors:
			read === undefined || write === undefined || checksum === undefined ? undefined : toErrors(read, write, checksum),
		reason: toReason(read === undefined ? text.slice(end) : notes),
	};
}

function findState(
	text: string,
): { readonly start: number; readonly end: number; readonly state: Vdev['state'] } | undefined {
	for (const match of text.matchAll(/\S+/g)) {
		const isColumn = match.index >= 2 && text.slice(match.index - 2, match.index) === '  ';
		if (isColumn && vdevStates.has(match[0])) {
			return { start: match.index, end: match.index + match[0].length, state: vdevState(match[0]) };
		}
	}
	return undefined;
}

function toErrors(read: string, write: string, checksum: string): VdevErrors {
	return {
		read: parseCount(read, subject),
		write: parseCount(write, subject),
		checksum: parseCount(checksum, subject),
	};
}

/** Without what is no reason: `(resilvering)`, `(non-allocating)` (nonsense of new tools on an old module), block sizes. */
function toReason(notes: string): string | undefined {
	return notes
		.split('  ')
		.map((note) => note.trim())
		.find((note) => note !== '' && !note.startsWith('(') && !note.startsWith('block size: '));
}

function toVdev(node: Node): Vdev {
	const { depth: _, ...vdev } = node;
	return { ...vdev, type: node.depth === 0 ? 'root' : typeOfVdev(node.name), children: node.children.map(toVdev) };
}

function unexpected(line: string): ZfsParseError {
	return new ZfsParseError(subject, `unexpected line ${excerpt(line)} among the devices`);
}
