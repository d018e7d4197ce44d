/**
 * The one definition of the command line and the configuration: parser, help, completions, manual page and example
 * configuration are made from it. It imports nothing, so that the packaging can read it as it is.
 */
export interface Flag {
	readonly name: string;
	readonly short?: string;
	/** Placeholder of the value; without it the flag is a switch. */
	readonly value?: string;
	readonly many?: true;
	readonly help: string;
}

export interface CommandDefinition {
	readonly name: string;
	readonly summary: string;
	/** Placeholder of positional arguments, as shown in the usage line. */
	readonly operands?: string;
	readonly flags: readonly Flag[];
}

/** Flags that every command takes. */
export const commonFlags: readonly Flag[] = [
	{ name: 'state-dir', value: 'DIR', help: 'folder of the recorded run (default /var/lib/zfs-lockstep)' },
	{ name: 'root', value: 'DIR', help: 'work on the system mounted at DIR, from a rescue system' },
	{ name: 'json', help: 'one JSON document on standard output (run: one event a line)' },
	{ name: 'no-color', help: 'no colours; NO_COLOR and TERM=dumb are honoured too' },
	{ name: 'help', short: 'h', help: 'show help' },
	{ name: 'version', short: 'V', help: 'show the version' },
];

const target: Flag = {
	name: 'target',
	value: 'VERSION',
	help: 'OpenZFS version to go to (default: the newest on offer)',
};
const pool: Flag = { name: 'pool', value: 'NAME', many: true, help: 'pool to protect; may repeat (default: all)' };
const ignoreCheck: Flag = {
	name: 'ignore-check',
	value: 'ID',
	many: true,
	help: 'go on in spite of this finding; recorded',
};
const yes: Flag = { name: 'yes', short: 'y', help: 'agree to every command beforehand; never reboots by itself' };
const answers: Flag = { name: 'answers', value: 'FILE', help: 'JSON file of answers by question id' };
const until: Flag = { name: 'until', value: 'STEP', help: 'stop after this step' };
const dryRun: Flag = { name: 'dry-run', short: 'n', help: 'show the plan and change nothing' };

const runFlags: readonly Flag[] = [target, pool, ignoreCheck, yes, answers, until, dryRun];

export const commands: readonly CommandDefinition[] = [
	{
		name: 'wizard',
		summary: 'start the wizard, or go on where it stopped (the default)',
		flags: [target, pool, ignoreCheck],
	},
	{ name: 'check', summary: 'read only: findings and the four versions', flags: [target, pool, ignoreCheck] },
	{ name: 'plan', summary: 'read only: route and every command of every step', flags: [target, pool, ignoreCheck] },
	{ name: 'run', summary: 'the same steps without a screen', flags: runFlags },
	{ name: 'status', summary: 'which step, what is next, who must act', flags: [] },
	{
		name: 'rollback',
		summary: 'the way back from the stage reached',
		flags: [{ name: 'run', help: 'execute it, after a yes' }, yes],
	},
	{
		name: 'smoke-test',
		summary: 'prove that zfs send and receive work on this host',
		flags: [pool, yes],
	},
	{
		name: 'guard',
		summary: 'run a command only if both halves of OpenZFS match',
		operands: '-- COMMAND [ARG...]',
		flags: [],
	},
	{
		name: 'report',
		summary: 'the last run',
		flags: [{ name: 'format', value: 'text|markdown|json', help: 'form of the report (default text)' }],
	},
	{
		name: 'log',
		summary: 'the journal of the run',
		flags: [{ name: 'follow', short: 'f', help: 'go on as it grows' }],
	},
	{
		name: 'reset',
		summary: 'end a run: release holds, decide about snapshots',
		flags: [
			yes,
			answers,
			{
				name: 'repair-state',
				help: 'put back the state of before the last change, when the file is damaged',
			},
		],
	},
	{
		name: 'demo',
		summary: 'the same wizard on a simulated host; nothing is touched',
		flags: [
			{ name: 'scenario', value: 'NAME', help: 'what happens; "list" shows them' },
			{ name: 'restart', help: 'forget the simulated host and begin anew' },
			...runFlags,
		],
	},
	{ name: 'explain', summary: 'one finding or advisory in full', operands: 'ID', flags: [] },
	{ name: 'compat', summary: 'releases, kernels and known-bad pairs', operands: '[VERSION]', flags: [] },
];

/** Not for people: no help, completion or manual page names them. */
const hiddenCommands: readonly CommandDefinition[] = [
	{ name: 'after-boot', summary: 'verify a boot in the middle of a run, for zfs-lockstep.service', flags: [] },
];

export function definitionOf(name: string): CommandDefinition | undefined {
	return [...commands, ...hiddenCommands].find((command) => command.name === name);
}

/** What the exit codes mean, for help and manual page. */
export const exitStatuses: readonly { readonly code: number; readonly text: string }[] = [
	{ code: 0, text: 'done, or nothing blocks' },
	{ code: 1, text: 'error' },
	{ code: 2, text: 'the command line or the configuration was not understood' },
	{ code: 3, text: 'blocked by a check' },
	{ code: 4, text: 'waiting for a reboot' },
	{ code: 5, text: 'an answer is needed' },
	{ code: 6, text: 'a rollback is needed' },
	{ code: 75, text: 'another run, or a package manager, holds its lock' },
	{ code: 77, text: 'nothing to do' },
	{ code: 130, text: 'interrupted' },
];

/** Where the configuration is, below the root of the host. */
export const configurationFile = '/etc/zfs-lockstep/config.toml';

export interface ConfigurationKey {
	readonly name: string;
	readonly kind: 'text' | 'texts' | 'switch';
	/** The flag that it stands for, where the command takes it. */
	readonly flag?: string;
	readonly help: string;
	/** A value as the example shows it. */
	readonly example: string;
}

export const configurationKeys: readonly ConfigurationKey[] = [
	{
		name: 'target',
		kind: 'text',
		flag: 'target',
		help: 'OpenZFS version to go to. Without it: the newest on offer.',
		example: '"2.3.2"',
	},
	{
		name: 'pools',
		kind: 'texts',
		flag: 'pool',
		help: 'Pools to protect. Without it: all imported pools.',
		example: '["tank"]',
	},
	{
		name: 'ignore-check',
		kind: 'texts',
		flag: 'ignore-check',
		help: 'Findings to go on in spite of. Each run records them.',
		example: '["pool.degraded"]',
	},
	{ name: 'no-color', kind: 'switch', flag: 'no-color', help: 'No colours.', example: 'true' },
	{
		name: 'wall',
		kind: 'switch',
		help: 'After a reboot in the middle of a run, tell everybody who is logged in what was found.',
		example: 'true',
	},
];
