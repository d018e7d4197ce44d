import { detailOf } from './hold.js';
import type { HeldJob } from './job.js';

/** The lines that a hold took out of a table. */
export function linesOf(held: HeldJob): readonly string[] {
	const lines: unknown = JSON.parse(detailOf(held, 'lines'));
	if (!Array.isArray(lines)) throw new Error(`The lines of the held job ${held.name} are not a list.`);
	return lines.map(String);
}

export function countLines(lines: readonly string[]): string {
	return lines.length === 1 ? '1 line' : `${lines.length} lines`;
}
