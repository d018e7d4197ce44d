import { readFileSync } from 'node:fs';

/**
 * Whether the mount that holds `file` is read-only, by the mount or by its super block (proc_pid_mountinfo(5)).
 * @param file absolute path without symbolic links.
 */
export function isOnReadOnlyMount(file: string): boolean {
	return isReadOnlyIn(readFileSync('/proc/self/mountinfo', 'utf8'), file);
}

/** `isOnReadOnlyMount` on the text of a mountinfo file. */
export function isReadOnlyIn(mountInfo: string, file: string): boolean {
	let longest = '';
	let isReadOnly = false;
	for (const line of mountInfo.split('\n')) {
		const fields = line.split(' ');
		const mountPoint = fields[4];
		const superOptions = fields[fields.indexOf('-') + 3];
		if (mountPoint === undefined || fields[5] === undefined) continue;
		const directory = unescapeOctal(mountPoint);
		// A later mount on the same point lies over the earlier one.
		if (!isBelow(file, directory) || directory.length < longest.length) continue;
		longest = directory;
		isReadOnly = hasReadOnly(fields[5]) || hasReadOnly(superOptions ?? '');
	}
	return isReadOnly;
}

function hasReadOnly(options: string): boolean {
	return options.split(',').includes('ro');
}

function isBelow(file: string, directory: string): boolean {
	return directory === '/' || file === directory || file.startsWith(`${directory}/`);
}

/** Space, tab, newline and backslash are written as `\040` and so on. */
function unescapeOctal(text: string): string {
	return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
