import { type HostError, toHostError } from '../host/host-error.js';

/** Why the journal refused. */
export type JournalErrorKind =
	/** The state file: */
	| 'empty'
	| 'torn'
	| 'foreign'
	| 'newer-schema'
	| 'invalid'
	/** Gone, while the generation before it is there. */
	| 'missing'
	/** The place it is kept in: */
	| 'unsafe'
	| 'unreadable'
	| 'no-space'
	| 'read-only'
	/** What was read back is not what was written. */
	| 'not-verified'
	| 'io';

/** The record of a run cannot be read or kept. Expected: it is shown without a stack trace. */
export class JournalError extends Error {
	override readonly name = 'JournalError';
	readonly kind: JournalErrorKind;
	readonly path: string;
	/** Why it matters. */
	readonly why: string;
	/** Instructions or commands, one each. */
	readonly remediation: readonly string[];

	constructor(
		kind: JournalErrorKind,
		path: string,
		text: { readonly what: string; readonly why: string; readonly remediation: readonly string[] },
		cause?: unknown,
	) {
		super(text.what, cause === undefined ? undefined : { cause });
		this.kind = kind;
		this.path = path;
		this.why = text.why;
		this.remediation = text.remediation;
	}
}

const whyItMatters = 'Without its record a run cannot be resumed after the reboot.';

/** Turns what a system call or the host threw into a `JournalError`. */
export function toJournalError(error: unknown, action: string, path: string): JournalError {
	if (error instanceof JournalError) return error;
	const { kind, message, remediation } = toHostError(error, action, path);
	return new JournalError(readKind(kind), path, { what: message, why: whyItMatters, remediation }, error);
}

function readKind(kind: HostError['kind']): JournalErrorKind {
	switch (kind) {
		case 'read-only':
		case 'no-space':
		case 'unsafe':
			return kind;
		case 'symlink':
			return 'unsafe';
		case 'permission':
			return 'unreadable';
		default:
			return 'io';
	}
}
