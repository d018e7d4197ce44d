import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { beginnings, entries, until } from './journal.js';
import { makeStateFolder, runProgram, type TerminalSession } from './program.js';
import { agree, agreeUntil, nextPrompt, openDemo, type Prompt, questions } from './walk.js';

const folders: (() => void)[] = [];
const open: TerminalSession[] = [];
function stateFolder(): string {
	const { folder, remove } = makeStateFolder();
	folders.push(remove);
	return folder;
}
function start(...args: Parameters<typeof openDemo>): TerminalSession {
	const terminal = openDemo(...args);
	open.push(terminal);
	return terminal;
}
afterEach(() => {
	for (const terminal of open.splice(0)) if (!terminal.hasEnded) terminal.signal('SIGKILL');
	for (const remove of folders.splice(0)) remove();
});

/** Leaves in good order at a prompt, once by `q`, once by Ctrl-C pressed twice. */
async function leave(terminal: TerminalSession, how: 'q' | 'ctrl-c'): Promise<number> {
	terminal.press(how === 'q' ? 'q' : '\u0003');
	await terminal.waitFor(/y leave/);
	terminal.press(how === 'q' ? 'y' : '\u0003');
	// The last page says how to come back.
	if ((await nextPrompt(terminal)) === 'last page') {
		expect(terminal.text().replace(/\s+/g, ' ')).toContain('zfs-lockstep demo --scenario happy');
		terminal.press('\r');
	}
	return (await terminal.ended()).exitCode;
}

describe('the wizard on a real terminal', { timeout: 180_000 }, () => {
	it('is left in good order by Ctrl-C at every prompt, asks again at the next start, and ends with 0', async () => {
		const folder = stateFolder();
		const left: Prompt[] = [];
		let terminal = start(folder);
		await nextPrompt(terminal);
		expect(await leave(terminal, 'q')).toBe(5);
		terminal = start(folder);
		for (;;) {
			const prompt = await nextPrompt(terminal);
			if (prompt === undefined) break;
			if (prompt !== 'last page' && !left.includes(prompt)) {
				left.push(prompt);
				expect(await leave(terminal, 'ctrl-c'), prompt).toBe(130);
				terminal = start(folder);
			} else {
				await agree(terminal, prompt);
			}
		}
		expect((await terminal.ended()).exitCode, terminal.text()).toBe(0);
		expect(left).toEqual(questions);
		const report = await runProgram(['report', '--state-dir', folder]);
		expect(report.stdout.match(/^[1-7] \S+ +done:/gm)).toHaveLength(7);
	});

	/** The wizard with the package transaction at work, slowly enough that it goes on for a while. */
	async function startTransaction(folder: string): Promise<TerminalSession> {
		const ended = await runProgram(['demo', '--yes', '--until', 'verify', '--state-dir', folder]);
		expect(ended.code, ended.stdout.slice(-2000) + ended.stderr).toBe(0);
		const terminal = start(folder, { speed: '100' });
		expect(await nextPrompt(terminal)).toBe('Upgrade the userspace to OpenZFS');
		await agree(terminal, 'Upgrade the userspace to OpenZFS');
		await until(() => entries(folder).some((one) => one.type === 'output' && one.command === transaction));
		return terminal;
	}

	it('lets the package transaction go on when the terminal is closed, finds it again and finishes', async () => {
		const folder = stateFolder();
		const closed = await startTransaction(folder);
		closed.signal('SIGHUP');
		expect((await closed.ended()).exitCode).toBe(130);
		expect(closed.text()).toContain('What was running goes on by itself.');
		const second = start(folder);
		await agreeUntil(second);
		expect((await second.ended()).exitCode, second.text()).toBe(0);
		expect(beginnings(folder, transaction)).toBe(1);
	});

	it('goes on after it was killed in the middle of the transaction, without doing it twice', async () => {
		const folder = stateFolder();
		const killed = await startTransaction(folder);
		killed.signal('SIGKILL');
		await killed.ended();
		const ended = await runProgram(['demo', '--yes', '--state-dir', folder]);
		expect(ended.code, ended.stdout.slice(-2000) + ended.stderr).toBe(0);
		expect(beginnings(folder, transaction)).toBe(1);
	});

	it('refuses a second one beside it with 75 and names the first', async () => {
		const folder = stateFolder();
		const first = start(folder);
		await nextPrompt(first);
		const second = await runProgram(['demo', '--yes', '--state-dir', folder]);
		expect(second.code).toBe(75);
		expect(second.stderr.replace(/\s+/g, ' ')).toContain(`process ${first.pid}`);
		expect(second.stdout).toBe('');
	});
});

describe('a state file that cannot be trusted', { timeout: 120_000 }, () => {
	it('is refused in three parts, left untouched, and put back on request', async () => {
		const folder = stateFolder();
		await runProgram(['demo', '--yes', '--until', 'backup', '--state-dir', folder]);
		const file = path.join(folder, 'state', 'state.json');
		const whole = readFileSync(file, 'utf8');
		const bad: Record<string, string> = {
			torn: whole.slice(0, whole.length / 2),
			empty: '',
			foreign: '{"tool":"something else"}\n',
			newer: whole.replace('"schemaVersion": 1', '"schemaVersion": 99'),
		};
		for (const [kind, text] of Object.entries(bad)) {
			writeFileSync(file, text);
			const ended = await runProgram(['demo', '--yes', '--state-dir', folder]);
			expect(ended.code, `${kind}: ${ended.stdout}`).toBe(1);
			expect(ended.stderr, kind).toMatch(/The state file .*\n[\s\S]+What to do:\n {2}- /);
			expect(readFileSync(file, 'utf8'), kind).toBe(text);
		}
		writeFileSync(file, '');
		const repaired = await runProgram(['reset', '--repair-state', '--state-dir', folder]);
		expect(repaired.code, repaired.stderr).toBe(0);
		const again = await runProgram(['demo', '--yes', '--until', 'backup', '--state-dir', folder]);
		expect(again.code, again.stdout.slice(-1500) + again.stderr).toBe(0);
	});
});

const transaction = 'userspace.transaction';
