import type { Parser } from './parsers.js';

const controls = /[^\P{Cc}\t\n]/u;

/** Throws an Error where a text would do something to a terminal other than to be read. */
export function fitForTerminal(text: string): void {
	const found = controls.exec(text);
	if (found !== null) {
		const around = text.slice(Math.max(0, found.index - 60), found.index + 60);
		throw new Error(`a control character would reach the terminal: ${JSON.stringify(around)}`);
	}
}

/**
 * The promise of every parser: a value, or a refusal of its own class whose message is fit for a terminal.
 * Throws an Error that says what else happened.
 */
export async function expectReadOrRefused({ name, parse, refusals }: Parser, text: string): Promise<void> {
	try {
		await parse(text);
	} catch (error) {
		const kind = error instanceof Error ? error.name : typeof error;
		const message = error instanceof Error ? error.message : String(error);
		if (!refusals.includes(kind)) throw new Error(`${name} threw ${kind}: ${message.slice(0, 300)}`, { cause: error });
		if (controls.test(message)) throw new Error(`${name} refused with control characters: ${JSON.stringify(message)}`);
		if (message.length > 2000) throw new Error(`${name} refused with a message of ${message.length} characters`);
	}
}
