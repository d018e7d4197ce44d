import { writeText } from '../host/write-text.js';
import { jsonText } from '../ui/json-text.js';
import type { Program } from './program.js';

const standardOutput = 1;
const standardError = 2;

/** Text for standard output as it is. */
export function write(text: string): void {
	writeText(standardOutput, text);
}

/** Data goes to standard output; everything else to standard error. */
export function print(text: string): void {
	write(text.endsWith('\n') ? text : `${text}\n`);
}

export function printJson(document: unknown): void {
	write(`${jsonText(document)}\n`);
}

export function printError(text: string): void {
	writeText(standardError, text.endsWith('\n') ? text : `${text}\n`);
}

/** How this program's texts are to be laid out here. */
export function printingOf(program: Program): { readonly colour: boolean; readonly width: number } {
	return { colour: program.terminal.colour, width: program.terminal.width };
}
