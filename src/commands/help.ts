import { type CommandDefinition, commands, commonFlags, exitStatuses, type Flag } from './definition.js';

function flagLine(flag: Flag): string {
	const short = flag.short === undefined ? '    ' : `-${flag.short}, `;
	const value = flag.value === undefined ? '' : ` ${flag.value}`;
	return `  ${`${short}--${flag.name}${value}`.padEnd(30)}${flag.help}`;
}

/** Help of the whole program. */
export function programHelp(): string {
	return [
		'Usage: zfs-lockstep [COMMAND] [OPTIONS]',
		'',
		'Upgrades OpenZFS on a running host one proven stage at a time.',
		'Without a command: the wizard, which goes on where it stopped.',
		'',
		'Commands:',
		...commands.map((command) => `  ${command.name.padEnd(12)}${command.summary}`),
		'',
		'Options of every command:',
		...commonFlags.map(flagLine),
		'',
		'Exit codes:',
		...exitStatuses.map(({ code, text }) => `  ${String(code).padEnd(5)}${text}`),
		'',
		'zfs-lockstep COMMAND --help shows the options of a command.',
		'',
	].join('\n');
}

/** Help of one command. */
export function commandHelp(command: CommandDefinition): string {
	const operands = command.operands === undefined ? '' : ` ${command.operands}`;
	return [
		`Usage: zfs-lockstep ${command.name} [OPTIONS]${operands}`,
		'',
		`${command.summary[0]?.toUpperCase()}${command.summary.slice(1)}.`,
		'',
		'Options:',
		...[...command.flags, ...commonFlags].map(flagLine),
		'',
	].join('\n');
}
