/** The journal of a run, read from outside while the program is at work. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface Entry {
	readonly type: string;
	readonly command?: string;
}

/** All entries so far; a line that is being written is left out. */
export function entries(folder: string): readonly Entry[] {
	const log = path.join(folder, 'log', 'events.jsonl');
	const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : [];
	return lines.map((line) => JSON.parse(line));
}

/** The commands that were begun, in order. */
export function begunCommands(folder: string): readonly string[] {
	return entries(folder).flatMap(({ type, command }) =>
		command !== undefined && (type === 'intent' || type === 'reading') ? [command] : [],
	);
}

/** How often a command was begun. */
export function beginnings(folder: string, command: string): number {
	return begunCommands(folder).filter((id) => id === command).length;
}

/** Waits, at most a minute. */
export async function until(isSo: () => boolean, what = 'it'): Promise<void> {
	const end = Date.now() + 60_000;
	while (!isSo()) {
		if (Date.now() > end) throw new Error(`${what} did not happen within a minute`);
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
}
