/** mv(1), cp(1) and install(1). */
import type { Machine, Node } from '../../machine.js';
import { nodeBytes } from '../../node.js';
import { hasOption, optionValue, parseOptions } from '../../options.js';
import type { Program, Session } from '../../session.js';
import { exists, find, listNames, makeFolder, parentPath, putNode, readFile, removeTree, walk } from '../../tree.js';
import { absolute, attempt, refuse } from './coreutil.js';

/** Where each source goes: into a folder, or to the very name. */
function destinationOf(session: Session, source: string, target: string, isExact: boolean): string {
	const place = absolute(session, target.replace(/(?<=.)\/$/, ''));
	const isFolder = !isExact && find(session.machine, place).node?.kind === 'directory';
	return isFolder ? `${place}/${source.split('/').at(-1)}` : place;
}

export const mv: Program = (session, args) => {
	const parsed = parseOptions(args, {
		short: 'fnTvit:',
		long: { 'no-target-directory': 'T', 'no-clobber': 'n', force: 'f', 'target-directory=': 't' },
	});
	if (refuse(session, 'mv', parsed)) return 1;
	const sources = parsed.operands.slice(0, -1);
	const target = parsed.operands.at(-1) ?? '';
	let code = 0;
	for (const source of sources) {
		const from = absolute(session, source);
		const to = destinationOf(session, source, target, hasOption(parsed, 'T'));
		const old = find(session.machine, to, false).node;
		if (old !== undefined && hasOption(parsed, 'n')) continue;
		if (!exists(session.machine, from)) {
			session.err(`mv: cannot stat '${source}': No such file or directory`);
			code = 1;
			continue;
		}
		if (old?.kind === 'directory' && (listNames(session.machine, to) ?? []).length > 0) {
			session.err(`mv: cannot move '${source}' to '${target}': Directory not empty`);
			code = 1;
			continue;
		}
		// One change of one name: a cut takes it whole, which is as if it had not begun.
		const isFolder = find(session.machine, from, false).node?.kind === 'directory';
		const move = () => session.change(removeTree(copyTree(session.machine, from, to), from), isFolder);
		code = attempt(session, `mv: cannot move '${source}' to '${target}'`, move) || code;
	}
	return code;
};

function copyTree(machine: Machine, from: string, to: string): Machine {
	const whole = find(machine, from, false).path;
	return walk(machine, from).reduce((current, { path, node }) => {
		const place = `${to}${path.slice(whole.length)}`;
		if (node === undefined) return current;
		const there = find(current, place, false).node;
		return node.kind === 'directory' && there?.kind === 'directory' ? current : putNode(current, place, node);
	}, machine);
}

export const cp: Program = (session, args) => {
	const parsed = parseOptions(args, {
		short: 'arRpfTvdnt:',
		long: { recursive: 'r', archive: 'a', force: 'f', 'no-target-directory': 'T', 'preserve?': 'p', 'no-clobber': 'n' },
	});
	if (refuse(session, 'cp', parsed)) return 1;
	const sources = parsed.operands.slice(0, -1);
	const target = parsed.operands.at(-1) ?? '';
	let code = 0;
	for (const source of sources) {
		const from = absolute(session, source);
		const { node } = find(session.machine, from);
		if (node === undefined) {
			session.err(`cp: cannot stat '${source}': No such file or directory`);
			code = 1;
			continue;
		}
		const isRecursive = ['a', 'r', 'R'].some((letter) => hasOption(parsed, letter));
		if (node.kind === 'directory' && !isRecursive) {
			session.err(`cp: -r not specified; omitting directory '${source}'`);
			code = 1;
			continue;
		}
		const to = destinationOf(session, source, target, hasOption(parsed, 'T'));
		session.wait(0.05 + Number(nodeBytes(node)) / 300_000_000);
		const copy = () => {
			const fresh: Node =
				hasOption(parsed, 'a') || hasOption(parsed, 'p') ? node : { ...node, mtime: Math.floor(session.now) };
			session.change(
				node.kind === 'directory' ? copyTree(session.machine, from, to) : putNode(session.machine, to, fresh),
			);
		};
		code = attempt(session, `cp: cannot create regular file '${to}'`, copy) || code;
	}
	return code;
};

/** `install [-D] [-m MODE] SOURCE DESTINATION` */
export const install: Program = (session, args) => {
	const parsed = parseOptions(args, {
		short: 'Dm:o:g:vT',
		long: { 'mode=': 'm', 'owner=': 'o', 'group=': 'g', 'no-target-directory': 'T' },
	});
	if (refuse(session, 'install', parsed)) return 1;
	const [source = '', target = ''] = parsed.operands;
	if (parsed.operands.length !== 2) {
		session.err(`install: missing destination file operand after '${source}'`);
		return 1;
	}
	const place = destinationOf(session, source, target, hasOption(parsed, 'T'));
	return attempt(session, `install: cannot create regular file '${target}'`, () => {
		const from = readFile(session.machine, absolute(session, source));
		const mode = Number.parseInt(optionValue(parsed, 'm') ?? '755', 8);
		const folder = parentPath(place);
		const ready = hasOption(parsed, 'D') ? makeFolder(session.machine, folder, 0o755) : session.machine;
		session.change(putNode(ready, place, { ...from, mode, uid: 0, mtime: Math.floor(session.now) }));
	});
};
