import { chmodSync, lstatSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { errorCode, HostError, toHostError } from './host-error.js';
import { makeFolders } from './make-folders.js';
import { quoteForDisplay } from './text.js';

const groupOrOthersMayWrite = 0o022;
const sticky = 0o1000;

/**
 * Makes a folder that only we can look into, or takes the one that is there, made 0700.
 * Throws `HostError`: `unsafe` where somebody else could change what is in it, and what making it gave.
 */
export function makePrivateDirectory(directory: string): void {
	try {
		makeFolders(directory, 0o700);
	} catch (error) {
		// What is there instead of a folder is told better below.
		if (errorCode(error) !== 'EEXIST') throw toHostError(error, 'make the folder', directory);
	}
	checkPrivateDirectory(directory);
	if ((statSync(directory).mode & 0o777) !== 0o700) chmodSync(directory, 0o700);
}

/** Throws `HostError` (`unsafe`, `permission`) where others could change what is in the folder. It must exist. */
export function checkPrivateDirectory(directory: string): void {
	const stat = lstatSync(directory);
	if (stat.isSymbolicLink()) throw refuse(directory, 'it is a symbolic link');
	if (!stat.isDirectory()) throw refuse(directory, 'it is not a folder');
	if (stat.uid === 0 && process.geteuid?.() !== 0) {
		const message = `Cannot look into the folder ${quoteForDisplay([directory])}: only root may.`;
		throw new HostError('permission', directory, message, ['Run it as root.']);
	}
	if (stat.uid !== process.geteuid?.()) throw refuse(directory, `it belongs to user ${stat.uid}`);
	if ((stat.mode & groupOrOthersMayWrite) !== 0) throw refuse(directory, 'others may write into it');
	for (let above = path.dirname(realpathSync(directory)); ; above = path.dirname(above)) {
		const { uid, mode } = statSync(above);
		if (uid !== 0 && uid !== process.geteuid?.()) throw refuse(directory, `${above} belongs to user ${uid}`);
		if ((mode & groupOrOthersMayWrite) !== 0 && (mode & sticky) === 0) {
			throw refuse(directory, `others may write into ${above}`);
		}
		if (above === '/') return;
	}
}

function refuse(directory: string, why: string): HostError {
	const shown = quoteForDisplay([directory]);
	return new HostError('unsafe', directory, `Refused to use the folder ${shown}: ${why}.`, [
		`Somebody else could change what is kept there. Look at it: namei -l ${shown}`,
		`If it was planted, remove it; else make it ours: chown root:root ${shown} && chmod 0700 ${shown}`,
	]);
}
