import type { Child, Ended } from './child.js';
import type { Command, CommandResult, OutputLine } from './host.js';
import { readOutcome } from './rooted-command.js';
import { StreamSink } from './stream-sink.js';
import { afterSeconds, terminate } from './terminate.js';

/** A command in the foreground: its output, its time limit, its end. */
export class RunningCommand {
	readonly #command: Command;
	readonly #root: string;
	readonly #child: Child;
	readonly #sinks: readonly StreamSink[];
	readonly #startedAt = performance.now();

	/** @param onLine is called for each line of what the child writes to the pipes that it has. */
	constructor(command: Command, root: string, child: Child, onLine?: (line: OutputLine) => void) {
		this.#command = command;
		this.#root = root;
		this.#child = child;
		this.#sinks = [new StreamSink('stdout', child.stdout, onLine), new StreamSink('stderr', child.stderr, onLine)];
	}

	pause(): void {
		for (const sink of this.#sinks) sink.pause();
	}

	resume(): void {
		for (const sink of this.#sinks) sink.resume();
	}

	/** Ends the whole process group, gently first. */
	end(): void {
		this.resume();
		void terminate(this.#child);
	}

	/**
	 * Waits for the end; kills the process group after `limitSeconds`.
	 * Throws `HostError` (`cannot-start`) where the machine could not start it.
	 */
	async wait(limitSeconds: number): Promise<CommandResult> {
		const finished = new AbortController();
		try {
			const outcome = await this.#waitForOutcome(limitSeconds, finished.signal);
			return this.#describe(outcome);
		} finally {
			finished.abort();
			this.#child.abandon();
		}
	}

	async #waitForOutcome(seconds: number, signal: AbortSignal): Promise<CommandResult['outcome']> {
		let isOverdue = false;
		const killed = afterSeconds(seconds, signal).then(() => {
			isOverdue = true;
			return terminate(this.#child);
		});
		const ended: Ended | undefined = (await Promise.race([this.#child.ended, killed])) ?? undefined;
		if (ended?.kind !== 'not-found') await Promise.all(this.#sinks.map((sink) => sink.waitForRest()));
		return ended === undefined || isOverdue ? { kind: 'timed-out', seconds } : ended;
	}

	#describe(outcome: CommandResult['outcome']): CommandResult {
		for (const sink of this.#sinks) sink.flush();
		const [stdout = '', stderr = ''] = this.#sinks.map((sink) => sink.text.toString());
		return {
			command: this.#command,
			outcome: readOutcome(this.#command, this.#root, outcome, stderr),
			stdout,
			stderr,
			truncated: this.#sinks.some((sink) => sink.text.isTruncated),
			seconds: (performance.now() - this.#startedAt) / 1000,
		};
	}
}
