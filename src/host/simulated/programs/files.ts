/** coreutils, findutils and tar as far as they handle files. */

import { drawGuid } from '../draw.js';
import { syncAll } from '../durability.js';
import { extractArchive, unpackArchive } from '../initramfs.js';
import type { Machine, Node } from '../machine.js';
import { checksumOf, nodeBytes } from '../node.js';
import { hasOption, optionValue, type ParsedOptions, parseOptions } from '../options.js';
import { inodeOf } from '../processes.js';
import type { Program, Session } from '../session.js';
import { cutData, decodeStream } from '../stream.js';
import {
	exists,
	find,
	listNames,
	makeFolder,
	parentPath,
	putNode,
	readFile,
	removeNode,
	removeTree,
	walk,
} from '../tree.js';
import { TreeError } from '../tree-error.js';

/** Runs `work` and says what the system answered where it refuses. @returns the exit code */
function attempt(session: Session, complaint: string, work: () => void): number {
	try {
		work();
		return 0;
	} catch (error) {
		if (!(error instanceof TreeError)) throw error;
		session.err(`${complaint}: ${error.message}`);
		return 1;
	}
}

function refuse(session: Session, program: string, { problem }: ParsedOptions): boolean {
	if (problem === undefined) return false;
	const shown =
		problem.option.length > 1 ? `unrecognized option '--${problem.option}'` : `invalid option -- '${problem.option}'`;
	session.err(`${program}: ${shown}\nTry '${program} --help' for more information.`);
	return true;
}

function absolute(session: Session, path: string): string {
	return path.startsWith('/') ? path : `${session.cwd === '/' ? '' : session.cwd}/${path}`;
}

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
		if (isFolder) code = attempt(session, complaint, () => session.change(removeNode(session.machine, path))) || code;
		else {
			session.err(`${complaint}: ${exists(session.machine, path) ? 'Not a directory' : 'No such file or directory'}`);
			code = 1;
		}
	}
	return code;
};

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
		const move = () => session.change(removeTree(copyTree(session.machine, from, to), from));
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

export const cat: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'nAvbEsTetu' });
	if (refuse(session, 'cat', parsed)) return 1;
	if (parsed.operands.length === 0) {
		session.write(session.stdin);
		return 0;
	}
	let code = 0;
	for (const operand of parsed.operands) {
		code =
			attempt(session, `cat: ${operand}`, () => {
				if (operand === '-') return session.write(session.stdin);
				const node = readFile(session.machine, absolute(session, operand));
				return session.write({ text: node.text, bytes: nodeBytes(node) });
			}) || code;
	}
	return code;
};

export const head: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'c:n:qv', long: { 'bytes=': 'c', 'lines=': 'n' } });
	if (refuse(session, 'head', parsed)) return 1;
	const [operand] = parsed.operands;
	return attempt(session, `head: cannot open '${operand}' for reading`, () => {
		const node = operand === undefined ? undefined : readFile(session.machine, absolute(session, operand));
		const data = node === undefined ? session.stdin : { text: node.text, bytes: nodeBytes(node) };
		const bytes = optionValue(parsed, 'c');
		if (bytes === undefined) {
			const lines = data.text.split('\n').slice(0, Number(optionValue(parsed, 'n') ?? 10));
			const text = lines.join('\n') + (lines.length < data.text.split('\n').length ? '\n' : '');
			return session.write({ text, bytes: BigInt(Buffer.byteLength(text)) });
		}
		const cut = cutData(data, BigInt(bytes));
		// It goes when it has enough, and whoever still writes is killed.
		if (operand === undefined && cut.bytes < data.bytes) session.leaveInput();
		return session.write(cut);
	});
};

export const tail: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'n:c:fFqv', long: { 'lines=': 'n', 'bytes=': 'c' } });
	if (refuse(session, 'tail', parsed)) return 1;
	const [operand] = parsed.operands;
	return attempt(session, `tail: cannot open '${operand}' for reading`, () => {
		const text =
			operand === undefined ? session.stdin.text : readFile(session.machine, absolute(session, operand)).text;
		const lines = text
			.replace(/\n$/, '')
			.split('\n')
			.slice(-Number(optionValue(parsed, 'n') ?? 10));
		if (text !== '') session.out(lines.join('\n'));
	});
};

export const wc: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'clwm' });
	if (hasOption(parsed, 'c')) session.out(String(session.stdin.bytes));
	else session.out(String(session.stdin.text.split('\n').length - 1));
	return 0;
};

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

export const sha256sum: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'bctz', long: { check: 'c', binary: 'b' } });
	let code = refuse(session, 'sha256sum', parsed) ? 1 : 0;
	for (const operand of parsed.operands) {
		code =
			attempt(session, `sha256sum: ${operand}`, () => {
				const node = readFile(session.machine, absolute(session, operand));
				session.wait(Number(nodeBytes(node)) / 400_000_000);
				session.out(`${checksumOf(node)}  ${operand}`);
			}) || code;
	}
	return code;
};

/** `find DIR... [-type f] [-name GLOB] [-maxdepth N] [-print]` */
export const findFiles: Program = (session, args) => {
	const firstTest = args.findIndex((arg) => arg.startsWith('-'));
	const folders = firstTest < 0 ? args : args.slice(0, firstTest);
	const tests = firstTest < 0 ? [] : args.slice(firstTest);
	const values = new Map<string, string>();
	for (let index = 0; index < tests.length; index += 1) {
		const test = tests[index] ?? '';
		if (test === '-print' || test === '-xdev') continue;
		if (!['-type', '-name', '-path', '-maxdepth', '-mindepth'].includes(test)) {
			session.err(`find: unknown predicate \`${test}'`);
			return 1;
		}
		values.set(test, tests[index + 1] ?? '');
		index += 1;
	}
	const kinds: Readonly<Record<string, Node['kind']>> = { f: 'file', d: 'directory', l: 'symlink' };
	let code = 0;
	for (const folder of folders) {
		const top = absolute(session, folder);
		if (!exists(session.machine, top)) {
			session.err(`find: '${folder}': No such file or directory`);
			code = 1;
			continue;
		}
		const whole = find(session.machine, top, false).path;
		for (const { path, node } of walk(session.machine, top)) {
			const relative = path.slice(whole.length);
			const depth = relative.split('/').length - 1;
			const type = values.get('-type');
			const name = values.get('-name');
			if (type !== undefined && node?.kind !== kinds[type]) continue;
			if (name !== undefined && !globToRegExp(name).test(path.split('/').at(-1) ?? '')) continue;
			if (depth > Number(values.get('-maxdepth') ?? 99) || depth < Number(values.get('-mindepth') ?? 0)) continue;
			session.out(`${folder}${relative}`);
		}
	}
	session.wait(0.1);
	return code;
};

function globToRegExp(glob: string): RegExp {
	const source = glob
		.replace(/[.+^${}()|[\]\\]/g, '\\$&')
		.replaceAll('*', '.*')
		.replaceAll('?', '.');
	return new RegExp(`^${source}$`);
}

/** `tar --extract` of an archive on standard input, whole or the named members. */
export const tar: Program = (session, args) => {
	const parsed = parseOptions(args, {
		short: 'xtcvf:C:pz',
		long: {
			extract: 'x',
			get: 'x',
			list: 't',
			'directory=': 'C',
			'file=': 'f',
			'strip-components=': 'strip',
			'no-same-owner': 'o',
			'no-same-permissions': 'o',
			'no-overwrite-dir': 'o',
			'keep-old-files': 'k',
			verbose: 'v',
			'wildcards?': 'w',
		},
	});
	if (parsed.problem !== undefined) {
		session.err(
			`tar: unrecognized option '${parsed.problem.option}'\nTry 'tar --help' or 'tar --usage' for more information.`,
		);
		return 64;
	}
	const isInput = (optionValue(parsed, 'f') ?? '-') === '-';
	if (!isInput || !(hasOption(parsed, 'x') || hasOption(parsed, 't'))) {
		session.err("tar: You must specify one of the '-Acdtrux', '--delete' or '--test-label' options");
		return 2;
	}
	const archive = unpackArchive(session.stdin.text);
	if (archive === undefined) {
		session.err('tar: This does not look like a tar archive\ntar: Exiting with failure status due to previous errors');
		return 2;
	}
	const wanted = parsed.operands.map((name) => name.replace(/^\.\//, '').replace(/\/$/, ''));
	const members = Object.entries(archive).filter(
		([path]) => wanted.length === 0 || wanted.some((name) => path === name || path.startsWith(`${name}/`)),
	);
	if (hasOption(parsed, 't')) {
		session.out(members.map(([path, node]) => `./${path}${node.kind === 'directory' ? '/' : ''}`).join('\n'));
		return 0;
	}
	const folder = absolute(session, optionValue(parsed, 'C') ?? '.');
	if (find(session.machine, folder).node?.kind !== 'directory') {
		session.err(
			`tar: ${optionValue(parsed, 'C')}: Cannot open: No such file or directory\ntar: Error is not recoverable: exiting now`,
		);
		return 2;
	}
	const missing = wanted.filter((name) => archive[name] === undefined);
	for (const name of missing) session.err(`tar: ./${name}: Not found in archive`);
	const strip = Number(optionValue(parsed, 'strip') ?? 0);
	const stripped = members
		.map(([path, node]) => [path.split('/').slice(strip).join('/'), node] as const)
		.filter(([path]) => path !== '');
	session.wait(2);
	const code = attempt(session, 'tar: Cannot write', () =>
		session.change(extractArchive(session.machine, Object.fromEntries(stripped), folder)),
	);
	if (code !== 0 || missing.length > 0) {
		session.err('tar: Exiting with failure status due to previous errors');
		return 2;
	}
	return 0;
};

/** `dd if= of= bs= count=`: from /dev/urandom, /dev/zero, a file or standard input, to a file or a volume. */
export const dd: Program = (session, args) => {
	const known = ['if', 'of', 'bs', 'count', 'conv', 'status', 'oflag', 'iflag', 'seek', 'skip'];
	const values = new Map(args.map((arg) => [arg.split('=', 1)[0] ?? '', arg.slice(arg.indexOf('=') + 1)] as const));
	const wrong = [...values.keys()].find((key) => !known.includes(key));
	if (wrong !== undefined) {
		session.err(`dd: unrecognized operand '${wrong}'\nTry 'dd --help' for more information.`);
		return 1;
	}
	const units: Readonly<Record<string, bigint>> = { '': 1n, K: 1024n, k: 1024n, M: 1048576n, G: 1073741824n };
	const [, number = '512', unit = ''] = /^(\d+)([KkMG]?)$/.exec(values.get('bs') ?? '512') ?? [];
	const limit = values.has('count')
		? BigInt(number) * (units[unit] ?? 1n) * BigInt(values.get('count') ?? '0')
		: undefined;
	const input = values.get('if');
	const output = values.get('of') ?? '';
	return attempt(session, `dd: failed to open '${output}'`, () => {
		const [text, bytes] = readInput(session, input, limit);
		session.wait(0.02 + Number(bytes) / 400_000_000);
		const mtime = Math.floor(session.now);
		const node: Node = { kind: 'file', mode: 0o644, uid: 0, mtime, text, bytes: String(bytes) };
		session.change(putNode(session.machine, absolute(session, output), node));
		if (values.get('status') === 'none') return;
		const records = `${limit === undefined ? 1 : Number(values.get('count'))}+0`;
		session.err(`${records} records in\n${records} records out\n${bytes} bytes copied`);
	});
};

function readInput(session: Session, input: string | undefined, limit: bigint | undefined): readonly [string, bigint] {
	if (input === '/dev/urandom' || input === '/dev/zero') {
		if (input === '/dev/zero') return ['zeros', limit ?? 0n];
		const [random, drawn] = drawGuid(session.machine);
		session.change(drawn);
		return [`random ${random}`, limit ?? 0n];
	}
	const node = input === undefined ? undefined : readFile(session.machine, absolute(session, input));
	const data = node === undefined ? session.stdin : { text: node.text, bytes: nodeBytes(node) };
	const cut = limit === undefined ? data : cutData(data, limit);
	return [cut.text, cut.bytes];
}

export const sync: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'df', long: { data: 'd', 'file-system': 'f' } });
	if (refuse(session, 'sync', parsed)) return 1;
	session.wait(0.5);
	const missing = parsed.operands.filter((operand) => !exists(session.machine, absolute(session, operand)));
	for (const operand of missing) session.err(`sync: error opening '${operand}': No such file or directory`);
	session.change(syncAll(session.machine));
	return missing.length > 0 ? 1 : 0;
};

/** `zstream dump`: reads a stream to its end and says whether it is whole. */
export const zstream: Program = (session, args) => {
	const [action] = args;
	if (action !== 'dump') {
		session.err('usage: zstream command args ...');
		return 1;
	}
	session.wait(Number(session.stdin.bytes) / 400_000_000);
	const decoded = decodeStream(session.stdin);
	if (decoded === undefined) {
		session.err('Invalid stream (bad magic number)');
		return 1;
	}
	const begins = decoded.records.filter((record) => record.kind === 'begin').length;
	const ends = decoded.records.filter((record) => record.kind === 'end').length;
	if (decoded.isCut || begins !== ends) {
		session.err('Incomplete stream: unexpected end of file');
		return 1;
	}
	session.out(`SUMMARY:\n\tTotal DRR_BEGIN records = ${begins}\n\tTotal DRR_END records = ${ends}`);
	session.out(`\tTotal stream length = ${session.stdin.bytes} (0x${session.stdin.bytes.toString(16)})`);
	return 0;
};
