/**
 * The guest's console hvc0 as an administrator sees it: keys in, a screen of characters out. The shell on it runs on a
 * real terminal device of the guest, so programs get raw mode, window sizes and SIGWINCH from the kernel.
 */
import net from 'node:net';
import xterm from '@xterm/headless';
import { waitFor } from '../host.ts';
import type { Machine } from './machine.ts';

const keys = {
	enter: '\r',
	escape: '\u001b',
	tab: '\t',
	backspace: '\u007f',
	up: '\u001b[A',
	down: '\u001b[B',
	right: '\u001b[C',
	left: '\u001b[D',
	pageUp: '\u001b[5~',
	pageDown: '\u001b[6~',
	'ctrl-c': '\u0003',
	'ctrl-d': '\u0004',
	'ctrl-l': '\u000c',
} as const;

export type Key = keyof typeof keys;

/** A frame that takes longer belongs to a program that is gone. */
const longestFrameMilliseconds = 10_000;

export class Terminal {
	readonly #machine: Machine;
	readonly #socket: net.Socket;
	readonly #screen: xterm.Terminal;
	/** The frame that stays on the screen while the next one is drawn, and until when at most. */
	#held: { readonly lines: readonly string[]; readonly until: number } | undefined;

	private constructor(machine: Machine, socket: net.Socket, columns: number, rows: number) {
		this.#machine = machine;
		this.#socket = socket;
		this.#screen = new xterm.Terminal({ cols: columns, rows, scrollback: 5000, allowProposedApi: true });
		socket.on('data', (bytes: Buffer) => this.#screen.write(bytes));
		socket.on('error', () => socket.destroy());
		this.#screen.onData((reply) => socket.write(reply));
		this.#synchronise();
	}

	/** Attaches to the console and waits for the shell's prompt. */
	static async open(machine: Machine, columns = 80, rows = 24): Promise<Terminal> {
		const socket = net.connect(machine.socket('hvc'));
		await new Promise((resolve, reject) => {
			socket.once('connect', resolve);
			socket.once('error', reject);
		});
		const terminal = new Terminal(machine, socket, columns, rows);
		await terminal.waitForPrompt();
		await terminal.resize(columns, rows);
		return terminal;
	}

	/** Types text as it is; no Enter. */
	type(text: string): void {
		this.#socket.write(text);
	}

	press(...pressed: readonly Key[]): void {
		for (const key of pressed) {
			this.#socket.write(keys[key]);
		}
	}

	/** The visible screen, line by line, without trailing blanks; never the half of a frame. */
	lines(): readonly string[] {
		return this.#held !== undefined && Date.now() < this.#held.until ? this.#held.lines : this.#draw();
	}

	/**
	 * Terminals show a frame when it is whole (synchronized output, DEC private mode 2026), unless its end does not come.
	 * An emulated console takes so long for a frame that halves would be seen all the time.
	 */
	#synchronise(): void {
		const frame = (final: 'h' | 'l', action: () => void): void => {
			this.#screen.parser.registerCsiHandler({ prefix: '?', final }, ([mode]) => {
				if (mode === 2026) action();
				return false;
			});
		};
		frame('h', () => (this.#held = { lines: this.lines(), until: Date.now() + longestFrameMilliseconds }));
		frame('l', () => (this.#held = undefined));
	}

	#draw(): string[] {
		const buffer = this.#screen.buffer.active;
		return Array.from({ length: this.#screen.rows }, (_, row) =>
			(buffer.getLine(buffer.baseY + row)?.translateToString(true) ?? '').trimEnd(),
		);
	}

	get size(): { readonly columns: number; readonly rows: number } {
		return { columns: this.#screen.cols, rows: this.#screen.rows };
	}

	text(): string {
		return this.lines().join('\n').trimEnd();
	}

	/** @returns the screen that shows it @throws Error with the last screen if it does not appear */
	async waitForText(wanted: string | RegExp, seconds = 60): Promise<string> {
		const shown = (): string | undefined => {
			const text = this.text();
			const found = typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
			return found ? text : undefined;
		};
		return waitFor(`on the screen: ${String(wanted)}`, seconds, shown).catch((error: unknown) => {
			throw new Error(`${String(error)}\n${this.text()}`);
		});
	}

	/** The console logs root in by itself after every boot; Enter brings a prompt if nothing else runs on it. */
	async waitForPrompt(seconds = 120): Promise<void> {
		const prompt = /root@labguest:\S*# ?$/;
		this.press('enter');
		await waitFor(
			'a prompt on the console',
			seconds,
			() => {
				if (prompt.test(this.text())) {
					return true;
				}
				this.press('enter');
				return undefined;
			},
			1000,
		);
	}

	/** Changes the size as a terminal emulator does: the kernel tells the programs in the foreground. */
	async resize(columns: number, rows: number): Promise<void> {
		this.#screen.resize(columns, rows);
		await this.#machine.mustExec(`stty -F /dev/hvc0 rows ${rows} cols ${columns}`);
	}

	close(): void {
		this.#socket.destroy();
		this.#screen.dispose();
	}
}
