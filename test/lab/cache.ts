/** Where the lab keeps what is slow to make: outside the repository, named by the content it was made from. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

export const labFolder = import.meta.dirname;

export const cacheFolder =
	process.env.LOCKSTEP_LAB_CACHE ??
	path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'zfs-lockstep-lab');

/** Running machines and their disks: worth nothing once their scenario has ended. */
export const machinesFolder = path.join(cacheFolder, 'machines');

/** Transcripts of scenarios, for people to read. */
export const resultsFolder = process.env.LOCKSTEP_LAB_RESULTS ?? path.join(cacheFolder, 'results');

/** A short name for values and for the bytes of files and whole folders: any change gives another name. */
export function contentKey(values: readonly unknown[], files: readonly string[] = []): string {
	const hash = createHash('sha256').update(JSON.stringify(values));
	for (const file of files.flatMap(filesBelow)) {
		hash.update(`\0${path.relative(labFolder, file)}\0${(statSync(file).mode & 0o111).toString(8)}\0`);
		hash.update(readFileSync(file));
	}
	return hash.digest('hex').slice(0, 12);
}

/**
 * The cached product of that name, made first if it is not there. `make` is given a path beside the final one, so that
 * a build that was interrupted never passes for a product.
 */
export async function cached(kind: string, name: string, make: (unfinished: string) => Promise<void>): Promise<string> {
	const finished = path.join(cacheFolder, kind, name);
	if (existsSync(finished)) {
		return finished;
	}
	const unfinished = path.join(cacheFolder, kind, `unfinished-${name}`);
	mkdirSync(path.dirname(unfinished), { recursive: true });
	rmSync(unfinished, { recursive: true, force: true });
	await make(unfinished);
	renameSync(unfinished, finished);
	return finished;
}

function filesBelow(start: string): string[] {
	if (!statSync(start).isDirectory()) {
		return [start];
	}
	return readdirSync(start, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => path.join(entry.parentPath, entry.name))
		.sort();
}
