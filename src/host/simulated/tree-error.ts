const messages = {
	ENOENT: 'No such file or directory',
	ENOTDIR: 'Not a directory',
	EISDIR: 'Is a directory',
	EEXIST: 'File exists',
	ENOTEMPTY: 'Directory not empty',
	ELOOP: 'Too many levels of symbolic links',
	EROFS: 'Read-only file system',
	ENOSPC: 'No space left on device',
	EACCES: 'Permission denied',
	EINVAL: 'Invalid argument',
	EIO: 'Input/output error',
} as const;

export type ErrorCode = keyof typeof messages;

/** A system call of the simulated kernel that failed; `message` is strerror(3)'s. */
export class TreeError extends Error {
	override readonly name = 'TreeError';
	readonly code: ErrorCode;

	constructor(code: ErrorCode) {
		super(messages[code]);
		this.code = code;
	}
}
