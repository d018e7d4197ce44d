import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeStateFolder, runProgram, TerminalSession } from './program.js';
import { agreeUntil, openDemo } from './walk.js';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const readme = read('README.md');
const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> };

/** What a reader would type, in order: the lines of all blocks of shell, without their remarks. */
const typed = [...readme.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
	block
		.split('\n')
		.map((line) => line.replace(/\s+#.*$/, '').trim())
		.filter((line) => line !== ''),
);

/** One simulated host for the whole story. */
const { folder: host, remove } = makeStateFolder();
const here = ['--state-dir', host] as const;
afterAll(remove);

function onTerminal(...args: readonly string[]): TerminalSession {
	return new TerminalSession([...args, ...here]);
}

async function end(terminal: TerminalSession): Promise<void> {
	terminal.signal('SIGKILL');
	await terminal.ended();
}

/** Each command of the README with what it promises. */
const commands: Readonly<Record<string, () => Promise<void> | void>> = {
	'npm start -- demo': async () => {
		expect(scripts.start).toBe('node packaging/bootstrap.mjs --build dist/cli.js');
		const { folder, remove: removeDemo } = makeStateFolder();
		const terminal = openDemo(folder);
		await terminal.waitFor(/SIMULATED HOST - nothing here is real/);
		await end(terminal);
		removeDemo();
	},
	'npm test': () => expect(scripts.test).toMatch(/^node packaging\/bootstrap\.mjs --build .*vitest\.mjs run$/),
	'npm run package': () => {
		// Made and installed in clean Debian roots by `npm run package -- --test`.
		expect(scripts.package).toBe('node packaging/bootstrap.mjs packaging/package.ts');
		expect(read('packaging/package.ts')).toContain("path.join(root, 'dist-packages')");
	},
	'sudo apt install ./dist-packages/zfs-lockstep_*_amd64.deb': () =>
		expect(read('packaging/trials/in-clean-root.sh')).toContain('apt-get install -y /srv/zfs-lockstep.deb'),
	'zfs-lockstep check': async () => {
		await runProgram(['demo', '--dry-run', ...here]);
		const { code, stdout } = await runProgram(['check', ...here]);
		expect(code).toBe(0);
		expect(stdout).toContain('2.1.11-1+deb12u1');
	},
	'zfs-lockstep plan': async () => {
		const { code, stdout } = await runProgram(['plan', ...here]);
		expect(code).toBe(0);
		expect(stdout).toContain('dkms build -m zfs -v 2.3.2');
	},
	'zfs-lockstep': async () => {
		const terminal = onTerminal();
		await agreeUntil(terminal, 'Reboot into the new kernel module?');
		await end(terminal);
		const again = onTerminal();
		await again.waitFor(/Reboot into the new kernel module\?/);
		await end(again);
	},
	'zfs-lockstep status': async () => {
		const { code, stdout } = await runProgram(['status', ...here]);
		expect(code).toBe(0);
		expect(stdout).toMatch(/4 of 7/);
	},
	'zfs-lockstep report': async () => {
		const { code, stdout } = await runProgram(['report', ...here]);
		expect(code).toBe(0);
		expect(stdout.match(/^[1-7] \S+ +done:/gm)).toHaveLength(3);
	},
	'zfs-lockstep guard -- zfs send -R tank@nightly': async () => {
		// Nothing is sent from here: a root without OpenZFS, where the versions are not known to match.
		const empty = mkdtempSync(path.join(tmpdir(), 'zfs-lockstep-readme-'));
		const { code, stderr } = await runProgram(['guard', '--root', empty, '--', 'zfs', 'send', '-R', 'tank@nightly']);
		rmSync(empty, { recursive: true });
		expect(code, stderr).toBe(3);
		expect(stderr).toContain('Not run: zfs');
	},
	'zfs-lockstep rollback': async () => {
		const { code, stdout } = await runProgram(['rollback', ...here]);
		expect(code).toBe(0);
		expect(stdout).toContain('dkms install');
	},
	'zfs-lockstep rollback --run': async () => {
		const terminal = onTerminal('rollback', '--run');
		await terminal.waitFor(/Press y for yes|Enter choose/);
		await end(terminal);
	},
};

describe('the README', { timeout: 180_000 }, () => {
	it('has no command that is not run here', () => {
		expect(typed).toEqual(Object.keys(commands));
	});

	it.each(Object.entries(commands))('keeps its promise: %s', async (_, run) => {
		await run();
	});

	it('points to nothing that is not there', () => {
		const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);
		expect(links.length).toBeGreaterThan(5);
		expect(links.filter((target) => !existsSync(path.join(root, target)))).toEqual([]);
	});

	it('names only scripts that there are', () => {
		const named = [...readme.matchAll(/npm run ([a-z]+)/g)].map(([, name = '']) => name);
		expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
	});
});
