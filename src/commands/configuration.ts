import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type ConfigurationKey, commonFlags, configurationFile, configurationKeys } from './definition.js';
import { type Invocation, UsageError } from './parse.js';

type Value = string | boolean | readonly string[];

export interface Configuration {
	/** Values by the name of the flag that they stand for. */
	readonly flags: ReadonlyMap<string, Value>;
	readonly wall: boolean;
}

function isOfKind(kind: ConfigurationKey['kind'], value: unknown): value is Value {
	switch (kind) {
		case 'text':
			return typeof value === 'string' && value !== '';
		case 'texts':
			return Array.isArray(value) && value.every((one) => typeof one === 'string' && one !== '');
		case 'switch':
			return typeof value === 'boolean';
	}
}

const kindNames = { text: 'a text', texts: 'a list of texts', switch: 'true or false' } as const;

/** Throws UsageError, which names the key. @param file for the message. */
export async function parseConfiguration(text: string, file: string): Promise<Configuration> {
	const { parse, TomlError } = await import('smol-toml');
	let table: Readonly<Record<string, unknown>>;
	try {
		table = parse(text);
	} catch (error) {
		if (!(error instanceof TomlError)) throw error;
		throw new UsageError(`${file}, line ${error.line}: it is not TOML (${error.message.split('\n', 1)[0]}).`);
	}
	const flags = new Map<string, Value>();
	for (const [name, value] of Object.entries(table)) {
		const key = configurationKeys.find((one) => one.name === name);
		if (key === undefined) {
			const names = configurationKeys.map((one) => one.name).join(', ');
			throw new UsageError(`${file}: there is no key ${JSON.stringify(name)}. Keys: ${names}.`);
		}
		if (!isOfKind(key.kind, value)) throw new UsageError(`${file}: ${name} must be ${kindNames[key.kind]}.`);
		if (key.flag !== undefined) flags.set(key.flag, value);
	}
	return { flags, wall: table.wall === true };
}

/**
 * The administrator's defaults, below the root of the host (`/`, or `--root DIR`). Throws UsageError where the file
 * cannot be read; without a file everything is as without defaults.
 */
export async function readConfiguration(root: string): Promise<Configuration> {
	const file = path.join(root, configurationFile);
	let text: string;
	try {
		text = readFileSync(file, 'utf8');
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException;
		if (code === 'ENOENT' || code === 'ENOTDIR') return { flags: new Map(), wall: false };
		throw new UsageError(`The configuration cannot be read: ${message}`);
	}
	return parseConfiguration(text, file);
}

/** The invocation with the configured values in the place of flags that were not given and that its command takes. */
function withConfiguration(invocation: Invocation, { flags }: Configuration): Invocation {
	const own = new Set([...commonFlags, ...invocation.command.flags].map((flag) => flag.name));
	const configured = (name: string) => (own.has(name) ? flags.get(name) : undefined);
	return {
		...invocation,
		switch: (name) => invocation.switch(name) || configured(name) === true,
		value: (name) => {
			const value = configured(name);
			return invocation.value(name) ?? (typeof value === 'string' ? value : undefined);
		},
		values: (name) => {
			const given = invocation.values(name);
			const value = configured(name);
			return given.length > 0 || !Array.isArray(value) ? given : value;
		},
	};
}

/**
 * A simulated host has pools and versions of its own; what runs by itself, at boot or before each replication, must not
 * stop at a slip in a file that it does not need.
 */
const unconfigured: ReadonlySet<string> = new Set(['demo', 'after-boot', 'guard']);

/** What a command line asks for together with the configuration of the host it is about. Throws UsageError. */
export async function configure(invocation: Invocation): Promise<Invocation> {
	if (unconfigured.has(invocation.command.name)) return invocation;
	return withConfiguration(invocation, await readConfiguration(invocation.value('root') ?? '/'));
}
