import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { beginnings, begunCommands, entries, until } from './journal.js';
import { makeStateFolder, runProgram, TerminalSession } from './program.js';
import { agree, agreeUntil, nextPrompt, openDemo, type Prompt } from './walk.js';

const ctrlC = '\u0003';

/** What is left behind when a test has ended. */
type Clean = (undo: () => void) => void;

function stateFolder(clean: Clean): string {
	const { folder, remove } = makeStateFolder();
	clean(remove);
	return folder;
}

function watched(terminal: TerminalSession, clean: Clean): TerminalSession {
	clean(() => {
		if (!terminal.hasEnded) terminal.signal('SIGKILL');
	});
	return terminal;
}

async function finish(folder: string, flags: readonly string[] = []): Promise<void> {
	const ended = await runProgram(['demo', '--yes', ...flags, '--state-dir', folder]);
	expect(ended.code, ended.stdout.slice(-2000) + ended.stderr).toBe(0);
}

/** Every kind of command, how fast time passes while it is hit, and how far the run is brought before. */
const kinds: readonly (readonly [what: string, command: RegExp, speed: number, before: string])[] = [
	['keeping an installed package', /^backup\.save\..*\.archive$/, 2, 'check'],
	['a download', /^backup\.download$/, 4, 'check'],
	['a package hold', /^backup\.hold-packages$/, 2, 'check'],
	['a snapshot', /^backup\.snapshot\.tank$/, 2, 'check'],
	['the send of a backup', /^backup\.stream\.tank$/, 300, 'check'],
	['unpacking the source', /^module\.unpack$/, 2, 'backup'],
	['a module build', /^module\.dkms-build\./, 300, 'backup'],
	['an initramfs', /^module\.initramfs\./, 100, 'backup'],
	['the package transaction', /^userspace\.transaction$/, 300, 'verify'],
	['a send of the smoke test', /^smoke-test\.tank\.replicate$/, 2, 'userspace'],
	['letting packages go', /^finish\.unhold-packages$/, 2, 'userspace'],
];

describe('Ctrl-C in the middle of a command', { timeout: 240_000 }, () => {
	it.concurrent.for(kinds)(
		'%s: ends with 130, and the next start goes on',
		async ([, command, speed, before], { onTestFinished: clean }) => {
			const folder = stateFolder(clean);
			const answers = path.join(folder, 'answers.json');
			writeFileSync(answers, JSON.stringify({ 'backup.stream': 'yes', 'backup.destination': 'backup' }));
			const flags = ['--pool', 'tank', '--answers', answers];
			await finish(folder, [...flags, '--until', before]);
			const args = ['demo', '--yes', ...flags, '--state-dir', folder];
			const terminal = watched(new TerminalSession(args, undefined, { ZFS_LOCKSTEP_DEMO_SPEED: `${speed}` }), clean);
			const isDetached = /stream|dkms-build|initramfs|transaction/.test(command.source);
			// A job that has not begun when it is left never begins; one that has said something is at work.
			const moments: readonly string[] = isDetached ? ['output'] : ['intent', 'reading'];
			await until(() => {
				const last = entries(folder).at(-1);
				return last?.command !== undefined && command.test(last.command) && moments.includes(last.type);
			}, `${command}`);
			const begun = begunCommands(folder);
			terminal.press(ctrlC);
			const { exitCode } = await terminal.ended(60);
			expect(exitCode, terminal.text()).toBe(130);
			expect(flat(terminal.text())).toContain(`Come back with: zfs-lockstep demo --state-dir ${folder}`);
			// The next one may have begun before the key arrived; what is removed is scratch data of the smoke test.
			const later = begunCommands(folder).slice(begun.length);
			expect(later.filter((id) => !id.endsWith('.remove')).length, later.join(' ')).toBeLessThan(2);
			await finish(folder, flags);
			// Their effect is there once, whatever the interruption left.
			for (const id of ['backup.snapshot.tank', 'reboot.systemctl-reboot', 'userspace.transaction']) {
				expect(beginnings(folder, id), id).toBe(1);
			}
			if (isDetached) expect(beginnings(folder, begun.at(-1) ?? '')).toBe(1);
			const report = await runProgram(['report', '--state-dir', folder]);
			expect(report.stdout.match(/^[1-7] \S+ +done:/gm), report.stdout).toHaveLength(7);
		},
	);
});

/** Wrapped rows as one text. */
function flat(text: string): string {
	return text.replace(/\s+/g, ' ');
}

/** Types a text into a field, one key after the other: several at once are taken for a paste. */
async function type(terminal: TerminalSession, text: string): Promise<void> {
	for (const key of text) {
		terminal.press(key);
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

describe('Ctrl-C at a prompt', { timeout: 180_000 }, () => {
	it('leaves a half typed answer, and asks for it anew', async ({ onTestFinished: clean }) => {
		const folder = stateFolder(clean);
		const first = watched(openDemo(folder), clean);
		await agreeUntil(first, 'Send a full copy of the pools');
		first.press('2');
		await first.waitFor(/▸ Yes/);
		first.press('\r');
		await first.waitFor(/Where to\?/);
		await new Promise((resolve) => setTimeout(resolve, 750));
		await type(first, '/srv/q');
		await first.waitFor(/> \/srv\/q/);
		first.press(ctrlC);
		await first.waitFor(/y leave/);
		first.press(ctrlC);
		expect((await first.ended()).exitCode).toBe(130);
		const second = watched(openDemo(folder), clean);
		expect(await nextPrompt(second)).toBe('Send a full copy of the pools');
		expect(second.text()).not.toContain('/srv/q');
	});
});

describe('a terminal that is gone', { timeout: 180_000 }, () => {
	it('leaves the package transaction at work; the next start finds it, watches it and finishes', async ({
		onTestFinished: clean,
	}) => {
		const folder = stateFolder(clean);
		await finish(folder, ['--until', 'verify']);
		const first = watched(openDemo(folder, { speed: '100' }), clean);
		await agreeAt(first, 'Upgrade the userspace to OpenZFS');
		await until(() => entries(folder).some((one) => one.type === 'output' && one.command === 'userspace.transaction'));
		// The master's last descriptor is closed: the kernel hangs up, and every write fails from now on.
		first.destroy();
		await until(() => !isAlive(first.pid), 'its end');
		expect(outcomes(folder)).toBe(0);
		const second = watched(openDemo(folder, { speed: '100' }), clean);
		await second.waitFor(/found running, watched for|Upgrade the whole OpenZFS set/);
		expect(beginnings(folder, 'userspace.transaction')).toBe(1);
		await agreeUntil(second);
		expect((await second.ended()).exitCode, second.text()).toBe(0);
		expect(beginnings(folder, 'userspace.transaction')).toBe(1);
		expect(outcomes(folder)).toBe(1);
	});

	it('leaves an open question open', async ({ onTestFinished: clean }) => {
		const folder = stateFolder(clean);
		const first = watched(openDemo(folder), clean);
		await agreeUntil(first, 'Build and install the OpenZFS');
		first.destroy();
		await until(() => !isAlive(first.pid), 'its end');
		expect(begunCommands(folder).at(-1)).not.toMatch(/^module\./);
		const second = watched(openDemo(folder), clean);
		expect(await nextPrompt(second)).toBe('Build and install the OpenZFS');
	});
});

async function agreeAt(terminal: TerminalSession, prompt: Prompt): Promise<void> {
	expect(await nextPrompt(terminal)).toBe(prompt);
	await agree(terminal, prompt);
}

/** How often the end of the transaction was recorded. */
function outcomes(folder: string): number {
	return entries(folder).filter((one) => one.type === 'outcome' && one.command === 'userspace.transaction').length;
}

/** Whether a process does anything still; one that waits for its parent to notice does not. */
function isAlive(pid: number): boolean {
	const stat = `/proc/${pid}/stat`;
	return existsSync(stat) && !/\) Z /.test(readFileSync(stat, 'utf8'));
}
