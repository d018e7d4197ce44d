/** Completions for bash, zsh and fish, made from the definition of the command line. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type CommandDefinition, commands, commonFlags, type Flag } from '../../src/commands/definition.ts';
import { stepIds } from '../../steps/step.ts';

const names = commands.map(({ name }) => name);

/** What can stand for a flag's value. */
type Values =
	| { readonly kind: 'file' | 'folder' | 'anything' }
	| { readonly kind: 'words'; readonly words: readonly string[] }
	/** A shell command that prints one word a line. */
	| { readonly kind: 'command'; readonly command: string };

const poolNames = 'zpool list -Ho name 2>/dev/null';
const scenarioNames = "zfs-lockstep demo --scenario list 2>/dev/null | sed 's/ .*//'";

function valuesOf({ name, value = '' }: Flag): Values {
	if (name === 'pool') return { kind: 'command', command: poolNames };
	if (name === 'scenario') return { kind: 'command', command: scenarioNames };
	if (name === 'until') return { kind: 'words', words: stepIds };
	if (value.includes('|')) return { kind: 'words', words: value.split('|') };
	return { kind: value === 'FILE' ? 'file' : value === 'DIR' ? 'folder' : 'anything' };
}

function flagsOf(command: CommandDefinition): readonly Flag[] {
	return [...command.flags, ...commonFlags];
}

/** `-y --yes`. */
function spellings({ name, short }: Flag): readonly string[] {
	return [...(short === undefined ? [] : [`-${short}`]), `--${name}`];
}

/** Each flag with a value once, whichever commands take it. */
function valuedFlags(): readonly Flag[] {
	const all = commands.flatMap(flagsOf).filter((flag) => flag.value !== undefined);
	return [...new Map(all.map((flag) => [flag.name, flag])).values()];
}

/** The shell's own code is in files of its own; what is in them as `@NAME@` is filled in. */
function fill(file: string, parts: Readonly<Record<string, string>>): string {
	const template = readFileSync(path.join(import.meta.dirname, file), 'utf8');
	return template.replaceAll(/@([A-Z_]+)@/g, (whole, name) => parts[name] ?? whole);
}

function quote(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}

function bashValue(values: Values): string {
	switch (values.kind) {
		case 'file':
			return 'compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current")';
		case 'folder':
			return 'compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$current")';
		case 'words':
			return `mapfile -t COMPREPLY < <(compgen -W '${values.words.join(' ')}' -- "$current")`;
		case 'command':
			return `mapfile -t COMPREPLY < <(compgen -W "$(${values.command})" -- "$current")`;
		case 'anything':
			return 'COMPREPLY=()';
	}
}

export function bashCompletion(): string {
	const values = valuedFlags().map(
		(flag) => `\t${spellings(flag).join(' | ')}) ${bashValue(valuesOf(flag))}; return ;;`,
	);
	const flags = commands.map(
		(command) => `\t${command.name}) words='${flagsOf(command).flatMap(spellings).join(' ')}' ;;`,
	);
	return fill('completion.bash', {
		NAMES_PATTERN: names.join(' | '),
		NAMES: names.join(' '),
		VALUES: values.join('\n'),
		FLAGS: flags.join('\n'),
	});
}

/** Inside `[...]` of _arguments a bracket or a colon would end the text. */
function zshText(text: string): string {
	return text.replaceAll(/[\\[\]:]/g, (character) => `\\${character}`);
}

function zshValue(flag: Flag): string {
	const values = valuesOf(flag);
	const label = (flag.value ?? '').replaceAll(/[|:]/g, ' ');
	switch (values.kind) {
		case 'file':
			return `:${label}:_files`;
		case 'folder':
			return `:${label}:_files -/`;
		case 'words':
			return `:${label}:(${values.words.join(' ')})`;
		case 'command':
			return `:${label}:{compadd -- \${(f)"$(${values.command})"}}`;
		case 'anything':
			return `:${label}: `;
	}
}

function zshFlag(flag: Flag): string {
	const value = flag.value === undefined ? '' : zshValue(flag);
	const description = `[${zshText(flag.help)}]${value}`;
	const all = spellings(flag);
	const repeat = flag.many === true ? '*' : '';
	if (all.length === 1) return quote(`${repeat}${all[0]}${description}`);
	return `${quote(`(${all.join(' ')})`)}{${all.join(',')}}${quote(description)}`;
}

function zshArguments(command: CommandDefinition): string {
	const { name, operands } = command;
	const operand = operands === undefined ? [] : [quote(`::${zshText(operands.replaceAll(/[[\]]/g, ''))}: `)];
	return `${name}) _arguments -s -S ${[...flagsOf(command).map(zshFlag), ...operand].join(' \\\n\t')} ;;`;
}

export function zshCompletion(): string {
	return fill('completion.zsh', {
		COMMANDS: commands.map(({ name, summary }) => `\t${quote(`${name}:${summary}`)}`).join('\n'),
		ARGUMENTS: commands.map(zshArguments).join('\n'),
	});
}

function fishValue(values: Values): string {
	switch (values.kind) {
		case 'file':
			return ' --require-parameter --force-files';
		case 'folder':
			return ` --exclusive --arguments '(__fish_complete_directories)'`;
		case 'words':
			return ` --exclusive --arguments '${values.words.join(' ')}'`;
		case 'command':
			return ` --exclusive --arguments ${quote(`(${values.command})`).replaceAll("'\\''", "\\'")}`;
		case 'anything':
			return ' --exclusive';
	}
}

function fishText(text: string): string {
	return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function fishFlag(condition: string, flag: Flag): string {
	const short = flag.short === undefined ? '' : ` --short-option ${flag.short}`;
	const value = flag.value === undefined ? '' : fishValue(valuesOf(flag));
	return `complete --command zfs-lockstep${condition}${short} --long-option ${flag.name}${value} --description ${fishText(flag.help)}`;
}

export function fishCompletion(): string {
	const others = names.filter((name) => name !== 'wizard');
	// Without a command the wizard's flags count.
	const conditionOf = ({ name }: CommandDefinition) =>
		name === 'wizard'
			? ` --condition 'not __fish_seen_subcommand_from ${others.join(' ')}'`
			: ` --condition '__fish_seen_subcommand_from ${name}'`;
	return [
		'# fish completion for zfs-lockstep(8)',
		'complete --command zfs-lockstep --no-files',
		...commands.map(
			({ name, summary }) =>
				`complete --command zfs-lockstep --condition 'not __fish_seen_subcommand_from ${names.join(' ')}' --arguments ${name} --description ${fishText(summary)}`,
		),
		`complete --command zfs-lockstep --condition '__fish_seen_subcommand_from guard' --arguments '(__fish_complete_subcommand)'`,
		...commonFlags.map((flag) => fishFlag('', flag)),
		...commands.flatMap((command) => command.flags.map((flag) => fishFlag(conditionOf(command), flag))),
		'',
	].join('\n');
}
