import { describe, expect, it } from 'vitest';
import {
	ConfigError,
	flagAt,
	numberAt,
	parseConfig,
	readSystem,
	tablesAt,
	textAt,
	textsAt,
} from '../../../src/facts/consumers/config.js';
import { HostError } from '../../../src/host/host-error.js';

const problemOf = async (text: string, format: 'toml' | 'json' | 'yaml') => {
	try {
		await parseConfig('/etc/x', text, format);
	} catch (error) {
		if (error instanceof ConfigError) return error.message;
		throw error;
	}
	return 'none';
};

describe('a configuration file that cannot be parsed', () => {
	it.each([
		['toml', 'a = 1\nb = zfs\n', '/etc/x, line 2: '],
		['toml', '[a]\n[a]\n', '/etc/x, line 2: '],
		['json', '{\n\t"a": 1,\n\t"b" 2\n}\n', '/etc/x, line 3: '],
		['json', '{\n\t"a": 1,\n', '/etc/x, line 3: '],
		['json', "{\n'a': 1}", '/etc/x, line 2: '],
		['yaml', 'a: 1\nb: [1,\n', '/etc/x, line '],
		['yaml', 'a: 1\n\tb: 2\n', '/etc/x, line 2: '],
	] as const)('as %s is named with its line: %j', async (format, text, start) => {
		const problem = await problemOf(text, format);
		expect(problem.startsWith(start), problem).toBe(true);
	});

	it.each([
		['json', '["a"]'],
		['json', 'null'],
		['yaml', 'just a text'],
		['yaml', '- a\n- b\n'],
	] as const)('holds no names with values: %s %j', async (format, text) => {
		expect(await problemOf(text, format)).toBe('/etc/x: it does not hold names with values');
	});

	it('shows nothing of it that could move the cursor', async () => {
		const problem = await problemOf('{"a": \x1b[2J\x1b]0;owned\x07}', 'json');
		expect(problem).toMatch(/^\/etc\/x, line 1: /);
		// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what must not be there
		expect(problem).not.toMatch(/[\x00-\x1f]/);
	});

	it('is refused as YAML where the parser would be at it for minutes', async () => {
		expect(await problemOf('"'.repeat(200_000), 'yaml')).toBe('/etc/x: it is larger than 128 KiB');
	});

	it('does not take long to give up on aliases that multiply', async () => {
		const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
		for (let level = 1; level < 12; level += 1) {
			const before = Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ');
			lines.push(`a${level}: &a${level} [${before}]`);
		}
		expect(await problemOf(lines.join('\n'), 'yaml')).toContain('Excessive alias count');
	});
});

const mixed = await parseConfig('x', '{"list": ["a"], "mixed": ["a", 1], "text": "b"}', 'json');

describe('a configuration file', () => {
	it('may hold dates and numbers beyond the safe ones without harm', async () => {
		const config = await parseConfig('x', 'a = 2026-11-22T10:00:00Z\nb = 9007199254740993\nc = "zfs"\n', 'toml');
		expect(textAt(config, 'c')).toBe('zfs');
		expect(() => numberAt(config, 'b')).toThrow(ConfigError);
	});

	it('of JSON may begin with a byte order mark, and may be blank', async () => {
		expect(textAt(await parseConfig('x', '\uFEFF{"a": "b"}', 'json'), 'a')).toBe('b');
		expect((await parseConfig('x', ' \n', 'json')).root).toEqual({});
	});

	it('of YAML may hold nothing but comments', async () => {
		expect((await parseConfig('x', '---\n# nothing\n', 'yaml')).root).toEqual({});
	});

	it('has no value where it holds none, or null', async () => {
		const config = await parseConfig('x', '{"a": null, "b": {}}', 'json');
		expect([textAt(config, 'a'), textAt(config, 'b', 'c'), textAt(config, 'd', 'e')]).toEqual([
			undefined,
			undefined,
			undefined,
		]);
	});

	it('has no values that only JavaScript knows of', async () => {
		const config = await parseConfig('x', '{"__proto__": {"driver": "zfs"}}', 'json');
		expect(textAt(config, 'driver')).toBeUndefined();
		expect(textAt(config, 'constructor', 'name')).toBeUndefined();
	});

	it.each([
		['a text', () => textAt(mixed, 'list')],
		['true or false', () => flagAt(mixed, 'text')],
		['a number', () => numberAt(mixed, 'text')],
		['a list of texts', () => textsAt(mixed, 'mixed')],
		['a list of tables', () => tablesAt(mixed, 'list')],
		['a table on the way', () => textAt(mixed, 'text', 'below')],
	])('is unreadable where something else stands than %s', (_, read) => {
		expect(read).toThrow(ConfigError);
	});
});

describe('a system', () => {
	it('is unknown where its files cannot be read, with the reason', async () => {
		const denied = new HostError('permission', '/etc/x', 'Cannot read /etc/x: permission denied.', []);
		const fact = await readSystem('x', () => Promise.reject(denied));
		expect(fact).toEqual({ known: false, why: denied.message });
	});

	it('does not hide a fault of this program', async () => {
		await expect(readSystem('x', () => Promise.reject(new TypeError('a bug')))).rejects.toThrow('a bug');
	});
});
