import { chmodSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { syncDirectory } from './durable-write.js';
import { errorCode, isMissing } from './host-error.js';

/**
 * Makes a folder and those above it, durably, all with `mode` whatever the umask; what is there stays as it is.
 * Not Node's own `recursive`: on a read-only file system that fails with ENOENT (seen with 24.21).
 * Throws the errors of the system calls; EEXIST where there is something else of that name.
 */
export function makeFolders(folder: string, mode: number): void {
	if (isFolder(folder)) return;
	const parent = path.dirname(folder);
	if (!isFolder(parent)) makeFolders(parent, mode);
	try {
		mkdirSync(folder, { mode });
	} catch (error) {
		// Somebody else may have made it just now.
		if (errorCode(error) === 'EEXIST' && isFolder(folder)) return;
		throw error;
	}
	chmodSync(folder, mode);
	syncDirectory(parent);
}

function isFolder(file: string): boolean {
	try {
		return statSync(file).isDirectory();
	} catch (error) {
		if (isMissing(error)) return false;
		throw error;
	}
}
