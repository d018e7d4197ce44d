import type { Pipeline } from '../host/host.js';
import { quoteForDisplay } from '../host/text.js';

/** One pipeline as a POSIX shell reads it back: for screens, the journal and the rollback file. Never executed by us. */
export function shellText(work: Pipeline): string {
	const commands = work.commands.map((command) => {
		const assignments = Object.entries(command.env ?? {}).map(([name, value]) => `${name}=${value}`);
		return quoteForDisplay(assignments.length === 0 ? command.argv : ['env', ...assignments, ...command.argv]);
	});
	const input = work.inputFile === undefined ? '' : ` < ${quoteForDisplay([work.inputFile])}`;
	const output = work.outputFile === undefined ? '' : ` > ${quoteForDisplay([work.outputFile])}`;
	return `${commands[0] ?? ''}${input}${commands
		.slice(1)
		.map((text) => ` | ${text}`)
		.join('')}${output}`;
}
