import process from 'node:process';
import { jsonText } from '../ui/json.js';
import type { Program } from './program.js';

/** Data goes to standard output; everything else to standard error. */
export function print(text: string): void {
	process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

export function printJson(document: unknown): void {
	process.stdout.write(`${jsonText(document)}\n`);
}

export function printError(text: string): void {
	process.stderr.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** How this program's texts are to be laid out here. */
export function printingOf(program: Program): { readonly colour: boolean; readonly width: number } {
	return { colour: program.terminal.colour, width: program.terminal.width };
}
