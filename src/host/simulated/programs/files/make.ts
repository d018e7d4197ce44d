/** Programs that make files, folders and links, and set their modes. */
import type { Node } from '../../machine.js';
import { hasOption, optionValue, parseOptions } from '../../options.js';
import type { Program } from '../../session.js';
import { exists, find, makeFolder, parentPath, putNode } from '../../tree.js';
import { TreeError } from '../../tree-error.js';
import { absolute, attempt, refuse } from './coreutil.js';

export const mkdir: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'pm:v', long: { parents: 'p', 'mode=': 'm' } });
	if (refuse(session, 'mkdir', parsed)) return 1;
	const mode = Number.parseInt(optionValue(parsed, 'm') ?? '755', 8);
	let code = 0;
	for (const operand of parsed.operands) {
		const path = absolute(session, operand);
		const make = () => {
			if (!hasOption(parsed, 'p')) {
				if (exists(session.machine, path)) throw new TreeError('EEXIST');
				if (!exists(session.machine, parentPath(path))) throw new TreeError('ENOENT');
			}
			session.change(makeFolder(session.machine, path, mode));
		};
		code = attempt(session, `mkdir: cannot create directory '${operand}'`, make) || code;
	}
	return code;
};

export const ln: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'sfnTr', long: { symbolic: 's', force: 'f', 'no-dereference': 'n' } });
	if (refuse(session, 'ln', parsed)) return 1;
	const [target = '', name = ''] = parsed.operands;
	const path = absolute(session, name);
	if (exists(session.machine, path) && !hasOption(parsed, 'f')) {
		session.err(`ln: failed to create symbolic link '${name}': File exists`);
		return 1;
	}
	const mtime = Math.floor(session.now);
	const node: Node = { kind: 'symlink', mode: 0o777, uid: 0, mtime, target };
	return attempt(session, `ln: failed to create symbolic link '${name}'`, () =>
		session.change(putNode(session.machine, path, node)),
	);
};

export const touch: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'acm' });
	let code = refuse(session, 'touch', parsed) ? 1 : 0;
	for (const operand of parsed.operands) {
		const path = absolute(session, operand);
		const { node } = find(session.machine, path);
		const mtime = Math.floor(session.now);
		const fresh: Node =
			node === undefined ? { kind: 'file', mode: 0o644, uid: 0, mtime, text: '' } : { ...node, mtime };
		code =
			attempt(session, `touch: cannot touch '${operand}'`, () =>
				session.change(putNode(session.machine, path, fresh)),
			) || code;
	}
	return code;
};

export const chmod: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'Rv' });
	const [mode = '', ...operands] = parsed.operands;
	let code = refuse(session, 'chmod', parsed) ? 1 : 0;
	for (const operand of operands) {
		const path = absolute(session, operand);
		code =
			attempt(session, `chmod: cannot access '${operand}'`, () => {
				const { node } = find(session.machine, path);
				if (node === undefined) throw new TreeError('ENOENT');
				if (node.kind === 'directory') return;
				session.change(putNode(session.machine, path, { ...node, mode: Number.parseInt(mode, 8) }));
			}) || code;
	}
	return code;
};
