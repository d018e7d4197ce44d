import { type ParseArgsConfig, parseArgs } from 'node:util';
import { stripControls } from '../host/text.js';
import { type CommandDefinition, commands, commonFlags, definitionOf, type Flag } from './definition.js';

/** The command line was not understood: exit code 2. */
export class UsageError extends Error {
	override readonly name = 'UsageError';

	/** @param message may quote arguments and files: control characters and what is absurdly long are taken out */
	constructor(message: string) {
		super(stripControls(message.slice(0, longestMessage)));
	}
}

/** Characters. */
const longestMessage = 1500;

/** A command line in parsed form: every flag by its name. */
export interface Invocation {
	readonly command: CommandDefinition;
	readonly operands: readonly string[];
	switch(name: string): boolean;
	value(name: string): string | undefined;
	values(name: string): readonly string[];
}

function optionOf(flag: Flag): NonNullable<ParseArgsConfig['options']>[string] {
	return {
		type: flag.value === undefined ? 'boolean' : 'string',
		...(flag.short === undefined ? {} : { short: flag.short }),
		...(flag.many === true ? { multiple: true } : {}),
	};
}

/** `argv` without the program's own name. Throws UsageError. */
export function parseCommandLine(argv: readonly string[]): Invocation {
	const first = argv[0];
	const named = first !== undefined && !first.startsWith('-');
	const command = definitionOf(named ? first : 'wizard');
	if (command === undefined) {
		throw new UsageError(`There is no command "${first}". Commands: ${commands.map((one) => one.name).join(', ')}.`);
	}
	const flags = [...commonFlags, ...command.flags];
	const options = Object.fromEntries(flags.map((flag) => [flag.name, optionOf(flag)]));
	let parsed: ReturnType<typeof parseArgs>;
	try {
		parsed = parseArgs({ args: argv.slice(named ? 1 : 0), options, allowPositionals: true, strict: true });
	} catch (error) {
		throw new UsageError(error instanceof Error ? error.message : String(error));
	}
	if (command.operands === undefined && parsed.positionals.length > 0) {
		throw new UsageError(`${command.name} takes no argument "${parsed.positionals[0]}".`);
	}
	const values = parsed.values as Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
	return {
		command,
		operands: parsed.positionals,
		switch: (name) => values[name] === true,
		value: (name) => {
			const value = values[name];
			return typeof value === 'string' ? value : undefined;
		},
		values: (name) => {
			const value = values[name];
			return Array.isArray(value) ? value : typeof value === 'string' ? [value] : [];
		},
	};
}
