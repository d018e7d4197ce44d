import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import * as pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { drawScreen } from './svg.js';

const { ZFS_LOCKSTEP_PROGRAM: executable } = process.env;

/** How the program under test is started: the build, or the executable that `ZFS_LOCKSTEP_PROGRAM` names. */
export const [program, ...programArguments]: readonly [string, ...string[]] =
	executable === undefined
		? [process.execPath, path.resolve(import.meta.dirname, '../../dist/cli.js')]
		: [path.resolve(executable)];

/** The environment of an administrator's shell; the simulated host takes no real time. */
function environment(extra: Readonly<Record<string, string>>): Record<string, string> {
	const { PATH = '/usr/bin:/bin', HOME = '/root' } = process.env;
	return { PATH, HOME, TERM: 'xterm-256color', LANG: 'C.UTF-8', ZFS_LOCKSTEP_DEMO_SPEED: '1000000', ...extra };
}

/** A folder of its own for the state of a run; `remove` takes it away. */
export function makeStateFolder(): { readonly folder: string; readonly remove: () => void } {
	const folder = mkdtempSync(path.join(tmpdir(), 'zfs-lockstep-e2e-'));
	return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** How a run without a terminal ended, and what it said. */
export interface Ended {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** Runs the program without a terminal. `uid`: as another user. */
export function runProgram(
	args: readonly string[],
	env: Readonly<Record<string, string>> = {},
	uid?: number,
): Promise<Ended> {
	return new Promise((resolve, reject) => {
		const child = spawn(program, [...programArguments, ...args], {
			env: environment(env),
			stdio: ['ignore', 'pipe', 'pipe'],
			...(uid === undefined ? {} : { uid, gid: uid }),
		});
		let stdout = '';
		let stderr = '';
		child.stdout.on('data', (data) => {
			stdout += data;
		});
		child.stderr.on('data', (data) => {
			stderr += data;
		});
		child.on('error', reject);
		child.on('close', (code) => resolve({ code, stdout, stderr }));
	});
}

/** The program in a real pseudo-terminal, with the screen that a person would see. */
export class TerminalSession {
	readonly #pty: pty.IPty;
	readonly #screen: InstanceType<typeof xterm.Terminal>;
	#raw = '';
	#exit: { readonly exitCode: number; readonly signal?: number | undefined } | undefined;

	constructor(args: readonly string[], size = { columns: 80, rows: 24 }, env: Readonly<Record<string, string>> = {}) {
		this.#screen = new xterm.Terminal({
			cols: size.columns,
			rows: size.rows,
			allowProposedApi: true,
			scrollback: 2000,
		});
		this.#pty = pty.spawn(program, [...programArguments, ...args], {
			cols: size.columns,
			rows: size.rows,
			// It would overrule TERM in the environment.
			name: env.TERM ?? 'xterm-256color',
			env: environment(env),
		});
		this.#pty.onData((data) => {
			this.#raw += data;
			this.#screen.write(data);
		});
		this.#pty.onExit((exit) => {
			this.#exit = exit;
		});
	}

	get pid(): number {
		return this.#pty.pid;
	}

	/** Everything that was written to the terminal, escape sequences included. */
	get raw(): string {
		return this.#raw;
	}

	get hasEnded(): boolean {
		return this.#exit !== undefined;
	}

	/** What is on the screen now, line by line. */
	text(): string {
		const { active } = this.#screen.buffer;
		const lines: string[] = [];
		for (let row = 0; row < this.#screen.rows; row += 1) {
			lines.push(active.getLine(active.baseY + row)?.translateToString(true) ?? '');
		}
		return lines.join('\n');
	}

	/** What is on the screen now, as an SVG. */
	picture(title: string): string {
		return drawScreen(this.#screen, title);
	}

	async waitFor(what: RegExp, seconds = 30): Promise<string> {
		const end = Date.now() + seconds * 1000;
		for (;;) {
			const text = this.text();
			if (what.test(text)) return text;
			if (this.#exit !== undefined)
				throw new Error(`ended with ${this.#exit.exitCode} before ${what} was shown:\n${text}`);
			if (Date.now() > end) throw new Error(`${what} was not shown within ${seconds} s:\n${text}`);
			await new Promise((resolve) => setTimeout(resolve, 30));
		}
	}

	press(keys: string): void {
		this.#pty.write(keys);
	}

	resize(columns: number, rows: number): void {
		this.#screen.resize(columns, rows);
		this.#pty.resize(columns, rows);
	}

	signal(name: string): void {
		this.#pty.kill(name);
	}

	/** Takes the terminal away: its last master is closed. */
	destroy(): void {
		(this.#pty as pty.IPty & { destroy(): void }).destroy();
	}

	async ended(seconds = 30): Promise<{ readonly exitCode: number; readonly signal?: number | undefined }> {
		const end = Date.now() + seconds * 1000;
		while (this.#exit === undefined) {
			if (Date.now() > end) throw new Error(`it did not end within ${seconds} s:\n${this.text()}`);
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		// What was written last is on the screen only when it has been drawn.
		await new Promise<void>((resolve) => this.#screen.write('', resolve));
		return this.#exit;
	}
}
