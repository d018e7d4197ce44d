import { spawn, spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeStateFolder, program, programArguments, runProgram, TerminalSession } from './program.js';

/** False: not here, as another user than root or in a container. */
function isMounted(args: readonly string[]): boolean {
	return spawnSync('mount', args).status === 0;
}

const escapeCharacter = '\u001b';

describe('the command line', { timeout: 60_000 }, () => {
	const { folder, remove } = makeStateFolder();
	beforeAll(async () => {
		await runProgram(['demo', '--yes', '--until', 'check', '--state-dir', folder]);
	}, 60_000);
	afterAll(remove);

	it.each([
		['an unknown command', ['upgrade'], 'There is no command "upgrade"'],
		['an unknown flag', ['check', '--frobnicate'], '--frobnicate'],
		['an unknown step', ['demo', '--until', 'nonsense'], 'There is no step "nonsense"'],
		['an unknown scenario', ['demo', '--scenario', 'nonsense'], 'There is no scenario "nonsense"'],
		['an unknown format', ['report', '--format', 'pdf'], '--format takes'],
		['an unknown id', ['explain', 'no.such-thing'], 'Nothing is called'],
		['an unknown release', ['compat', '9.9.9'], 'No release "9.9.9"'],
	])('ends with 2 for %s and names it', async (_what, args, words) => {
		const ended = await runProgram(args);
		expect(ended.code).toBe(2);
		expect(ended.stderr).toContain(words);
		expect(ended.stdout).toBe('');
	});

	it('blocks with a finding when the target is not on offer', async () => {
		const ended = await runProgram(['check', '--target', '9.9.9', '--state-dir', folder]);
		expect(ended.code).toBe(3);
		expect(ended.stdout).toContain('9.9.9');
	});

	it('says that there is nothing to do when the target is what is there', async () => {
		const other = makeStateFolder();
		const args = ['demo', '--scenario', 'nothing-to-do', '--yes', '--target', '2.3.2', '--state-dir', other.folder];
		expect((await runProgram(args)).code).toBe(77);
		other.remove();
	});

	it('still knows the way back of a finished run after one that found nothing to do', { timeout: 60_000 }, async () => {
		const other = makeStateFolder();
		expect((await runProgram(['demo', '--yes', '--state-dir', other.folder])).code).toBe(0);
		expect((await runProgram(['run', '--yes', '--state-dir', other.folder])).code).toBe(77);
		const back = await runProgram(['rollback', '--state-dir', other.folder]);
		other.remove();
		expect(back.code).toBe(0);
		expect(back.stdout).toContain('systemctl reboot');
	});

	it.runIf(process.getuid?.() === 0)('refuses to change anything as another user than root, and says so', async () => {
		const other = makeStateFolder();
		chmodSync(other.folder, 0o755);
		const ended = await runProgram(['run', '--yes', '--state-dir', other.folder], {}, 65534);
		other.remove();
		expect(ended.code).toBe(1);
		expect(ended.stderr).toContain('must be run as root; it runs as user 65534');
	});

	it('blocks on a machine without OpenZFS, and does not wait for a key', async () => {
		expect((await runProgram(['check'])).code).toBe(3);
		const wizard = await runProgram([]);
		expect(wizard.code).toBe(3);
		expect(wizard.stderr).toContain('There is no OpenZFS on this host');
	});

	it.each<[args: readonly string[], code: number, words: string]>([
		[['plan'], 3, 'blocker'],
		[['run', '--yes'], 3, 'Nothing was changed.'],
		[['smoke-test', '--yes'], 3, 'Nothing was tested'],
		[['guard', '--', 'true'], 3, 'Not run: true'],
		[['status'], 0, 'No run is recorded'],
		[['rollback'], 77, 'there is nothing to undo'],
		[['reset', '--yes'], 77, 'there is nothing to reset'],
		[['report'], 77, 'No run is recorded'],
	])('says on a machine without OpenZFS what it cannot do: %j ends with %i', async (args, code, words) => {
		const other = makeStateFolder();
		// What follows `--` is the guarded command's.
		const ended = await runProgram([args[0] ?? '', '--state-dir', other.folder, ...args.slice(1)]);
		other.remove();
		expect(ended.code, ended.stdout + ended.stderr).toBe(code);
		expect(ended.stdout + ended.stderr).toContain(words);
		expect(ended.stderr).not.toContain('fault of its own');
	});

	it.runIf(process.getuid?.() === 0)(
		'says where a demonstration cannot keep its host, and offers another place',
		async () => {
			const other = makeStateFolder();
			chmodSync(other.folder, 0o755);
			const ended = await runProgram(['demo', '--yes', '--state-dir', `${other.folder}/mine`], {}, 65534);
			other.remove();
			expect(ended.code).toBe(1);
			expect(ended.stderr).toContain(`Cannot keep the simulated host in ${other.folder}/mine`);
			expect(ended.stderr).toContain('zfs-lockstep demo --state-dir DIR');
		},
	);

	it.each(['state', 'log'])(
		'stops when the folder of its %s turns read-only, and goes on when it is not',
		async (part) => {
			const other = makeStateFolder();
			const args = ['demo', '--yes', '--state-dir', other.folder];
			const whole = path.join(other.folder, part);
			expect((await runProgram([...args, '--until', 'backup'])).code).toBe(0);
			if (!isMounted(['--bind', whole, whole]) || !isMounted(['-o', 'remount,bind,ro', whole])) return;
			try {
				const stopped = await runProgram(args);
				expect(stopped.code).toBe(1);
				expect(stopped.stderr.replace(/\s+/g, ' ')).toContain('the file system is mounted read-only.');
				expect(stopped.stderr).toContain('mount -o remount,rw');
				expect((await runProgram(['status', '--state-dir', other.folder])).stdout).toContain('Step 3 of 7');
			} finally {
				spawnSync('umount', [whole]);
			}
			expect((await runProgram(args)).code).toBe(0);
			other.remove();
		},
	);

	it('stops with 5 and names the question when nobody can answer', async () => {
		const other = makeStateFolder();
		const ended = await runProgram(['demo', '--state-dir', other.folder], { CI: '1' });
		other.remove();
		expect(ended.code).toBe(5);
		expect(ended.stdout).toContain('check.pools');
	});

	it.each([
		['NO_COLOR', [], { NO_COLOR: '1' }],
		['--no-color', ['--no-color'], {}],
		['TERM=dumb', [], { TERM: 'dumb' }],
	] as const)('prints no colour with %s, on a terminal too', async (_what, flags, env) => {
		const terminal = new TerminalSession(['check', ...flags, '--state-dir', folder], undefined, env);
		expect((await terminal.ended()).exitCode).toBe(0);
		expect(terminal.raw).not.toContain(`${escapeCharacter}[3`);
	});

	it('colours on a terminal, and the wizard shows its screen with CI in the environment', async () => {
		const coloured = new TerminalSession(['check', '--state-dir', folder]);
		await coloured.ended();
		expect(coloured.raw).toContain(`${escapeCharacter}[`);
		const wizard = new TerminalSession(['demo', '--state-dir', folder], undefined, { CI: '1' });
		await wizard.waitFor(/Send a full copy/);
		wizard.signal('SIGKILL');
	});

	it('lets a reader go away early: log | head -1 is no failure', async () => {
		const child = spawn(program, [...programArguments, 'log', '--state-dir', folder], {
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		let stderr = '';
		child.stderr.on('data', (data) => {
			stderr += data;
		});
		child.stdout.once('data', () => child.stdout.destroy());
		const code = await new Promise((resolve) => child.on('close', resolve));
		expect(`${code} ${stderr}`).toBe('0 ');
	});
});
