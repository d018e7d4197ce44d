import type { Pipeline } from '../host/host.js';
import { quoteForDisplay } from '../host/text.js';

/** An argument that is not the program: there `A=b` needs no quotes. */
function quoteArgument(argument: string): string {
	return quoteForDisplay(['-', argument]).slice(2);
}

function wordsOf(argv: readonly string[], env: Readonly<Record<string, string>> | undefined): readonly string[] {
	const assignments = Object.entries(env ?? {}).map(([name, value]) => `${name}=${value}`);
	const [program = '', ...rest] = assignments.length === 0 ? argv : ['env', ...assignments, ...argv];
	return [quoteForDisplay([program]), ...rest.map(quoteArgument)];
}

/** A pipeline as the words of a POSIX shell, each quoted where it must be: what is shown can be copied and run. */
export function shellWords(work: Pipeline): readonly string[] {
	const words: string[] = [];
	for (const [index, command] of work.commands.entries()) {
		words.push(...(index === 0 ? [] : ['|']), ...wordsOf(command.argv, command.env));
		if (index === 0 && work.inputFile !== undefined) {
			words.push('<', quoteArgument(work.inputFile));
		}
	}
	if (work.outputFile !== undefined) {
		words.push('>', quoteArgument(work.outputFile));
	}
	return words;
}

/** An argument array as shell words. */
export function argvWords(argv: readonly string[]): readonly string[] {
	return wordsOf(argv, undefined);
}

/** One pipeline as a POSIX shell reads it back: for screens, the journal and the rollback file. Never executed by us. */
export function shellText(work: Pipeline): string {
	return shellWords(work).join(' ');
}
