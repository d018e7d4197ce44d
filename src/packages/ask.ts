import { type Fact, known, unknown } from '../facts/fact.js';
import type { Command, CommandResult, Host } from '../host/host.js';
import { quoteForDisplay, stripControls } from '../host/text.js';

/** Output has another shape than the known versions print. Nothing may be concluded from it. */
export class UnexpectedOutputError extends Error {
	override readonly name = 'UnexpectedOutputError';
}

/**
 * Runs a reading command and turns its result into a fact.
 * @param read see `readResult`
 */
export async function askHost<T>(host: Host, command: Command, read: (result: ExitedResult) => T): Promise<Fact<T>> {
	return readResult(await host.run(command), read);
}

/**
 * @param read gets results that exited by themselves with whole output; it looks at the exit code itself and throws
 *   UnexpectedOutputError for output that it does not know
 */
export function readResult<T>(result: CommandResult, read: (result: ExitedResult) => T): Fact<T> {
	const source = quoteForDisplay(result.command.argv);
	const { outcome } = result;
	if (outcome.kind !== 'exited') return unknown(`${source}: ${describeOutcome(outcome)}`);
	if (result.truncated) return unknown(`${source}: printed more than is kept`);
	try {
		return known(read({ code: outcome.code, stdout: result.stdout, stderr: result.stderr }), source);
	} catch (error) {
		if (!(error instanceof UnexpectedOutputError)) throw error;
		return unknown(`${source}: ${error.message}`);
	}
}

export interface ExitedResult {
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
}

/** Demands exit code 0. @throws UnexpectedOutputError with the first lines of stderr */
export function requireSuccess(result: ExitedResult): string {
	if (result.code !== 0) {
		throw new UnexpectedOutputError(
			`exit code ${result.code}${printableLines(result.stderr)
				.slice(0, 3)
				.map((line) => `; ${line}`)
				.join('')}`,
		);
	}
	return result.stdout;
}

/** Lines that hold anything, without control characters, each of a length fit to be shown. */
export function printableLines(output: string): readonly string[] {
	return output
		.split('\n')
		.map((line) => stripControls(line).trim().slice(0, 500))
		.filter((line) => line !== '');
}

function describeOutcome(outcome: Exclude<CommandResult['outcome'], { kind: 'exited' }>): string {
	switch (outcome.kind) {
		case 'not-found':
			return 'not installed';
		case 'timed-out':
			return `did not end within ${outcome.seconds} s`;
		case 'signalled':
			return `ended by ${outcome.signal}`;
		case 'lost':
			return 'its outcome is lost';
	}
}
