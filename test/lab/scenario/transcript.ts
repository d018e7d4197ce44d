/** What happened in a scenario, for people: every command with its exit code, time and output, and the versions between. */
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { resultsFolder } from '../cache.ts';
import type { CommandResult } from '../machine/agent.ts';
import type { Versions } from './versions.ts';

const startedAt = Date.now();

export class Transcript {
	readonly folder: string;
	readonly #file: string;
	readonly #summary: string;

	/** Replaces the transcript of an earlier run of the same scenario. */
	constructor(scenario: string) {
		this.folder = path.join(resultsFolder, scenario);
		rmSync(this.folder, { recursive: true, force: true });
		mkdirSync(this.folder, { recursive: true });
		this.#file = path.join(this.folder, 'transcript.txt');
		this.#summary = path.join(this.folder, 'summary.txt');
		writeFileSync(this.#file, '');
		writeFileSync(this.#summary, '');
	}

	/** A heading in the transcript and a line in the summary. */
	heading(text: string): void {
		this.#write(`\n=== ${text}\n`);
		this.#line(text);
	}

	command(result: CommandResult): void {
		const exit = `exit ${result.exitCode} after ${result.seconds.toFixed(1)} s`;
		const stderr = result.stderr === '' ? '' : `--- stderr\n${result.stderr.trimEnd()}\n`;
		this.#write(`\n$ ${result.command}\n${result.stdout.trimEnd()}\n${stderr}--- ${exit}\n`);
		this.#line(`  $ ${result.command.split('\n')[0]}: ${exit}`);
	}

	screen(title: string, text: string): void {
		this.#write(`\n--- screen after ${secondsSinceStart()} s: ${title}\n${text}\n`);
	}

	versions(when: string, versions: Versions): void {
		const places = Object.entries(versions).map(([place, version]) => `${place} ${version}`);
		this.#write(`\n--- versions ${when}: ${places.join(', ')}\n`);
		this.#line(`  versions ${when}: ${places.join(', ')}`);
	}

	/** A file beside the transcript. */
	keep(name: string, content: string | Buffer): void {
		writeFileSync(path.join(this.folder, name), content);
	}

	#write(text: string): void {
		appendFileSync(this.#file, text);
	}

	#line(text: string): void {
		appendFileSync(this.#summary, `${secondsSinceStart().padStart(5)} s  ${text}\n`);
	}
}

function secondsSinceStart(): string {
	return ((Date.now() - startedAt) / 1000).toFixed(0);
}
