/**
 * The guest's agent (qemu-guest-agent on a virtio-serial port): runs commands and moves files without a network.
 * The port takes one client at a time and answers in order; after a reboot of the guest the same port goes on.
 */
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface CommandResult {
	readonly command: string;
	readonly exitCode: number;
	readonly stdout: string;
	readonly stderr: string;
	readonly seconds: number;
}

export interface ExecOptions {
	/** After this long the caller gets an error; the command itself goes on in the guest. */
	readonly timeoutSeconds?: number;
	readonly input?: string;
	readonly env?: Readonly<Record<string, string>>;
}

interface ExecStatus {
	readonly exited: boolean;
	readonly exitcode?: number;
	readonly signal?: number;
	readonly 'out-data'?: string;
	readonly 'err-data'?: string;
}

const chunkBytes = 1024 * 1024;
const environment = {
	PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
	HOME: '/root',
	LC_ALL: 'C.UTF-8',
	DEBIAN_FRONTEND: 'noninteractive',
	TERM: 'dumb',
};

export class GuestAgent {
	readonly #socketPath: string;
	#socket: net.Socket | undefined;
	#received = '';
	#wake: (() => void) | undefined;
	#turn: Promise<unknown> = Promise.resolve();

	constructor(socketPath: string) {
		this.#socketPath = socketPath;
	}

	/** Runs a shell command as root. A result is returned whatever its exit code; 128 + n stands for signal n. */
	async exec(command: string, options: ExecOptions = {}): Promise<CommandResult> {
		const startedAt = Date.now();
		const limit = options.timeoutSeconds ?? 600;
		const env = Object.entries({ ...environment, ...options.env }).map(([name, value]) => `${name}=${value}`);
		const input = options.input === undefined ? {} : { 'input-data': Buffer.from(options.input).toString('base64') };
		const request = { path: '/bin/bash', arg: ['-c', command], env, 'capture-output': true, ...input };
		const { pid } = (await this.call('guest-exec', request)) as { pid: number };
		for (let pause = 20; ; pause = Math.min(500, pause * 1.4)) {
			const status = (await this.call('guest-exec-status', { pid })) as ExecStatus;
			const seconds = (Date.now() - startedAt) / 1000;
			if (status.exited) {
				const exitCode = status.exitcode ?? 128 + (status.signal ?? 0);
				return { command, exitCode, stdout: decode(status['out-data']), stderr: decode(status['err-data']), seconds };
			}
			if (seconds > limit) {
				throw new Error(`in the guest, after ${limit} s: ${command}`);
			}
			await sleep(pause);
		}
	}

	async writeFile(remote: string, content: Buffer): Promise<void> {
		const handle = await this.call('guest-file-open', { path: remote, mode: 'w' });
		for (let start = 0; start < content.length; start += chunkBytes) {
			const chunk = content.subarray(start, start + chunkBytes).toString('base64');
			await this.call('guest-file-write', { handle, 'buf-b64': chunk });
		}
		await this.call('guest-file-close', { handle });
	}

	async readFile(remote: string): Promise<Buffer> {
		const handle = await this.call('guest-file-open', { path: remote, mode: 'r' });
		const chunks: Buffer[] = [];
		for (let atEnd = false; !atEnd; ) {
			const part = (await this.call('guest-file-read', { handle, count: chunkBytes })) as FilePart;
			chunks.push(Buffer.from(part['buf-b64'] ?? '', 'base64'));
			atEnd = part.eof || part.count === 0;
		}
		await this.call('guest-file-close', { handle });
		return Buffer.concat(chunks);
	}

	/** True if the agent answers within that time: the guest is up (or up again). */
	async answers(milliseconds: number): Promise<boolean> {
		return this.call('guest-ping', undefined, milliseconds).then(
			() => true,
			() => false,
		);
	}

	/** One request at a time. A connection that went wrong is given up; the next call starts with a new one. */
	call(execute: string, args?: Record<string, unknown>, milliseconds = 60_000): Promise<unknown> {
		const answer = this.#turn.then(async () => {
			try {
				await this.#connect(milliseconds);
				return await this.#ask(execute, args, milliseconds);
			} catch (error) {
				this.close();
				throw error;
			}
		});
		this.#turn = answer.catch(() => undefined);
		return answer;
	}

	close(): void {
		this.#socket?.destroy();
		this.#socket = undefined;
	}

	async #connect(milliseconds: number): Promise<void> {
		if (this.#socket !== undefined) {
			return;
		}
		const socket = net.connect(this.#socketPath);
		this.#socket = socket;
		this.#received = '';
		socket.setEncoding('utf8');
		socket.unref(); // an idle connection keeps no program alive; a question does, by its timeout
		socket.on('data', (text: string) => {
			this.#received += text;
			this.#wake?.();
		});
		socket.on('close', () => this.#wake?.());
		await new Promise<void>((resolve, reject) => {
			socket.once('connect', resolve);
			socket.once('error', reject);
		});
		socket.on('error', () => socket.destroy());
		// what an earlier client asked may still be answered: skip to the answer that bears this number
		const id = Math.floor(Math.random() * 2 ** 30);
		this.#send('guest-sync', { id });
		while ((await this.#answer(milliseconds)).return !== id) {}
	}

	async #ask(execute: string, args: Record<string, unknown> | undefined, milliseconds: number): Promise<unknown> {
		this.#send(execute, args);
		const answer = await this.#answer(milliseconds);
		if (answer.error !== undefined) {
			throw new Error(`guest agent, ${execute}: ${answer.error.desc}`);
		}
		return answer.return;
	}

	#send(execute: string, args: Record<string, unknown> | undefined): void {
		this.#socket?.write(`${JSON.stringify(args === undefined ? { execute } : { execute, arguments: args })}\n`);
	}

	async #answer(milliseconds: number): Promise<Answer> {
		return JSON.parse(await this.#line(milliseconds)) as Answer;
	}

	async #line(milliseconds: number): Promise<string> {
		const end = Date.now() + milliseconds;
		for (;;) {
			const newline = this.#received.indexOf('\n');
			if (newline >= 0) {
				const line = this.#received.slice(0, newline);
				this.#received = this.#received.slice(newline + 1);
				return line;
			}
			if (this.#socket?.destroyed !== false || Date.now() >= end) {
				throw new Error('the guest agent does not answer');
			}
			const timeout = new AbortController();
			await Promise.race([
				new Promise<void>((resolve) => (this.#wake = resolve)),
				sleep(end - Date.now(), undefined, { signal: timeout.signal }).catch(() => undefined),
			]);
			timeout.abort();
		}
	}
}

interface Answer {
	readonly return?: unknown;
	readonly error?: { readonly desc: string };
}

interface FilePart {
	readonly count: number;
	readonly eof: boolean;
	readonly 'buf-b64'?: string;
}

function decode(base64: string | undefined): string {
	return Buffer.from(base64 ?? '', 'base64').toString('utf8');
}
