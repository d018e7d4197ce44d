/** modinfo, modprobe, rmmod, lsmod, depmod. */

import { references } from '../kernel-files.js';
import { installedKernels, modulePathOf } from '../kernels.js';
import { describeModule, parseModuleFile } from '../module-files.js';
import { loadFromDisk, removeModule, unload } from '../module-loading.js';
import { hasOption, optionValue, parseOptions } from '../options.js';
import type { Program } from '../session.js';
import { textOf } from '../tree.js';

export const modinfo: Program = (session, args) => {
	const parsed = parseOptions(args, {
		short: 'F:k:nladpb:0',
		long: { 'field=': 'F', 'set-version=': 'k', filename: 'n', 'basedir=': 'b' },
	});
	session.wait(0.02);
	if (parsed.problem !== undefined) {
		session.err(`modinfo: unrecognized option '--${parsed.problem.option}'`);
		return 1;
	}
	const kernel = optionValue(parsed, 'k') ?? session.machine.runningKernel;
	let code = 0;
	for (const target of parsed.operands) {
		const path = target.includes('/') ? target : modulePathOf(session.machine, kernel, target);
		const text = path === undefined ? undefined : textOf(session.machine, path);
		const info = text === undefined ? undefined : parseModuleFile(text);
		if (path === undefined || info === undefined) {
			session.err(
				target.includes('/')
					? `modinfo: ERROR: could not get modinfo from '${target.split('/').at(-1)?.replace(/\.ko$/, '')}': No such file or directory`
					: `modinfo: ERROR: Module ${target} not found.`,
			);
			code = 1;
			continue;
		}
		const fields = describeModule(info, path);
		const wanted = hasOption(parsed, 'n') ? 'filename' : optionValue(parsed, 'F');
		if (wanted === undefined)
			session.out(fields.map(([field, value]) => `${`${field}:`.padEnd(15)} ${value}`).join('\n'));
		else for (const [field, value] of fields) if (field === wanted) session.out(value);
	}
	return code;
};

export const modprobe: Program = (session, args) => {
	const parsed = parseOptions(args, {
		short: 'rvqanDfS:',
		long: { remove: 'r', verbose: 'v', quiet: 'q', all: 'a', 'dry-run': 'n', 'show-depends': 'D' },
	});
	session.wait(0.5);
	if (parsed.problem !== undefined) {
		session.err(`modprobe: unrecognized option '--${parsed.problem.option}'`);
		return 1;
	}
	const [name = ''] = parsed.operands;
	if (name !== 'zfs') {
		session.err(`modprobe: FATAL: Module ${name} not found in directory /lib/modules/${session.machine.runningKernel}`);
		return 1;
	}
	const result = hasOption(parsed, 'r') ? unload(session.machine) : loadFromDisk(session.machine);
	if (!result.ok) {
		if (!hasOption(parsed, 'q')) session.err(result.stderr);
		return 1;
	}
	if (!hasOption(parsed, 'n')) session.change(result.machine);
	return 0;
};

export const rmmod: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'fsv', long: { force: 'f', syslog: 's', verbose: 'v' } });
	session.wait(0.2);
	let code = parsed.problem === undefined ? 0 : 1;
	for (const name of parsed.operands) {
		const result = removeModule(session.machine, name);
		if (result.ok) session.change(result.machine);
		else {
			session.err(result.stderr);
			code = 1;
		}
	}
	return code;
};

export const lsmod: Program = (session) => {
	session.out('Module                  Size  Used by');
	for (const [name, { bytes, usedBy }] of Object.entries(session.machine.modules)) {
		session.out(
			`${name.padEnd(20)} ${bytes.padStart(7)}  ${references(session.machine, name)} ${usedBy.join(',')}`.trimEnd(),
		);
	}
	return 0;
};

export const depmod: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'aAb:en', long: { all: 'a', quick: 'A' } });
	session.wait(4);
	const [kernel] = parsed.operands;
	if (kernel === undefined || installedKernels(session.machine).includes(kernel)) return 0;
	session.err(`depmod: ERROR: could not open directory /lib/modules/${kernel}: No such file or directory`);
	return 1;
};
