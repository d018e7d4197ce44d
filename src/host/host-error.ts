import { quoteForDisplay } from './text.js';

/** What went wrong at the door to the machine, for callers that can do something about one kind. */
export type HostErrorKind =
	| 'read-only'
	| 'no-space'
	| 'permission'
	| 'missing'
	| 'exists'
	| 'not-empty'
	| 'symlink'
	/** Somebody else could change it. */
	| 'unsafe'
	| 'not-a-file'
	| 'too-large'
	| 'cannot-start'
	| 'job-conflict'
	| 'io';

/** The machine refused something that should work. Expected: it is shown without a stack trace. */
export class HostError extends Error {
	override readonly name = 'HostError';
	readonly kind: HostErrorKind;
	/** File or program it is about. */
	readonly path: string;
	/** Instructions or commands, one each. */
	readonly remediation: readonly string[];

	constructor(kind: HostErrorKind, path: string, message: string, remediation: readonly string[], cause?: unknown) {
		super(message, cause === undefined ? undefined : { cause });
		this.kind = kind;
		this.path = path;
		this.remediation = remediation;
	}
}

/** errno of a failed system call, `undefined` for anything else. */
export function errorCode(error: unknown): string | undefined {
	if (!(error instanceof Error) || !('code' in error)) return undefined;
	return typeof error.code === 'string' ? error.code : undefined;
}

/** True for the errors that mean "there is nothing at that path". */
export function isMissing(error: unknown): boolean {
	const code = errorCode(error);
	return code === 'ENOENT' || code === 'ENOTDIR';
}

interface Explanation {
	readonly kind: HostErrorKind;
	readonly what: string;
	readonly remediation: readonly string[];
}

function explain(code: string | undefined, path: string): Explanation | undefined {
	switch (code) {
		case 'EROFS':
			return {
				kind: 'read-only',
				what: 'the file system is mounted read-only',
				remediation: [
					'See why it is read-only (often an error of the device): dmesg | tail -n 50',
					`When the device is healthy, mount it writable: mount -o remount,rw "$(findmnt -n -o TARGET --target ${path})"`,
				],
			};
		case 'ENOSPC':
		case 'EDQUOT':
			return {
				kind: 'no-space',
				what: code === 'ENOSPC' ? 'the file system is full' : 'the quota is used up',
				remediation: [`See what is full and make room: df -h ${path}; df -i ${path}`],
			};
		case 'EACCES':
		case 'EPERM':
			return {
				kind: 'permission',
				what: 'permission denied',
				remediation: [`Run as root, or look at who may: namei -l ${path}`],
			};
		case 'ENOENT':
		case 'ENOTDIR':
			return { kind: 'missing', what: 'there is no such file or folder', remediation: [`Look at: ls -la ${path}`] };
		case 'EEXIST':
			return {
				kind: 'exists',
				what: 'it exists already',
				remediation: [`Look at it, and move it away: ls -la ${path}`],
			};
		case 'ENOTEMPTY':
			return { kind: 'not-empty', what: 'the folder is not empty', remediation: [`Look at it: ls -la ${path}`] };
		case 'ELOOP':
			return { kind: 'symlink', what: 'a symbolic link is in the way', remediation: [`Look at: namei -l ${path}`] };
		case 'EISDIR':
			return { kind: 'not-a-file', what: 'it is a folder', remediation: [`Look at it: ls -ld ${path}`] };
		default:
			return undefined;
	}
}

/**
 * Turns a failed system call into a `HostError`.
 * @param action what was tried, as in "write", "read"; the message becomes "Cannot write /etc/x: ...".
 */
export function toHostError(error: unknown, action: string, path: string): HostError {
	if (error instanceof HostError) return error;
	const shown = quoteForDisplay([path]);
	const explanation = explain(errorCode(error), shown) ?? {
		kind: 'io' as const,
		what: error instanceof Error ? error.message : String(error),
		remediation: ['Look for errors of the device: dmesg | tail -n 50', `Look at it: ls -la ${shown}`],
	};
	const { kind, what, remediation } = explanation;
	return new HostError(kind, path, `Cannot ${action} ${shown}: ${what}.`, remediation, error);
}
