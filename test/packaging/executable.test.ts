import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../packaging/bundle.js';

/** Made by `npm run package`, which runs these tests with `-- --test executable`. */
const { ZFS_LOCKSTEP_PROGRAM: executable = '' } = process.env;

describe.runIf(executable !== '')('the standalone executable', () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'zfs-lockstep-executable-'));
	const mark = path.join(folder, 'was-here');
	const trap = path.join(folder, 'trap.js');

	beforeAll(() => {
		writeFileSync(trap, `require('node:fs').writeFileSync(${JSON.stringify(mark)}, '');`);
		mkdirSync(path.join(folder, 'config'));
	});
	afterAll(() => rmSync(folder, { recursive: true }));

	function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
		const { status, stdout, stderr } = spawnSync(path.resolve(executable), args, {
			cwd: folder,
			env: { PATH: '/usr/bin:/bin', HOME: folder, XDG_CONFIG_HOME: path.join(folder, 'config'), ...env },
			encoding: 'utf8',
		});
		return { status, stdout, stderr };
	}

	it('runs nothing that the current folder or the home folder holds', () => {
		for (const name of ['bunfig.toml', '.bunfig.toml', 'config/.bunfig.toml']) {
			writeFileSync(path.join(folder, name), `preload = [${JSON.stringify(trap)}]\n`);
		}
		writeFileSync(path.join(folder, '.env'), 'NO_COLOR=1\nFROM_DOT_ENV=1\nXDG_STATE_HOME=/nonexistent\n');
		writeFileSync(path.join(folder, 'package.json'), '{"type":"commonjs","imports":{"#x":"./trap.js"}}');
		writeFileSync(path.join(folder, 'tsconfig.json'), '{"compilerOptions":{"paths":{"*":["./trap.js"]}}}');
		expect(start(['--version'])).toMatchObject({ status: 0, stderr: '' });
		expect(start(['guard', '--', 'env']).stdout).not.toContain('FROM_DOT_ENV');
		expect(existsSync(mark)).toBe(false);
	});

	it.each([
		['BUN_BE_BUN', '1'],
		['BUN_OPTIONS', `--preload ${trap}`],
		['BUN_INSPECT', '1'],
		['BUN_INSPECT_PRELOAD', trap],
		['BUN_INSPECT_CONNECT_TO', 'unix:/nonexistent'],
		['BUN_BYTECODE_ORDER_OUT', mark],
		['BUN_BYTECODE_DIGEST_OUT', mark],
		['BUN_CONFIG_VERBOSE_FETCH', 'curl'],
		['BUN_RUNTIME_TRANSPILER_CACHE_PATH', mark],
		['NODE_OPTIONS', `--require ${trap}`],
		['NODE_COMPILE_CACHE', mark],
		['NODE_CHANNEL_FD', '2'],
		['NODE_EXTRA_CA_CERTS', trap],
		['NODE_REDIRECT_WARNINGS', mark],
	])('does not obey %s', (name, value) => {
		const plain = start(['explain', 'versions.abi-break']);
		expect(plain).toMatchObject({ status: 0, stderr: '' });
		expect(start(['explain', 'versions.abi-break'], { [name]: value })).toEqual(plain);
		expect(existsSync(mark)).toBe(false);
	});

	it('names no folder of the machine that made it, and holds the production form of React', () => {
		const contents = readFileSync(executable);
		for (const words of [root, 'react-reconciler.development', 'act(...) is not supported in']) {
			expect(contents.includes(words), words).toBe(false);
		}
	});

	it('needs no more than the C library that Debian 11 and its like have', () => {
		const symbols = new Set(
			readFileSync(executable)
				.toString('latin1')
				.match(/GLIBC_2\.\d+/g),
		);
		const newest = Math.max(...[...symbols].map((one) => Number(one.split('.')[1])));
		expect(newest).toBeLessThanOrEqual(17);
	});
});
