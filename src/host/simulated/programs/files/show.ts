/** Programs that say what a file is. */
import { nodeBytes } from '../../node.js';
import { hasOption, optionValue, parseOptions } from '../../options.js';
import { inodeOf } from '../../processes.js';
import type { Program } from '../../session.js';
import { find, listNames } from '../../tree.js';
import { absolute, refuse } from './coreutil.js';

export const ls: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'lA1adhtri', long: { all: 'a', 'almost-all': 'A', directory: 'd' } });
	if (refuse(session, 'ls', parsed)) return 2;
	let code = 0;
	for (const operand of parsed.operands.length === 0 ? ['.'] : parsed.operands) {
		const path = operand === '.' ? session.cwd : absolute(session, operand);
		const { node } = find(session.machine, path);
		if (node === undefined) {
			session.err(`ls: cannot access '${operand}': No such file or directory`);
			code = 2;
			continue;
		}
		const names =
			node.kind === 'directory' && !hasOption(parsed, 'd') ? (listNames(session.machine, path) ?? []) : [operand];
		const shown = names.filter((name) => hasOption(parsed, 'a') || hasOption(parsed, 'A') || !name.startsWith('.'));
		if (shown.length > 0) session.out(shown.join('\n'));
	}
	return code;
};

export const readlink: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'fenm', long: { canonicalize: 'f' } });
	const [operand = ''] = parsed.operands;
	const path = absolute(session, operand);
	if (hasOption(parsed, 'f') || hasOption(parsed, 'e')) {
		session.out(find(session.machine, path).path);
		return 0;
	}
	const { node } = find(session.machine, path, false);
	if (node?.kind !== 'symlink') return 1;
	session.out(node.target);
	return 0;
};

export const stat: Program = (session, args) => {
	const parsed = parseOptions(args, {
		short: 'c:Lft',
		long: { 'format=': 'c', 'printf=': 'printf', dereference: 'L', 'file-system': 'f', terse: 't' },
	});
	if (refuse(session, 'stat', parsed)) return 1;
	let code = 0;
	for (const operand of parsed.operands) {
		const { path, node } = find(session.machine, absolute(session, operand), hasOption(parsed, 'L'));
		if (node === undefined) {
			session.err(`stat: cannot statx '${operand}': No such file or directory`);
			code = 1;
			continue;
		}
		const format = optionValue(parsed, 'c') ?? optionValue(parsed, 'printf');
		const letters: Readonly<Record<string, string>> = {
			n: operand,
			s: String(nodeBytes(node)),
			i: String(inodeOf(path)),
			d: '65025',
			a: node.mode.toString(8),
			u: String(node.uid),
			U: 'root',
			g: '0',
			G: 'root',
			Y: String(node.mtime),
			F: { file: 'regular file', directory: 'directory', symlink: 'symbolic link' }[node.kind],
		};
		if (format !== undefined)
			session.out(format.replace(/%([a-zA-Z])/g, (whole, letter: string) => letters[letter] ?? whole));
		else
			session.out(
				`  File: ${operand}\n  Size: ${letters.s}\t${letters.F}\nInode: ${letters.i}\nAccess: (${letters.a})`,
			);
	}
	return code;
};
