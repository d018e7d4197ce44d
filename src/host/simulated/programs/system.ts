/** Small programs that say something about the machine. */
import { writeGrubMenu } from '../grub-menu.js';
import { kernelBuild, mountRows } from '../kernel-files.js';
import { ctime } from '../numbers.js';
import { hasOption, optionValue, optionValues, parseOptions } from '../options.js';
import { processes, processNamespace } from '../processes.js';
import type { Program, Session } from '../session.js';
import { exists } from '../tree.js';

export const uname: Program = (session, args) => {
	const parsed = parseOptions(args, {
		short: 'asnrvmpio',
		long: { all: 'a', 'kernel-name': 's', nodename: 'n', 'kernel-release': 'r', machine: 'm', 'kernel-version': 'v' },
	});
	if (parsed.problem !== undefined) {
		session.err(`uname: invalid option -- '${parsed.problem.option}'\nTry 'uname --help' for more information.`);
		return 1;
	}
	const { hostname, runningKernel } = session.machine;
	const parts: readonly (readonly [string, string])[] = [
		['s', 'Linux'],
		['n', hostname],
		['r', runningKernel],
		['v', kernelBuild(runningKernel)],
		['m', 'x86_64'],
		['o', 'GNU/Linux'],
	];
	const letters = parsed.given.length === 0 ? ['s'] : parsed.given.map(([name]) => name);
	const shown = parts.filter(([letter]) => letters.includes('a') || letters.includes(letter)).map(([, text]) => text);
	session.out(shown.join(' '));
	return 0;
};

export const hostname: Program = (session) => {
	session.out(session.machine.hostname);
	return 0;
};

/** systemd-detect-virt exits with 1 where it prints `none`. */
export const detectVirt: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'cvrq', long: { container: 'c', vm: 'v', chroot: 'r', quiet: 'q' } });
	if (parsed.problem !== undefined) return 1;
	if (hasOption(parsed, 'r')) return 1;
	if (hasOption(parsed, 'c')) {
		session.out('none');
		return 1;
	}
	session.out('kvm');
	return 0;
};

/** No EFI here (recordings: misc-mokutil). */
export const mokutil: Program = (session, args) => {
	const parsed = parseOptions(args, {
		short: 'lt:',
		long: { 'sb-state': 'sb', 'test-key=': 't', 'list-enrolled': 'l' },
	});
	session.err(
		parsed.problem === undefined
			? 'EFI variables are not supported on this system'
			: 'Usage:\n  mokutil OPTIONS [ARGS...]',
	);
	return 1;
};

/** `ps -e -o pid= -o args=` and the like. */
export const ps: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'eAfo:p:C:xa', long: { 'format=': 'o', 'pid=': 'p', 'no-headers': 'n' } });
	if (parsed.problem !== undefined) {
		session.err('error: unsupported SysV option\n\nUsage:\n ps [options]');
		return 1;
	}
	session.wait(0.03);
	const columns = optionValues(parsed, 'o').flatMap((list) => (list.includes('=') ? [list] : list.split(',')));
	const wanted = (columns.length === 0 ? ['pid', 'comm'] : columns).map((column) => column.replace(/=.*$/, ''));
	const titles = { pid: 'PID', pidns: 'PIDNS', args: 'COMMAND', comm: 'COMMAND', user: 'USER' } as const;
	const unknown = wanted.find((column) => !(column in titles));
	if (unknown !== undefined) {
		session.err(`error: unknown user-defined format specifier "${unknown}"\n\nUsage:\n ps [options]`);
		return 1;
	}
	const pids = optionValues(parsed, 'p').flatMap((list) => list.split(','));
	const shown = processes(session.machine).filter(({ pid }) => pids.length === 0 || pids.includes(String(pid)));
	if (columns.length === 0 || columns.some((column) => !column.endsWith('='))) {
		session.out(wanted.map((column) => titles[column as keyof typeof titles]).join(' '));
	}
	for (const { pid, name, argv } of shown) {
		const fields: Readonly<Record<string, string>> = {
			pid: String(pid).padStart(7),
			pidns: processNamespace,
			args: argv.join(' '),
			comm: name,
			user: 'root',
		};
		session.out(wanted.map((column) => fields[column] ?? '').join(' '));
	}
	return shown.length === 0 ? 1 : 0;
};

export const pgrep: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'xfalc', long: { exact: 'x', full: 'f', 'list-full': 'a' } });
	const [pattern = ''] = parsed.operands;
	if (parsed.problem !== undefined) return 2;
	const found = processes(session.machine).filter(({ name, argv }) => {
		const subject = hasOption(parsed, 'f') ? argv.join(' ') : name;
		return new RegExp(hasOption(parsed, 'x') ? `^(?:${pattern})$` : pattern).test(subject);
	});
	for (const { pid, argv } of found) session.out(hasOption(parsed, 'a') ? `${pid} ${argv.join(' ')}` : String(pid));
	return found.length === 0 ? 1 : 0;
};

export const journalctl: Program = (session, args) => {
	const parsed = parseOptions(args, {
		short: 'b:u:n:kro:p:x',
		long: {
			'boot?': 'b',
			'unit=': 'u',
			'lines=': 'n',
			dmesg: 'k',
			'no-pager': 'no-pager',
			quiet: 'q',
			'since=': 'since',
		},
	});
	session.wait(0.2);
	const units = optionValues(parsed, 'u');
	const shown = session.machine.log.filter(
		({ unit }) => units.length === 0 || units.some((one) => unit.startsWith(one)),
	);
	const lines = shown.map(
		({ at, unit, text }) => `${ctime(at).slice(4, 19)} ${session.machine.hostname} ${unit}: ${text}`,
	);
	const limit = optionValue(parsed, 'n');
	const kept = limit === undefined ? lines : lines.slice(-Number(limit));
	session.out(kept.length === 0 ? '-- No entries --' : kept.join('\n'));
	return 0;
};

export const dmesg: Program = (session) => {
	for (const { at, unit, text } of session.machine.log) {
		if (unit === 'kernel') session.out(`[${(at - session.machine.bootedAt).toFixed(6).padStart(12)}] ${text}`);
	}
	return 0;
};

export const findmnt: Program = (session, args) => {
	const parsed = parseOptions(args, {
		short: 'no:T:t:rl',
		long: { noheadings: 'n', 'output=': 'o', 'target=': 'T', 'types=': 't', raw: 'r' },
	});
	if (parsed.problem !== undefined) return 1;
	const target = optionValue(parsed, 'T') ?? parsed.operands[0];
	const type = optionValue(parsed, 't');
	const rows = mountRows(session.machine).filter((row) => type === undefined || row.type === type);
	const below = rows.filter(
		(row) => target === undefined || target === row.target || target.startsWith(`${row.target}/`) || row.target === '/',
	);
	const found =
		target === undefined ? rows : below.toSorted((one, other) => other.target.length - one.target.length).slice(0, 1);
	if (found.length === 0) return 1;
	const columns = (optionValue(parsed, 'o') ?? 'TARGET,SOURCE,FSTYPE,OPTIONS').toLowerCase().split(',');
	if (!hasOption(parsed, 'n')) session.out(columns.join(' ').toUpperCase());
	for (const row of found) {
		const fields: Readonly<Record<string, string>> = { ...row, fstype: row.type };
		session.out(columns.map((column) => fields[column] ?? '').join(' '));
	}
	return 0;
};

/** `env [-i] [--chdir=DIR] [NAME=VALUE]... PROGRAM ARGS...` */
export const env: Program = (session, args) => {
	const parsed = parseOptions(args, {
		short: 'iu:C:',
		long: { 'chdir=': 'C', 'ignore-environment': 'i', 'unset=': 'u' },
		stopAtOperand: true,
	});
	if (parsed.problem !== undefined) {
		session.err(`env: unrecognized option '--${parsed.problem.option}'`);
		return 125;
	}
	const folder = optionValue(parsed, 'C');
	if (folder !== undefined) {
		if (!exists(session.machine, folder)) {
			session.err(`env: cannot change directory to '${folder}': No such file or directory`);
			return 125;
		}
		session.cwd = folder;
	}
	const first = parsed.operands.findIndex((operand) => !operand.includes('='));
	if (first < 0) return 0;
	const argv = parsed.operands.slice(first);
	const code = session.become(argv);
	if (code !== undefined) return code;
	session.err(`env: '${argv[0]}': No such file or directory`);
	return 127;
};

/** Nothing here has a network beyond the archive. */
export const ssh: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'o:p:i:TtnqvC', stopAtOperand: true });
	session.wait(3);
	session.err(
		`ssh: Could not resolve hostname ${parsed.operands[0]?.replace(/^.*@/, '') ?? ''}: Name or service not known`,
	);
	return 255;
};

export const sleep: Program = (session, args) => {
	session.wait(Number(args[0] ?? 0));
	return 0;
};

function says(text: string): Program {
	return (session: Session) => {
		session.out(text);
		return 0;
	};
}

export const whoami = says('root');

/** `id -u` */
export const id: Program = (session, args) => {
	session.out(args.includes('-u') ? '0' : 'uid=0(root) gid=0(root) groups=0(root)');
	return 0;
};

export const updateGrub: Program = (session) => {
	session.wait(4);
	session.change(writeGrubMenu(session.machine));
	session.err('Generating grub configuration file ...\ndone');
	return 0;
};
