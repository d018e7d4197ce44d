/** The built program in a real pseudo-terminal, as a person starts it, and what may happen to it there. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import * as pty from '@lydell/node-pty';

const cli = path.resolve(import.meta.dirname, '../../../dist/cli.js');

/** Characters of the terminal's text that are kept for a report. */
const keptText = 8000;

export interface Ended {
	readonly code: number;
	/** 0: none. */
	readonly signal: number;
}

/** How a sitting is brought to its end from outside. */
export const interruptions = [
	'SIGKILL',
	'SIGKILL of the group',
	'SIGTERM',
	'SIGHUP',
	'SIGINT',
	'terminal closed',
] as const;
export type Interruption = (typeof interruptions)[number];

export class Sitting {
	readonly #pty: pty.IPty;
	readonly ended: Promise<Ended>;
	#text = '';

	/** @param speed simulated seconds for one real second */
	constructor(args: readonly string[], speed: number) {
		if (!existsSync(cli)) throw new Error(`${cli} is missing: npm run build`);
		const { PATH = '/usr/bin:/bin' } = process.env;
		this.#pty = pty.spawn(process.execPath, [cli, ...args], {
			cols: 100,
			rows: 30,
			name: 'xterm-256color',
			env: { PATH, HOME: '/root', TERM: 'xterm-256color', LANG: 'C.UTF-8', ZFS_LOCKSTEP_DEMO_SPEED: String(speed) },
		});
		this.#pty.onData((data) => {
			this.#text = (this.#text + data).slice(-keptText);
		});
		this.ended = new Promise((resolve) => {
			this.#pty.onExit(({ exitCode, signal = 0 }) => resolve({ code: exitCode, signal }));
		});
	}

	/** The end of what was written to the terminal. */
	get text(): string {
		return this.#text;
	}

	interrupt(how: Interruption): void {
		const { pid } = this.#pty;
		if (how === 'SIGKILL of the group') signal(-pid, 'SIGKILL');
		// The kernel hangs up on whoever has the terminal when its last master goes.
		else if (how === 'terminal closed') (this.#pty as pty.IPty & { destroy(): void }).destroy();
		else signal(pid, how);
	}
}

/** It may have ended by itself just now. */
function signal(pid: number, name: NodeJS.Signals): void {
	try {
		process.kill(pid, name);
	} catch (error) {
		if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
	}
}
