import { quoteForDisplay } from '../host/text.js';
import { JournalError, type JournalErrorKind } from './journal-error.js';

/** What the state file holds around the state. */
export interface StateDocument {
	readonly tool: 'zfs-lockstep';
	readonly schemaVersion: number;
	/** ISO 8601. */
	readonly savedAt: string;
	readonly state: unknown;
	/** SHA-256 of the JSON of all the above: a disk, or a hand, may change a letter without breaking the JSON. */
	readonly sha256: string;
}

/** Checks the shape of a state; throws whatever it likes where it does not fit. */
export type Validate<State> = (raw: unknown, schemaVersion: number) => State;

/** Puts the state into a document; `state` must survive JSON (no bigint, no undefined that matters). */
export function wrapState(state: unknown, schemaVersion: number): StateDocument {
	const content = {
		tool: 'zfs-lockstep' as const,
		schemaVersion,
		savedAt: new Date().toISOString(),
		// As it will be read: JSON drops undefined members, and the checksum must not depend on them.
		state: JSON.parse(JSON.stringify(state)) as unknown,
	};
	return { ...content, sha256: computeChecksum(content) };
}

/**
 * Reads the text of a state file. Throws `JournalError` (`empty`, `torn`, `foreign`, `newer-schema`) for everything
 * that `wrapState` of this or an earlier version did not write.
 * @param file for the message.
 */
export function parseDocument(text: string, file: string, schemaVersion: number): StateDocument {
	if (text.trim() === '') throw refuse('empty', file, 'is empty');
	let document: unknown;
	try {
		document = JSON.parse(text);
	} catch (error) {
		throw refuse('torn', file, 'is damaged: it is not whole', error);
	}
	if (!isRecord(document) || document.tool !== 'zfs-lockstep' || typeof document.schemaVersion !== 'number') {
		throw refuse('foreign', file, 'was not written by zfs-lockstep');
	}
	if (document.schemaVersion > schemaVersion) throw refuseNewer(file, document.schemaVersion, schemaVersion);
	const { tool, savedAt, state, sha256 } = document;
	if (sha256 !== computeChecksum({ tool, schemaVersion: document.schemaVersion, savedAt, state })) {
		throw refuse('torn', file, 'is damaged: its checksum does not fit');
	}
	return document as unknown as StateDocument;
}

/** The state of a document; throws `JournalError` (`invalid`). */
export function unwrapState<State>(document: StateDocument, file: string, validate: Validate<State>): State {
	try {
		return validate(document.state, document.schemaVersion);
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error);
		throw refuse('invalid', file, `does not hold a state that this version understands (${why})`, error);
	}
}

function computeChecksum(content: Record<keyof Omit<StateDocument, 'sha256'>, unknown>): string {
	// Loaded where there is a state: it costs as much as the runtime takes to start.
	const { createHash } = process.getBuiltinModule('node:crypto');
	return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(kind: JournalErrorKind, file: string, what: string, cause?: unknown): JournalError {
	const shown = quoteForDisplay([file]);
	return new JournalError(
		kind,
		file,
		{
			what: `The state file ${shown} ${what}.`,
			why: 'It says what was changed on this host and what must be undone; going on without it would be guessing.',
			remediation: [
				'Put back the state from before the last change; the damaged file is kept: zfs-lockstep reset --repair-state',
				'What was done is in the log: zfs-lockstep log',
			],
		},
		cause,
	);
}

function refuseNewer(file: string, found: number, ours: number): JournalError {
	return new JournalError('newer-schema', file, {
		what: `The state file ${quoteForDisplay([file])} has schema ${found}; this version reads up to ${ours}.`,
		why: 'A newer zfs-lockstep began this run; an older one could misread what it did.',
		remediation: ['Go on with the version that began the run, or with a newer one: zfs-lockstep --version'],
	});
}
