import { isAtLeast } from '../../features.js';
import type { ParsedOptions } from '../../options.js';
import type { Session } from '../../session.js';
import { toolsSeries } from '../zfs/library.js';

/** Synopses of zpool(8); `status` and `upgrade` word for word as recorded. */
const synopses: Readonly<Record<string, string>> = {
	status: '\tstatus [-c [script1,script2,...]] [-igLpPstvxD]  [-T d|u] [pool] ... \n\t    [interval [count]]',
	upgrade: '\tupgrade\n\tupgrade -v\n\tupgrade [-V version] <-a | pool ...>',
	list: '\tlist [-gHLpPv] [-o property[,...]] [-T d|u] [pool] ... \n\t    [interval [count]]',
	get: '\tget [-Hp] [-o "all" | field[,...]] <"all" | property[,...]> <pool> ...',
	set: '\tset <property=value> <pool>',
	events: '\tevents [-vHf [pool] | -c]',
	history: '\thistory [-il] [<pool>] ...',
	checkpoint: '\tcheckpoint [-d [-w]] <pool> ...',
	wait: '\twait [-Hp] [-T d|u] [-t <activity>[,...]] <pool> [interval]',
	scrub: '\tscrub [-s | -p] [-w] <pool> ...',
	export: '\texport [-af] <pool> ...',
	import:
		'\timport [-d dir] [-D]\n\timport [-o mntopts] [-o property=value] ... \n\t    [-d dir | -c cachefile] [-D] [-l] [-f] [-m] [-N] [-R root] [-F [-n]] -a',
	clear: '\tclear [-nF] <pool> [device]',
	sync: '\tsync [pool] ...',
	version: '\tversion',
};

function printUsage(session: Session, subcommand: string): number {
	session.err(`usage:\n${synopses[subcommand] ?? `\t${subcommand}`}`);
	return 2;
}

/** @returns the exit code when an option is wrong, undefined when all are known */
export function refuseOptions(session: Session, subcommand: string, { problem }: ParsedOptions): number | undefined {
	if (problem === undefined) return undefined;
	session.err(
		problem.kind === 'unknown'
			? `invalid option '${problem.option}'`
			: `missing argument for '${problem.option}' option`,
	);
	return printUsage(session, subcommand);
}

export function refuseUsage(session: Session, subcommand: string, text: string): number {
	session.err(text);
	return printUsage(session, subcommand);
}

/** Names of imported pools that a command is about; says on stderr which are not there. */
export function selectPools(
	session: Session,
	operands: readonly string[],
): { readonly names: readonly string[]; readonly failed: boolean } {
	const { pools } = session.machine;
	if (operands.length === 0) {
		const names = Object.keys(pools).filter((name) => pools[name]?.imported === true);
		return { names: names.sort(), failed: false };
	}
	const missing = operands.filter((name) => pools[name]?.imported !== true);
	for (const name of missing) session.err(`cannot open '${name}': no such pool`);
	return { names: operands.filter((name) => !missing.includes(name)), failed: missing.length > 0 };
}

/** `-j` and its companions, which came with 2.3. */
export function jsonOptions(session: Session): {
	readonly short: string;
	readonly long: Readonly<Record<string, string>>;
} {
	if (!isAtLeast(toolsSeries(session), [2, 3])) return { short: '', long: {} };
	const long = {
		json: 'j',
		'json-int': 'json-int',
		'json-pool-key-guid': 'json-pool-key-guid',
		'json-flat-vdevs': 'json-flat-vdevs',
	};
	return { short: 'j', long };
}
