/** Configuration files of other systems. What cannot be read, or does not mean anything, is an error with its place. */
import type { Host } from '../../host/host.js';
import { HostError } from '../../host/host-error.js';
import { stripControls } from '../../host/text.js';
import { type Fact, known, unknown } from '../fact.js';

export type Table = Readonly<Record<string, unknown>>;

/** A file, or what a program makes of its files, as nested tables. */
export interface Config {
	/** Path, or the command that printed it. */
	readonly source: string;
	readonly root: Table;
}

/** The message names file, line where there is one, and the problem. */
export class ConfigError extends Error {
	override readonly name = 'ConfigError';

	constructor(source: string, problem: string, line?: number) {
		const place = line === undefined ? source : `${source}, line ${line}`;
		super(`${place}: ${stripControls(problem).replaceAll(/\s+/g, ' ').trim().slice(0, 300)}`);
	}
}

type Format = 'toml' | 'json' | 'yaml';
/** Each loads its library only where there is a file for it: most hosts have none. */
const parsers: Readonly<Record<Format, (source: string, text: string) => unknown>> = {
	toml: readToml,
	json: readJson,
	yaml: readYaml,
};

/** Undefined without such a file. @throws ConfigError, HostError */
export async function readConfig(host: Host, path: string, format: Format): Promise<Config | undefined> {
	const text = await host.files.read(path);
	return text === undefined ? undefined : parseConfig(path, text, format);
}

/** @throws ConfigError */
export async function parseConfig(source: string, text: string, format: Format): Promise<Config> {
	const root = await parsers[format](source, text);
	if (!isTable(root)) throw new ConfigError(source, 'it does not hold names with values');
	return { source, root };
}

/**
 * A system's facts from files that may be unreadable: then the fact is unknown, with file, line and problem.
 * @param read undefined: the system is not on this host
 */
export async function readSystem<T>(source: string, read: () => Promise<T | undefined>): Promise<Fact<T | undefined>> {
	try {
		return known(await read(), source);
	} catch (error) {
		if (error instanceof ConfigError || error instanceof HostError) return unknown(error.message);
		throw error;
	}
}

export function textAt(config: Config, ...keys: readonly string[]): string | undefined {
	const value = valueAt(config, keys);
	if (value === undefined || typeof value === 'string') return value;
	throw new ConfigError(config.source, `${keys.join('.')} is no text`);
}

export function flagAt(config: Config, ...keys: readonly string[]): boolean | undefined {
	const value = valueAt(config, keys);
	if (value === undefined || typeof value === 'boolean') return value;
	throw new ConfigError(config.source, `${keys.join('.')} is neither true nor false`);
}

export function numberAt(config: Config, ...keys: readonly string[]): number | undefined {
	const value = valueAt(config, keys);
	if (value === undefined || typeof value === 'number') return value;
	throw new ConfigError(config.source, `${keys.join('.')} is no number`);
}

export function textsAt(config: Config, ...keys: readonly string[]): readonly string[] | undefined {
	const value = valueAt(config, keys);
	if (value === undefined) return undefined;
	if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value;
	throw new ConfigError(config.source, `${keys.join('.')} is no list of texts`);
}

export function tableAt(config: Config, ...keys: readonly string[]): Table | undefined {
	const value = valueAt(config, keys);
	if (value === undefined || isTable(value)) return value;
	throw new ConfigError(config.source, `${keys.join('.')} is no table`);
}

export function tablesAt(config: Config, ...keys: readonly string[]): readonly Table[] | undefined {
	const value = valueAt(config, keys);
	if (value === undefined) return undefined;
	if (Array.isArray(value) && value.every(isTable)) return value;
	throw new ConfigError(config.source, `${keys.join('.')} is no list of tables`);
}

export function isTable(value: unknown): value is Table {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Null counts as not being there. */
function valueAt({ source, root }: Config, keys: readonly string[]): unknown {
	let value: unknown = root;
	for (const [index, key] of keys.entries()) {
		if (!isTable(value)) throw new ConfigError(source, `${keys.slice(0, index).join('.')} is no table`);
		value = Object.hasOwn(value, key) ? (value[key] ?? undefined) : undefined;
		if (value === undefined) return undefined;
	}
	return value;
}

async function readToml(source: string, text: string): Promise<unknown> {
	const { parse, TomlError } = await import('smol-toml');
	try {
		// The new kind of date is a global that Node 24 does not have.
		return parse(text, { integersAsBigInt: 'asNeeded', useLegacyDate: true });
	} catch (error) {
		if (!(error instanceof TomlError)) throw error;
		const [first = ''] = error.message.split('\n');
		throw new ConfigError(source, first.replace(/^Invalid TOML document: /, ''), error.line);
	}
}

/** Nothing but blanks is an empty object, as moby reads it. */
function readJson(source: string, text: string): unknown {
	const plain = text.replace(/^\uFEFF/, '');
	if (plain.trim() === '') return {};
	try {
		return JSON.parse(plain);
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		const position = Number(/at position (\d+)/.exec(error.message)?.[1] ?? plain.length);
		const [problem = ''] = error.message.split(/(?: in JSON)? at position | in JSON/);
		throw new ConfigError(source, problem, plain.slice(0, position).split('\n').length);
	}
}

/**
 * Characters. The parser takes quadratic time where every line is an error, and half a minute for 256 KiB of them with
 * its own line numbers; no file that is read here comes near the limit.
 */
const longestYaml = 128 * 1024;

async function readYaml(source: string, text: string): Promise<unknown> {
	if (text.length > longestYaml) throw new ConfigError(source, 'it is larger than 128 KiB');
	const { parseDocument } = await import('yaml');
	const document = parseDocument(text, { logLevel: 'silent', prettyErrors: false });
	const [error] = document.errors;
	if (error !== undefined) throw new ConfigError(source, error.message, text.slice(0, error.pos[0]).split('\n').length);
	try {
		return document.toJS({ maxAliasCount: 100 }) ?? {};
	} catch (fault) {
		// More aliases than anybody writes by hand.
		if (fault instanceof ReferenceError) throw new ConfigError(source, fault.message);
		throw fault;
	}
}
