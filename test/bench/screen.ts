import * as pty from '@lydell/node-pty';
import { environment } from './child.ts';

/** A program on a pseudo-terminal of 80 columns and 24 rows. */
export class Screen {
	readonly startedAt = performance.now();
	readonly #pty: pty.IPty;
	#waiting: { readonly what: RegExp; seen: string; readonly resolve: () => void } | undefined;
	readonly ended: Promise<number>;
	#raw = '';

	constructor(argv: readonly [string, ...string[]]) {
		const [file, ...args] = argv;
		this.#pty = pty.spawn(file, args, { cols: 80, rows: 24, name: 'xterm-256color', env: environment });
		this.ended = new Promise((resolve) => this.#pty.onExit(({ exitCode }) => resolve(exitCode)));
		this.#pty.onData((data) => this.#take(data));
	}

	get pid(): number {
		return this.#pty.pid;
	}

	/** What was written last, about ten screens of it. */
	get recent(): string {
		return this.#raw;
	}

	press(keys: string): void {
		this.#pty.write(keys);
	}

	/** Milliseconds until something is written that was not there before the call. Throws after `seconds`, or at the end. */
	async waitFor(what: RegExp, seconds = 60): Promise<number> {
		const since = performance.now();
		let timer: NodeJS.Timeout | undefined;
		const seen = new Promise<void>((resolve, reject) => {
			this.#waiting = { what, seen: '', resolve };
			const fail = (why: string) => reject(new Error(`${what} was not shown: ${why}\n${this.#raw.slice(-3000)}`));
			timer = setTimeout(() => fail(`${seconds} s have passed`), seconds * 1000);
			void this.ended.then((code) => fail(`it ended with ${code}`));
		});
		try {
			await seen;
			return performance.now() - since;
		} finally {
			clearTimeout(timer);
			this.#waiting = undefined;
		}
	}

	async kill(): Promise<void> {
		this.#pty.kill('SIGKILL');
		await this.ended;
	}

	#take(data: string): void {
		this.#raw = (this.#raw + data).slice(-10_000);
		const waiting = this.#waiting;
		if (waiting === undefined) return;
		waiting.seen = (waiting.seen + data).slice(-100_000);
		if (waiting.what.test(waiting.seen)) waiting.resolve();
	}
}
