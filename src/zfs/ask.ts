import { type Command, type CommandResult, type Host, succeeded } from '../host/host.js';
import { ZfsParseError } from './parse-error.js';
import { diagnose, outputTooLong, type ZfsProblem } from './problem.js';

/** What came of a reading command. */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: ZfsProblem };

/**
 * Runs a reading command and parses its output. Only whole output of a command that exited with 0 is parsed.
 * @param parse throws ZfsParseError
 */
export async function ask<T>(host: Host, command: Command, parse: (stdout: string) => T): Promise<Answer<T>> {
	const result = await host.run(command);
	const problem = findReadingProblem(result);
	return problem === undefined ? parseAnswer(() => parse(result.stdout)) : { ok: false, problem };
}

/** Calls a parser; its typed error becomes a problem, any other error is a bug and goes on. */
export function parseAnswer<T>(parse: () => T): Answer<T> {
	try {
		return { ok: true, value: parse() };
	} catch (error) {
		if (!(error instanceof ZfsParseError)) throw error;
		return { ok: false, problem: { kind: 'unexpected-output', message: error.message } };
	}
}

/** Why a finished reading command's output must not be used, if so. */
export function findReadingProblem(result: CommandResult): ZfsProblem | undefined {
	if (!succeeded(result)) return diagnose(result);
	return result.truncated ? outputTooLong(result) : undefined;
}
