import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import path from 'node:path';
import { HostError, isMissing } from './host-error.js';
import { quoteForDisplay } from './text.js';

/** As in the kernel (path_resolution(7)). */
const symlinkLimit = 40;

export interface ResolveOptions {
	/** Whether a symbolic link in the last place is followed. */
	readonly followLast: boolean;
	/**
	 * Refuses links that somebody other than root or ourselves owns. For whatever changes the host: a folder such as
	 * /tmp lets anybody plant a link.
	 */
	readonly trustedLinksOnly: boolean;
}

/**
 * Resolves an absolute path of the host to one of this machine, with every symbolic link read as the host would read
 * it: below an alternate root `/etc/x -> /run/y` is `ROOT/run/y`, and no link and no `..` leads out of the root.
 * What does not exist is taken as it is named. Throws `HostError` (`symlink`).
 */
export function resolvePath(root: string, hostPath: string, options: ResolveOptions): string {
	if (!path.isAbsolute(hostPath)) throw new Error(`Not an absolute path: ${quoteForDisplay([hostPath])}`);
	const resolved: string[] = [];
	const pending = namesIn(hostPath);
	let links = 0;
	for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
		if (name === '..') {
			resolved.pop();
			continue;
		}
		const here = path.join(root, ...resolved, name);
		const stat = pending.length > 0 || options.followLast ? lstatIfThere(here) : undefined;
		if (stat === undefined || !stat.isSymbolicLink()) {
			resolved.push(name);
			continue;
		}
		links += 1;
		if (links > symlinkLimit) throw refuse(here, 'there are too many symbolic links');
		if (options.trustedLinksOnly && stat.uid !== 0 && stat.uid !== process.geteuid?.()) {
			throw refuse(here, `it is a symbolic link of user ${stat.uid}`);
		}
		const target = readlinkSync(here);
		if (path.isAbsolute(target)) resolved.length = 0;
		pending.unshift(...namesIn(target));
	}
	return path.join(root, ...resolved);
}

function namesIn(value: string): string[] {
	return value.split('/').filter((name) => name !== '' && name !== '.');
}

function lstatIfThere(file: string): Stats | undefined {
	try {
		return lstatSync(file, { throwIfNoEntry: false });
	} catch (error) {
		if (isMissing(error)) return undefined;
		throw error;
	}
}

function refuse(file: string, why: string): HostError {
	const shown = quoteForDisplay([file]);
	return new HostError('symlink', file, `Refused to follow ${shown}: ${why}.`, [
		`Look who made it, and remove it: namei -l ${shown}`,
	]);
}
