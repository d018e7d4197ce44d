import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, makeStateFolder, runProgram } from '../e2e/program.js';

const folder = mkdtempSync(path.join(tmpdir(), 'zfs-lockstep-hostile-'));
const planted = path.join(folder, 'bin');
const marker = path.join(folder, 'it-was-run');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Programs of these names, in front of everything else, that betray whoever runs them. */
beforeAll(() => {
	mkdirSync(planted);
	for (const name of [
		'zfs',
		'zpool',
		'modinfo',
		'dpkg-query',
		'apt-get',
		'systemctl',
		'uname',
		'flock',
		'mkfifo',
		'sh',
	]) {
		const file = path.join(planted, name);
		writeFileSync(file, `#!/bin/sh\necho ${name} >> ${marker}\necho 9.9.9\n`);
		chmodSync(file, 0o755);
	}
});

/** What does not depend on the moment. */
function withoutTimes(text: string): string {
	return text.replace(/"takenAt": ?[\d.]+/, '');
}

describe('an environment that lies', () => {
	let honest: Ended | undefined;
	const lies: Readonly<Record<string, Readonly<Record<string, string>>>> = {
		'a PATH with programs of somebody else': { PATH: planted },
		'a PATH that is empty': { PATH: '' },
		'a library to preload': { LD_PRELOAD: '/nonexistent/evil.so', LD_LIBRARY_PATH: planted },
		'options and modules for Node': { NODE_OPTIONS: '--no-deprecation', NODE_PATH: planted, NODE_DEBUG: '' },
		'places that are not there': {
			HOME: '/nonexistent',
			TMPDIR: '/nonexistent',
			XDG_STATE_HOME: 'relative',
			XDG_CONFIG_HOME: '/nonexistent',
		},
		'a language in which nothing parses': {
			LANG: 'tr_TR.ISO-8859-9',
			LC_ALL: 'tr_TR',
			LC_NUMERIC: 'de_DE',
			TZ: ':/etc/shadow',
		},
		'options for the tools': {
			ZFS_COLOR: '1',
			ZPOOL_SCRIPTS_PATH: planted,
			POSIXLY_CORRECT: '1',
			GREP_OPTIONS: '--color',
		},
		'a terminal that is none': { TERM: '\u001b[2J', COLUMNS: '-3', LINES: 'NaN', FORCE_COLOR: '0' },
	};

	it.each(Object.entries(lies))('does not change what this machine is found to be: %s', async (_what, env) => {
		honest ??= await runProgram(['check', '--json']);
		const lied = await runProgram(['check', '--json'], env);
		expect(lied.code).toBe(honest.code);
		expect(withoutTimes(lied.stdout)).toBe(withoutTimes(honest.stdout));
		expect(existsSync(marker), 'a planted program was run').toBe(false);
	});

	it('does not keep a run from holding its lock, nor let another program take it', async () => {
		const { folder: state, remove } = makeStateFolder();
		const ended = await runProgram(
			['demo', '--yes', '--until', 'check', '--state-dir', state],
			lies[Object.keys(lies)[0] ?? ''],
		);
		remove();
		expect(`${ended.code} ${ended.stderr}`).toBe('0 ');
		expect(existsSync(marker), 'a planted program was run').toBe(false);
	});
});

describe.runIf(process.getuid?.() === 0)('a link that somebody planted', () => {
	const victim = path.join(folder, 'victim');

	it.each(['state', 'log', 'lock', 'state/state.json', 'log/events.jsonl'])(
		'in the place of %s is refused, and what it leads to is not touched',
		async (place) => {
			const { folder: state, remove } = makeStateFolder();
			await runProgram(['demo', '--yes', '--until', 'check', '--state-dir', state]);
			rmSync(path.join(state, place), { recursive: true });
			if (place.includes('.') || place === 'lock') writeFileSync(victim, 'precious');
			else mkdirSync(victim, { mode: 0o755 });
			symlinkSync(victim, path.join(state, place));
			const ended = await runProgram(['demo', '--yes', '--until', 'check', '--state-dir', state]);
			expect(ended.code, ended.stdout).toBe(1);
			expect(ended.stderr.replace(/\s+/g, ' ')).toMatch(/symbolic link/);
			expect(ended.stderr).not.toContain('a fault of its own');
			if (place.includes('.') || place === 'lock') expect(readFileSync(victim, 'utf8')).toBe('precious');
			else expect(existsSync(path.join(victim, path.basename(place)))).toBe(false);
			rmSync(victim, { recursive: true });
			remove();
		},
	);

	it('in the place of the whole state folder is refused', async () => {
		const link = path.join(folder, 'link');
		mkdirSync(victim);
		symlinkSync(victim, link);
		const ended = await runProgram(['run', '--yes', '--state-dir', link]);
		expect(ended.code).toBe(1);
		expect(ended.stderr.replace(/\s+/g, ' ')).toMatch(/symbolic link/);
	});
});

describe('files that an administrator writes', () => {
	it.each([
		['no object', '[]'],
		['no JSON', '{"a": '],
		['deeply nested', '['.repeat(100_000)],
		['control sequences', '{"\u001b[2J\u001b]0;x\u0007": {}}'],
		['other kinds of answers', '{"backup.approve": 3}'],
		['names of the language itself', '{"__proto__": {"module.approve": true}, "constructor": 1}'],
	])('answers with %s are refused with 2 and named, and nothing else happens', async (_what, text) => {
		const { folder: state, remove } = makeStateFolder();
		const file = path.join(folder, 'answers.json');
		writeFileSync(file, text);
		const ended = await runProgram(['demo', '--answers', file, '--state-dir', state]);
		remove();
		expect(ended.code, ended.stdout.slice(-500)).toBe(2);
		expect(ended.stderr).toContain('answers.json');
		expect(ended.stderr).not.toMatch(/[^\P{Cc}\n]/u);
	});
});
