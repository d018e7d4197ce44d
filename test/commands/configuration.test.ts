import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { configure, parseConfiguration, readConfiguration } from '../../src/commands/configuration.js';
import { commands, commonFlags, configurationFile, configurationKeys } from '../../src/commands/definition.js';
import { parseCommandLine, UsageError } from '../../src/commands/parse.js';

/** A root with that configuration. */
function makeRoot(text: string): string {
	const root = mkdtempSync(path.join(tmpdir(), 'zfs-lockstep-root-'));
	onTestFinished(() => rmSync(root, { recursive: true }));
	const file = path.join(root, configurationFile);
	mkdirSync(path.dirname(file), { recursive: true });
	writeFileSync(file, text);
	return root;
}

const everything = 'target = "2.3.2"\npools = ["tank", "data"]\nignore-check = ["pool.degraded"]\nno-color = true\n';

describe('the configuration', () => {
	it('stands in for the flags that were not given', async () => {
		const root = makeRoot(everything);
		const invocation = await configure(parseCommandLine(['check', '--root', root]));
		expect(invocation.value('target')).toBe('2.3.2');
		expect(invocation.values('pool')).toEqual(['tank', 'data']);
		expect(invocation.values('ignore-check')).toEqual(['pool.degraded']);
		expect(invocation.switch('no-color')).toBe(true);
		expect(invocation.switch('json')).toBe(false);
	});

	it('gives way to what is given: a list is replaced, not added to', async () => {
		const root = makeRoot(everything);
		const invocation = await configure(
			parseCommandLine(['run', '--root', root, '--target', '2.3.1', '--pool', 'other']),
		);
		expect(invocation.value('target')).toBe('2.3.1');
		expect(invocation.values('pool')).toEqual(['other']);
		expect(invocation.values('ignore-check')).toEqual(['pool.degraded']);
	});

	it('reaches no command that lacks the flag', async () => {
		const root = makeRoot(everything);
		const invocation = await configure(parseCommandLine(['reset', '--root', root]));
		expect(invocation.value('target')).toBeUndefined();
		expect(invocation.values('pool')).toEqual([]);
		expect(invocation.switch('no-color')).toBe(true);
	});

	it.each(['demo', 'guard', 'after-boot'])('does not touch %s, which must not stop at a slip in it', async (name) => {
		const root = makeRoot('not toml at all');
		const invocation = parseCommandLine([name, '--root', root]);
		expect(await configure(invocation)).toBe(invocation);
	});

	it('may be absent', async () => {
		const root = mkdtempSync(path.join(tmpdir(), 'zfs-lockstep-root-'));
		onTestFinished(() => rmSync(root, { recursive: true }));
		expect(await readConfiguration(root)).toEqual({ flags: new Map(), wall: false });
		expect(await readConfiguration(makeRoot(''))).toEqual({ flags: new Map(), wall: false });
	});

	it('asks for wall only where it says true', async () => {
		expect((await parseConfiguration('wall = true', 'f')).wall).toBe(true);
		expect((await parseConfiguration('wall = false', 'f')).wall).toBe(false);
	});

	it.each([
		['a key that does not exist, by its name', 'targte = "2.3.2"', /\/f: there is no key "targte"\. Keys: target, /],
		['a table instead of a key', '[pools]\nname = "tank"', /pools must be a list of texts/],
		['a number for a version', 'target = 2.3', /target must be a text/],
		['an empty version', 'target = ""', /target must be a text/],
		['a text for a list', 'pools = "tank"', /pools must be a list of texts/],
		['a number in a list', 'ignore-check = ["a", 1]', /ignore-check must be a list of texts/],
		['a text for a switch', 'wall = "yes"', /wall must be true or false/],
		['what is not TOML, with the line', 'wall = true\ntarget = ', /\/f, line 2: it is not TOML/],
	])('refuses %s', async (_, text, message) => {
		const refused = parseConfiguration(text, '/f');
		await expect(refused).rejects.toBeInstanceOf(UsageError);
		await expect(refused).rejects.toThrow(message);
	});

	it('that cannot be read is an error, never as if there were none', async () => {
		const root = makeRoot('');
		rmSync(path.join(root, configurationFile));
		mkdirSync(path.join(root, configurationFile));
		await expect(readConfiguration(root)).rejects.toBeInstanceOf(UsageError);
	});

	it('names only flags that exist, with the kind of value that they take', () => {
		const flags = [...commonFlags, ...commands.flatMap((command) => command.flags)];
		for (const key of configurationKeys.filter(({ flag }) => flag !== undefined)) {
			const kinds = flags
				.filter(({ name }) => name === key.flag)
				.map(({ value, many }) => (value === undefined ? 'switch' : many === true ? 'texts' : 'text'));
			expect(new Set(kinds)).toEqual(new Set([key.kind]));
		}
	});

	it('has examples that it takes', async () => {
		const example = configurationKeys.map(({ name, example }) => `${name} = ${example}`).join('\n');
		expect((await parseConfiguration(example, 'f')).flags.size).toBe(4);
	});
});
