/** One command of the simulated machine while it runs: what it reads, says, changes, and how long it takes. */
import type { TimedEvent } from './job.js';
import type { Machine } from './machine.js';
import { difference } from './patch.js';

/** What goes through a pipe or a file: a text, which may stand for many more bytes than it has. */
export interface Data {
	readonly text: string;
	readonly bytes: bigint;
}

export const noData: Data = { text: '', bytes: 0n };

export function textData(text: string): Data {
	return { text, bytes: BigInt(Buffer.byteLength(text)) };
}

export interface SessionInput {
	readonly machine: Machine;
	readonly env: Readonly<Record<string, string>>;
	readonly stdin: Data;
	readonly stdoutTo: 'pipe' | 'file';
	/** Runs another program in the place of this one; undefined when there is none of that name. */
	readonly call: (session: Session, argv: readonly string[]) => number | undefined;
}

/** A mutable recorder around immutable machines: programs read top to bottom, and every step keeps its time. */
export class Session {
	readonly env: Readonly<Record<string, string>>;
	readonly stdin: Data;
	/** Working directory. */
	cwd = '/';
	readonly stdoutTo: SessionInput['stdoutTo'];
	readonly events: TimedEvent[] = [];
	#machine: Machine;
	#seconds = 0;
	#output: Data = noData;
	#errors = '';
	#readsInput = true;
	readonly #call: SessionInput['call'];

	constructor({ machine, env, stdin, stdoutTo, call }: SessionInput) {
		this.#machine = machine;
		this.env = env;
		this.stdin = stdin;
		this.stdoutTo = stdoutTo;
		this.#call = call;
	}

	get machine(): Machine {
		return this.#machine;
	}

	get seconds(): number {
		return this.#seconds;
	}

	get stdout(): Data {
		return this.#output;
	}

	get stderr(): string {
		return this.#errors;
	}

	/** Whether the command read its standard input to the end; one that did not breaks the pipe before it. */
	get readInput(): boolean {
		return this.#readsInput;
	}

	/** Simulated time, seconds since the epoch. */
	get now(): number {
		return this.#machine.clock;
	}

	/** One or more whole lines to standard output. */
	out(text: string): void {
		this.write(textData(`${text}\n`));
	}

	/** Raw data to standard output. */
	write(data: Data): void {
		this.#output = { text: this.#output.text + data.text, bytes: this.#output.bytes + data.bytes };
		this.#say('stdout', data.text);
	}

	/** One or more whole lines to standard error. */
	err(text: string): void {
		this.#errors += `${text}\n`;
		this.#say('stderr', `${text}\n`);
	}

	wait(seconds: number): void {
		this.#seconds += seconds;
		this.#machine = { ...this.#machine, clock: this.#machine.clock + seconds };
	}

	/** The machine is like this from now on. `durable`: the program synced what it wrote. */
	change(next: Machine, durable = false): void {
		const patches = difference({ ...this.#machine, clock: 0 }, { ...next, clock: 0 });
		if (patches.length > 0) this.events.push({ at: this.#seconds, kind: 'change', patches, durable });
		this.#machine = { ...next, clock: this.#machine.clock };
	}

	/** Becomes another program, as `env` does. */
	become(argv: readonly string[]): number | undefined {
		return this.#call(this, argv);
	}

	/** Ends without reading what comes in, unless it accepts it later. */
	leaveInput(): void {
		this.#readsInput = false;
	}

	acceptInput(): void {
		this.#readsInput = true;
	}

	#say(stream: 'stdout' | 'stderr', text: string): void {
		this.events.push({ at: this.#seconds, kind: 'line', stream, text });
	}
}

/** Reads its arguments and the session, and returns the exit code. */
export type Program = (session: Session, args: readonly string[]) => number;
