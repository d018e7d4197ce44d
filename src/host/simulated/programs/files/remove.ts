/** rm(1) and rmdir(1). */
import { hasOption, parseOptions } from '../../options.js';
import type { Program } from '../../session.js';
import { exists, find, listNames, removeNode, removeTree } from '../../tree.js';
import { absolute, attempt, refuse } from './coreutil.js';

export const rm: Program = (session, args) => {
	const parsed = parseOptions(args, {
		short: 'rRfvid',
		long: { recursive: 'r', force: 'f', verbose: 'v', 'one-file-system': 'x', 'preserve-root': 'x', dir: 'd' },
	});
	if (refuse(session, 'rm', parsed)) return 1;
	let code = 0;
	for (const operand of parsed.operands) {
		const path = absolute(session, operand);
		const { node } = find(session.machine, path, false);
		if (node === undefined) {
			if (hasOption(parsed, 'f')) continue;
			session.err(`rm: cannot remove '${operand}': No such file or directory`);
			code = 1;
		} else if (node.kind === 'directory' && !hasOption(parsed, 'r') && !hasOption(parsed, 'R')) {
			session.err(`rm: cannot remove '${operand}': Is a directory`);
			code = 1;
		} else {
			session.wait(0.1);
			code =
				attempt(session, `rm: cannot remove '${operand}'`, () => session.change(removeTree(session.machine, path))) ||
				code;
		}
	}
	return code;
};

export const rmdir: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'pv', long: { 'ignore-fail-on-non-empty': 'ignore' } });
	if (refuse(session, 'rmdir', parsed)) return 1;
	let code = 0;
	for (const operand of parsed.operands) {
		const path = absolute(session, operand);
		const isFolder = find(session.machine, path, false).node?.kind === 'directory';
		const complaint = `rmdir: failed to remove '${operand}'`;
		const isFull = isFolder && (listNames(session.machine, path) ?? []).length > 0;
		if (isFull && hasOption(parsed, 'ignore')) continue;
		if (isFolder) code = attempt(session, complaint, () => session.change(removeNode(session.machine, path))) || code;
		else {
			session.err(`${complaint}: ${exists(session.machine, path) ? 'Not a directory' : 'No such file or directory'}`);
			code = 1;
		}
	}
	return code;
};
