/** The manual page zfs-lockstep(8), made from the definition of the command line. */
import {
	type CommandDefinition,
	commands,
	commonFlags,
	configurationFile,
	configurationKeys,
	exitStatuses,
	type Flag,
} from '../../src/commands/definition.ts';

/** A term and what it means. */
type Entry = readonly [term: string, text: string];

/** Files and folders, in the order of hier(7). */
const files: readonly Entry[] = [
	[configurationFile, 'Defaults of the administrator. See CONFIGURATION.'],
	[
		'/var/lib/zfs-lockstep/',
		'The recorded run (state.json, and the one before its last change), and for each run a folder below runs/ with ' +
			'inventories, kept packages, copies of host files and ROLLBACK.txt, the way back as text. Readable by root alone.',
	],
	[
		'/var/log/zfs-lockstep/events.jsonl',
		'The log of the run: every answer, command, its output and its end, one JSON document a line. At 16 MiB it becomes ' +
			'events.jsonl.1.',
	],
	['/run/lock/zfs-lockstep.lock', 'Held by the run that is at work. Never remove it.'],
	['/run/motd.d/zfs-lockstep', 'The notice at login while a run is in progress.'],
	[
		'/usr/lib/systemd/system/zfs-lockstep.service',
		'Verifies a boot in the middle of a run, says at login and in the journal what it found, and ends. It changes ' +
			'nothing and never goes on by itself.',
	],
];

const environment: readonly Entry[] = [
	['NO_COLOR', 'Not empty: no colours.'],
	['TERM', 'dumb: neither colours nor a screen; the wizard prints lines.'],
	[
		'LC_ALL, LC_CTYPE, LANG',
		'The first that is set says whether the terminal shows UTF-8. Commands run in the C locale.',
	],
	['INK_SCREEN_READER', 'true: no borders and drawings, for a screen reader.'],
	['XDG_STATE_HOME', 'Where demo keeps its simulated hosts, below zfs-lockstep/demo (default ~/.local/state).'],
	['ZFS_LOCKSTEP_DEMO_SPEED', 'Simulated seconds for one real second in demo (default 40).'],
];

const examples: readonly Entry[] = [
	['zfs-lockstep check', 'Read the host and say what stands in the way. Changes nothing.'],
	['zfs-lockstep plan --target 2.3.2', 'Show every command that the upgrade would run.'],
	['zfs-lockstep', 'Begin, or go on where it stopped, also after the reboot.'],
	['zfs-lockstep rollback', 'Show the way back from the stage reached.'],
	[
		'zfs-lockstep guard -- syncoid -r tank backup@vault:tank',
		'Replicate only while both halves of OpenZFS match; otherwise exit with 3 and say why.',
	],
	['zfs-lockstep demo', 'See all of it on a simulated host.'],
];

/** As roff text: a minus is one, not a hyphen, and nothing at the start of a line is taken for a request. */
function roff(text: string): string {
	return text
		.replaceAll('\\', '\\e')
		.replaceAll('-', '\\-')
		.replaceAll('~', '\\(ti')
		.replaceAll('^', '\\(ha')
		.replaceAll("'", '\\(aq')
		.replace(/^(?=[.'])/gm, '\\&');
}

/** `--yes`, `-y`, `--target VERSION`: what is typed in bold, what is put in its place in italics. */
function flagTerm({ name, short, value }: Flag): string {
	const spellings = [...(short === undefined ? [] : [`-${short}`]), `--${name}`].map((one) => `\\fB${roff(one)}\\fR`);
	return spellings.join(', ') + (value === undefined ? '' : ` \\fI${roff(value)}\\fR`);
}

function sentence(text: string): string {
	const capital = `${text[0]?.toUpperCase()}${text.slice(1)}`;
	return roff(/[.!]$/.test(capital) ? capital : `${capital}.`);
}

function entries(list: readonly Entry[], font: 'B' | 'I'): string[] {
	return list.flatMap(([term, text]) => ['.TP', `\\f${font}${roff(term)}\\fR`, sentence(text)]);
}

function flagEntries(flags: readonly Flag[]): string[] {
	return flags.flatMap((flag) => ['.TP', flagTerm(flag), sentence(flag.help)]);
}

function synopsis({ name, operands, flags }: CommandDefinition): string[] {
	const options = flags.length > 0 ? ' [\\fIOPTIONS\\fR]' : '';
	return ['.br', `\\fBzfs\\-lockstep ${roff(name)}\\fR${options}${operands === undefined ? '' : ` ${roff(operands)}`}`];
}

function commandSection({ name, summary, operands, flags }: CommandDefinition): string[] {
	return [
		`.SS ${roff(name)}${operands === undefined ? '' : ` ${roff(operands)}`}`,
		sentence(summary),
		...flagEntries(flags),
	];
}

/**
 * @param version of the program
 * @param date of the release, ISO 8601
 */
export function manualPage(version: string, date: string): string {
	return [
		`.TH ZFS\\-LOCKSTEP 8 "${date}" "zfs\\-lockstep ${roff(version)}" "System Administration"`,
		'.SH NAME',
		'zfs\\-lockstep \\- upgrade OpenZFS on a running host one proven stage at a time',
		'.SH SYNOPSIS',
		'\\fBzfs\\-lockstep\\fR [\\fICOMMAND\\fR] [\\fIOPTIONS\\fR]',
		...commands.flatMap(synopsis),
		'.SH DESCRIPTION',
		roff(
			'OpenZFS has two halves, the kernel module and the tools. A package manager changes the second at once and the ' +
				'first only at the next boot; in between the halves differ, and some pairs break zfs send.',
		),
		'.PP',
		'\\fBzfs\\-lockstep\\fR ' +
			roff(
				'walks through the upgrade in seven steps: check, back up, upgrade the module, reboot, verify, upgrade the ' +
					'tools, prove that sending and receiving work. Every command is shown before it is run and needs a yes. Each ' +
					'stage survives a reboot, and at each moment the way back is on the screen and in a file.',
			),
		'.PP',
		roff(
			'Without a command the wizard starts, or goes on where it stopped. What changes the host, and the recorded run, are for root.',
		),
		'.SH COMMANDS',
		...commands.flatMap(commandSection),
		'.SH OPTIONS',
		'Every command takes these.',
		...flagEntries(commonFlags),
		'.SH EXIT STATUS',
		...entries(
			exitStatuses.map(({ code, text }) => [String(code), text]),
			'B',
		),
		'.PP',
		`\\fBguard\\fR ${roff('exits with the status of the command that it ran, and with 127 where that was not found.')}`,
		'.SH CONFIGURATION',
		`\\fI${roff(configurationFile)}\\fR ` +
			roff(
				'is TOML. Each key stands in for the option of the same meaning where the command takes it and it was not given. ' +
					'A key that does not exist is an error. demo and guard do not read it.',
			),
		...entries(
			configurationKeys.map(({ name, example, help }) => [`${name} = ${example}`, help]),
			'B',
		),
		'.SH FILES',
		...entries(files, 'I'),
		'.PP',
		roff(
			'Removing the package keeps the recorded run and the log. Purging it removes them too, unless a run is in progress: ' +
				'then they are kept, and the package manager says so.',
		),
		'.SH ENVIRONMENT',
		...entries(environment, 'B'),
		'.SH EXAMPLES',
		...entries(examples, 'B'),
		'.SH SEE ALSO',
		'\\fBzfs\\fR(8), \\fBzpool\\fR(8), \\fBzfs\\-send\\fR(8), \\fBzpool\\-upgrade\\fR(8), \\fBdkms\\fR(8)',
		'',
	].join('\n');
}
