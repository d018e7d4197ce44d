import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bashCompletion, fishCompletion, zshCompletion } from '../../packaging/documents/completions.js';
import { exampleConfiguration } from '../../packaging/documents/example-configuration.js';
import { manualPage } from '../../packaging/documents/manual-page.js';
import { parseConfiguration } from '../../src/commands/configuration.js';
import { commands, commonFlags, configurationKeys, exitStatuses } from '../../src/commands/definition.js';
import { commandHelp, programHelp } from '../../src/commands/help.js';
import { exitCodes } from '../../src/engine/exit-codes.js';

function isInstalled(program: string): boolean {
	return spawnSync(program, ['--version']).error === undefined;
}

/** A folder with that file in it; the path of the file. */
function makeFile(name: string, text: string): string {
	const folder = mkdtempSync(path.join(tmpdir(), 'zfs-lockstep-documents-'));
	onTestFinished(() => rmSync(folder, { recursive: true }));
	const file = path.join(folder, name);
	writeFileSync(file, text);
	return file;
}

/** Text as a reader sees it: one space between words. */
function words(text: string): string {
	return text.replaceAll(/\s+/g, ' ').trim();
}

/** The page as man(1) shows it, on lines that are never broken. */
function shownPage(): string {
	const file = makeFile('zfs-lockstep.8', manualPage('1.2.3', '2026-11-22'));
	const { stdout, stderr } = spawnSync('groff', ['-man', '-Tutf8', '-P-cbou', '-rLL=2000n', '-ww', file]);
	expect(String(stderr)).toBe('');
	return String(stdout);
}

describe('the manual page', () => {
	it.runIf(isInstalled('groff'))('says of every command and option what the help says', () => {
		const page = words(shownPage());
		for (const command of commands) {
			expect(commandHelp(command).toLowerCase()).toContain(command.summary.toLowerCase());
			expect(page.toLowerCase()).toContain(`${command.name} ${command.operands ?? ''}`.trim().toLowerCase());
			expect(page.toLowerCase()).toContain(words(command.summary).toLowerCase());
		}
		for (const flag of [...commonFlags, ...commands.flatMap((command) => command.flags)]) {
			const spelling = `--${flag.name}${flag.value === undefined ? '' : ` ${flag.value}`}`;
			const short = flag.short === undefined ? '' : `-${flag.short}, `;
			expect(page.toLowerCase()).toContain(`${short}${spelling} ${words(flag.help)}`.toLowerCase());
		}
	});

	it.runIf(isInstalled('groff'))(
		'names every exit status, configuration key and variable that the program reads',
		() => {
			const page = words(shownPage());
			for (const { code, text } of exitStatuses) expect(page.toLowerCase()).toContain(`${code} ${text}`);
			for (const key of configurationKeys) expect(page).toContain(words(`${key.name} = ${key.example} ${key.help}`));
			// What the program sets for its libraries, or takes back, is not for people.
			const internal = ['FORCE_COLOR', 'SNAP', 'JOURNAL_STREAM'];
			const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file));
			const variables = sources.flatMap((file) => [
				...readFileSync(path.join('src', file), 'utf8').matchAll(/\benv\.([A-Z][A-Z_]+)/g),
			]);
			const names = new Set(variables.map(([, name]) => name).filter((name) => !internal.includes(name ?? '')));
			expect(names.size).toBeGreaterThan(3);
			const section = page.slice(page.indexOf('ENVIRONMENT'));
			for (const name of names) expect(section).toContain(name);
		},
	);

	it('has the sections that an administrator looks for', () => {
		const page = manualPage('1.2.3', '2026-11-22');
		for (const section of ['NAME', 'SYNOPSIS', 'EXIT STATUS', 'CONFIGURATION', 'FILES', 'ENVIRONMENT', 'EXAMPLES']) {
			expect(page).toContain(`.SH ${section}\n`);
		}
		expect(page).not.toContain('after\\-boot');
	});
});

describe('the exit codes', () => {
	it('are the ones that the program uses, each with its meaning in the help', () => {
		expect(exitStatuses.map(({ code }) => code)).toEqual(Object.values(exitCodes));
		for (const { code, text } of exitStatuses) expect(words(programHelp())).toContain(`${code} ${text}`);
	});
});

describe('the example of the configuration', () => {
	it('changes nothing as it is, and is taken when every key in it is turned on', async () => {
		const example = exampleConfiguration();
		expect((await parseConfiguration(example, 'f')).flags.size).toBe(0);
		const turnedOn = await parseConfiguration(example.replaceAll(/^#(?=\S)/gm, ''), 'f');
		expect([...turnedOn.flags.keys()]).toEqual(configurationKeys.flatMap(({ flag }) => flag ?? []));
		expect(turnedOn.wall).toBe(true);
	});
});

describe('completion', () => {
	it.each([
		['bash', bashCompletion],
		['zsh', zshCompletion],
		['fish', fishCompletion],
	])('in %s knows every command and every option, and no hidden one', (_, complete) => {
		const text = complete();
		for (const { name } of commands) expect(text).toMatch(new RegExp(`\\b${name}\\b`));
		for (const { name } of [...commonFlags, ...commands.flatMap((command) => command.flags)]) {
			expect(text).toMatch(new RegExp(`--${name}\\b|--long-option ${name}\\b`));
		}
		expect(text).not.toMatch(/after-boot|__job|@[A-Z]/);
	});

	const lines: readonly [line: string, offered: readonly string[], not: readonly string[]][] = [
		['zfs-lockstep ', commands.map(({ name }) => name), ['--json']],
		['zfs-lockstep ch', ['check'], ['compat']],
		['zfs-lockstep check --', ['--target', '--json'], ['--yes', '--until']],
		['zfs-lockstep --', ['--target', '--version'], ['--follow']],
		['zfs-lockstep run --until ', ['backup', 'smoke-test'], ['--yes']],
		['zfs-lockstep report --format ', ['text', 'markdown', 'json'], []],
		['zfs-lockstep log -', ['--follow'], ['--yes']],
		['zfs-lockstep run --answers /etc/host', ['/etc/hosts'], []],
	];

	it.each(lines)('in bash offers what can follow "%s"', (line, offered, not) => {
		const file = makeFile('zfs-lockstep', bashCompletion());
		const script = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _zfs_lockstep; printf '%s\\n' "\${COMPREPLY[@]}"`;
		const { stdout } = spawnSync('bash', ['--norc', '-c', script, 'bash', file, ...line.split(' ')]);
		const found = String(stdout).trim().split('\n');
		expect(found).toEqual(expect.arrayContaining([...offered]));
		for (const one of not) expect(found).not.toContain(one);
	});

	it.runIf(isInstalled('fish')).each(lines)('in fish offers what can follow "%s"', (line, offered, not) => {
		const file = makeFile('zfs-lockstep.fish', fishCompletion());
		const env = { ...process.env, HOME: path.dirname(file) };
		const { stdout } = spawnSync('fish', ['-c', `source $argv[1]; complete -C "$argv[2]"`, file, line], { env });
		const found = String(stdout)
			.split('\n')
			.map((one) => one.split('\t')[0]);
		expect(found).toEqual(expect.arrayContaining([...offered]));
		for (const one of not) expect(found).not.toContain(one);
	});

	it.runIf(isInstalled('zsh'))('in zsh is a script that it understands', () => {
		const { stderr, status } = spawnSync('zsh', ['-n', makeFile('_zfs-lockstep', zshCompletion())]);
		expect(String(stderr)).toBe('');
		expect(status).toBe(0);
	});
});
