/** What the zfs command says to a wrong command line. */

import { isAtLeast } from '../../features.js';
import type { ParsedOptions } from '../../options.js';
import type { Session } from '../../session.js';
import { seriesOf, toolsVersion } from '../../zfs-version.js';

/** Synopses of zfs(8); the ones in the recordings are word for word. */
const synopses: Readonly<Record<string, string>> = {
	version: '\tversion',
	create:
		'\tcreate [-Pnpuv] [-o property=value] ... <filesystem>\n\tcreate [-Pnpsv] [-b blocksize] [-o property=value] ... -V <size> <volume>',
	destroy:
		'\tdestroy [-fnpRrv] <filesystem|volume>\n\tdestroy [-dnpRrv] <filesystem|volume>@<snap>[%<snap>][,...]\n\tdestroy <filesystem|volume>#<bookmark>',
	snapshot: '\tsnapshot [-r] [-o property=value] ... <filesystem|volume>@<snap> ...',
	rollback: '\trollback [-rRf] <snapshot>',
	clone: '\tclone [-p] [-o property=value] ... <snapshot> <filesystem|volume>',
	rename:
		'\trename [-f] <filesystem|volume|snapshot> <filesystem|volume|snapshot>\n\trename -p [-f] <filesystem|volume> <filesystem|volume>\n\trename -u [-f] <filesystem> <filesystem>\n\trename -r <snapshot> <snapshot>',
	bookmark: '\tbookmark <snapshot|bookmark> <newbookmark>',
	list: '\tlist [-Hp] [-r|-d max] [-o property[,...]] [-s property]...\n\t    [-S property]... [-t type[,...]] [filesystem|volume|snapshot] ...',
	set: '\tset <property=value> ... <filesystem|volume|snapshot> ...',
	get: '\tget [-rHp] [-d max] [-o "all" | field[,...]]\n\t    [-t type[,...]] [-s source[,...]]\n\t    <"all" | property[,...]> [filesystem|volume|snapshot|bookmark] ...',
	inherit: '\tinherit [-rS] <property> <filesystem|volume|snapshot> ...',
	mount: '\tmount\n\tmount [-flvO] [-o opts] <-a | filesystem>',
	unmount: '\tunmount [-fu] <-a | filesystem|mountpoint>',
	send: '\tsend [-DLPbcehnpsvw] [-i|-I snapshot] <snapshot>\n\tsend [-DnVvPLecw] [-i snapshot|bookmark] <filesystem|volume|snapshot>\n\tsend [-DnPpVvLec] [-i bookmark|snapshot] --redact <bookmark> <snapshot>\n\tsend [-nVvPe] -t <receive_resume_token>',
	receive:
		'\treceive [-vMnsFhu] [-o <property>=<value>] ... [-x <property>] ...\n\t    <filesystem|volume|snapshot>\n\treceive [-vMnsFhu] [-o <property>=<value>] ... [-x <property>] ... \n\t    [-d | -e] <filesystem>\n\treceive -A <filesystem|volume>',
	hold: '\thold [-r] <tag> <snapshot> ...',
	holds: '\tholds [-rHp] <snapshot> ...',
	release: '\trelease [-r] <tag> <snapshot> ...',
	diff: '\tdiff [-FHth] <snapshot> [snapshot|filesystem]',
	'load-key': '\tload-key [-rn] [-L <keylocation>] <-a | filesystem|volume>',
	'unload-key': '\tunload-key [-r] <-a | filesystem|volume>',
};

/** Subcommands that show the table of properties after their synopsis. */
const withProperties = new Set(['list', 'get', 'set']);

function printUsage(session: Session, subcommand: string): number {
	session.err(`usage:\n${synopses[subcommand] ?? `\t${subcommand}`}`);
	if (withProperties.has(subcommand))
		session.err('\nThe following properties are supported:\n\n\tPROPERTY       EDIT  INHERIT   VALUES');
	else
		session.err(
			'\nFor the property list, run: zfs set|get\n\nFor the delegated permission list, run: zfs allow|unallow',
		);
	const tools = toolsVersion(session.machine);
	if (tools !== undefined && isAtLeast(seriesOf(tools), [2, 2])) {
		session.err('\nFor further help on a command or topic, run: zfs help [<topic>]');
	}
	return 2;
}

/** @returns the exit code when an option is wrong, undefined when all are known */
export function refuseOptions(session: Session, subcommand: string, { problem }: ParsedOptions): number | undefined {
	if (problem === undefined) return undefined;
	const text =
		problem.kind === 'unknown'
			? `invalid option '${problem.option}'`
			: `missing argument for '${problem.option}' option`;
	session.err(text);
	return printUsage(session, subcommand);
}

/** A wrong command line, in the tool's words. */
export function refuseUsage(session: Session, subcommand: string, text: string): number {
	session.err(text);
	return printUsage(session, subcommand);
}
