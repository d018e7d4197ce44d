/** What a campaign did, a JSON line a case, and its figures. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { resultsFolder } from '../cache.ts';
import { say } from '../host.ts';

export class CampaignRecord {
	readonly folder: string;
	readonly #lines: string;
	readonly violations: string[] = [];

	constructor(name: string) {
		this.folder = path.join(resultsFolder, name);
		mkdirSync(this.folder, { recursive: true });
		this.#lines = path.join(this.folder, 'cases.jsonl');
		writeFileSync(this.#lines, '');
	}

	/** One case: what was done, what was found. Each violation is said at once. */
	add(entry: Readonly<Record<string, unknown>> & { readonly violations: readonly string[] }): void {
		appendFileSync(this.#lines, `${JSON.stringify({ at: new Date().toISOString(), ...entry })}\n`);
		for (const violation of entry.violations) {
			this.violations.push(violation);
			say(`VIOLATION ${violation}: ${JSON.stringify(entry)}`);
		}
	}

	keep(name: string, content: string | Buffer): void {
		writeFileSync(path.join(this.folder, name), content);
	}
}

/** How often each name came, most often first. */
export function tally(names: readonly string[]): string {
	const counts = new Map<string, number>();
	for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
	return [...counts]
		.sort(([, a], [, b]) => b - a)
		.map(([name, count]) => `${name} ${count}`)
		.join(', ');
}
