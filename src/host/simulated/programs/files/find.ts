/** find(1) with the tests of name, type and depth. */
import type { Node } from '../../machine.js';
import type { Program } from '../../session.js';
import { exists, find, walk } from '../../tree.js';
import { absolute } from './coreutil.js';

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
