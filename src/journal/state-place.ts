import { lstatSync, readdirSync, readFileSync, renameSync, rmSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { isTemporaryName } from '../host/durable-write.js';
import { isMissing } from '../host/host-error.js';
import { makePrivateDirectory } from '../host/private-directory.js';
import { quoteForDisplay } from '../host/text.js';
import { JournalError, toJournalError } from './journal-error.js';

/** statfs(2) f_type of file systems in memory: tmpfs, ramfs. */
const volatileTypes: readonly number[] = [0x01021994, 0x858458f6];

/** A state is a few KiB; a file beyond this is not one. */
const fileLimit = 16 * 1024 * 1024;

/** Makes the folder ours and clears what killed writers left in it. Throws `JournalError`. */
export function prepareDirectory(directory: string): void {
	try {
		makePrivateDirectory(directory);
		for (const name of readdirSync(directory)) {
			if (isLeftover(name)) rmSync(path.join(directory, name), { force: true });
		}
	} catch (error) {
		throw toJournalError(error, 'use the folder', directory);
	}
}

/** A writer that was killed leaves its temporary file: ours, or the one of atomically (conf's writer). */
function isLeftover(name: string): boolean {
	return (
		/^state\.json\.tmp-[0-9]{10}[0-9a-f]{6}$/.test(name) ||
		isTemporaryName(name, 'state.json') ||
		isTemporaryName(name, 'state.previous.json')
	);
}

/** Throws `JournalError` (`unsafe`) for a file that somebody else could have written, and ENOENT. */
export function checkOurFile(file: string): void {
	const stat = lstatSync(file);
	const fault = stat.isSymbolicLink()
		? 'it is a symbolic link'
		: !stat.isFile()
			? 'it is not a file'
			: stat.uid !== process.geteuid?.()
				? `it belongs to user ${stat.uid}`
				: stat.size > fileLimit
					? 'it is larger than any state'
					: undefined;
	if (fault === undefined) return;
	const shown = quoteForDisplay([file]);
	throw new JournalError('unsafe', file, {
		what: `Refused to read the state file ${shown}: ${fault}.`,
		why: 'Somebody else could have written it.',
		remediation: [`Look who made it, and move it away: namei -l ${shown}`],
	});
}

/** Undefined where there is no such file. */
export function readText(file: string): string | undefined {
	try {
		return readFileSync(file, 'utf8');
	} catch (error) {
		if (isMissing(error)) return undefined;
		throw error;
	}
}

/** Keeps a file under a new name that says why; undefined where there is none. */
export function keepAside(file: string, why: 'broken' | 'set-aside'): string | undefined {
	const { dir, name, ext } = path.parse(file);
	const kept = path.join(dir, `${name}.${why}-${new Date().toISOString().replace(/[:.]/g, '-')}${ext}`);
	try {
		renameSync(file, kept);
		return kept;
	} catch (error) {
		if (isMissing(error)) return undefined;
		throw error;
	}
}

/** A sentence for the administrator where the folder does not survive a reboot. */
export function describeVolatile(directory: string): string[] {
	try {
		if (!volatileTypes.includes(statfsSync(directory).type)) return [];
	} catch (error) {
		if (isMissing(error)) return [];
		throw toJournalError(error, 'look at the file system of', directory);
	}
	return [
		`The state in ${quoteForDisplay([directory])} is kept in memory and will not survive the reboot. ` +
			'Name a folder on a disk: --state-dir DIR',
	];
}
