import { renameSync, rmSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { syncDirectory, writeDurably } from '../host/durable-write.js';
import { isMissing } from '../host/host-error.js';
import { checkPrivateDirectory } from '../host/private-directory.js';
import { quoteForDisplay } from '../host/text.js';
import { JournalError, toJournalError } from './journal-error.js';
import { parseDocument, type StateDocument, unwrapState, type Validate, wrapState } from './state-codec.js';
import { checkOurFile, describeVolatile, keepAside, prepareDirectory, readText } from './state-place.js';

export interface JournalOptions<State> {
	/** Made 0700 where it is missing. */
	readonly directory: string;
	/** Version of the state's shape; a file with a higher one is refused. */
	readonly schemaVersion: number;
	readonly validate: Validate<State>;
	/** `read` changes nothing and needs no lock; `write` needs the lock to be held. */
	readonly access: 'read' | 'write';
	/** Bytes that must be free beside the state before it is written. Default 1 MiB. */
	readonly minimumFreeBytes?: bigint;
	/** Says nothing about a folder that does not survive a reboot (tests, live systems). */
	readonly allowVolatile?: boolean;
}

/**
 * The state of a run, on disk. Every method throws `JournalError`; a file that cannot be read as ours is an error,
 * never "no state".
 */
export interface Journal<State> {
	readonly file: string;
	/** Sentences about the place that the administrator should know. */
	readonly warnings: readonly string[];
	/** Undefined where there is no run. */
	read(): State | undefined;
	/** Returns when the state is on the disk and was read back; the one before is kept as the previous generation. */
	write(state: State): Promise<void>;
	/** Puts the previous generation back in the place of a state that cannot be read, which is kept beside it. */
	restorePrevious(): State;
	/** Renames the state and the previous generation, so that a new run can begin. Returns the new names. */
	setAside(): readonly string[];
	/** Forgets a run that is over. */
	discard(): void;
}

/**
 * Opens the journal. Throws `JournalError` where the folder cannot be made or is not ours alone; a damaged state is
 * told by `read`, so that it can be repaired.
 */
export function openJournal<State>(options: JournalOptions<State>): Journal<State> {
	if (options.access === 'write') prepareDirectory(options.directory);
	return new StateFile(options);
}

class StateFile<State> implements Journal<State> {
	readonly file: string;
	readonly warnings: readonly string[];
	readonly #previous: string;
	readonly #options: JournalOptions<State>;

	constructor(options: JournalOptions<State>) {
		this.#options = options;
		this.file = path.join(options.directory, 'state.json');
		this.#previous = path.join(options.directory, 'state.previous.json');
		this.warnings = options.allowVolatile ? [] : describeVolatile(options.directory);
	}

	read(): State | undefined {
		const document = this.#readDocument();
		return document && unwrapState(document, this.file, this.#options.validate);
	}

	async write(state: State): Promise<void> {
		// Loaded where it writes: it costs more than all the rest of a command that only looks.
		const { default: Conf } = await import('conf');
		const before = this.#readDocument() && readText(this.file);
		const document = wrapState(state, this.#options.schemaVersion);
		const text = serialize(document);
		try {
			this.#requireSpace(text);
			if (before !== undefined) writeDurably(this.#previous, before, { mode: 0o600 });
			this.#replace(Conf, document);
			if (readText(this.file) !== text) throw notVerified(this.file);
			syncDirectory(this.#options.directory);
		} catch (error) {
			this.#change(() => this.#putBack(before));
			throw toJournalError(error, 'write the state file', this.file);
		}
	}

	restorePrevious(): State {
		const text = this.#readFile(this.#previous);
		if (text === undefined) {
			throw new JournalError('missing', this.#previous, {
				what: `There is no previous generation of the state in ${quoteForDisplay([this.#options.directory])}.`,
				why: 'Only one can be put back.',
				remediation: ['See what the run did, and finish or undo it by hand: zfs-lockstep log'],
			});
		}
		const document = parseDocument(text, this.#previous, this.#options.schemaVersion);
		const state = unwrapState(document, this.#previous, this.#options.validate);
		this.#change(() => {
			keepAside(this.file, 'broken');
			writeDurably(this.file, text, { mode: 0o600 });
		});
		return state;
	}

	setAside(): readonly string[] {
		return this.#change(() => [this.file, this.#previous].flatMap((file) => keepAside(file, 'set-aside') ?? []));
	}

	discard(): void {
		this.#change(() => {
			// In this order: a previous generation alone would be taken for a lost state.
			rmSync(this.#previous, { force: true });
			rmSync(this.file, { force: true });
		});
	}

	/** conf writes: a temporary file, synced, renamed over the old one. */
	#replace(Conf: typeof import('conf').default, document: StateDocument): void {
		// conf would write in place, so that a crash leaves half a file.
		delete process.env.SNAP;
		new Conf<Record<string, unknown>>({
			cwd: this.#options.directory,
			configName: 'state',
			configFileMode: 0o600,
			clearInvalidConfig: false,
			accessPropertiesByDotNotation: false,
			serialize: (value) => serialize(value as unknown as StateDocument),
			deserialize: (text) => ({ ...parseDocument(text, this.file, this.#options.schemaVersion) }),
		}).store = { ...document };
	}

	#readDocument(): StateDocument | undefined {
		const text = this.#readFile(this.file);
		if (text !== undefined) return parseDocument(text, this.file, this.#options.schemaVersion);
		if (this.#readFile(this.#previous) === undefined) return undefined;
		throw new JournalError('missing', this.file, {
			what: `The state file ${quoteForDisplay([this.file])} is gone, but the generation before it is there.`,
			why: 'A run was begun on this host; taking this for a fresh start could repeat what it did.',
			remediation: ['Put back the state from before the last change: zfs-lockstep reset --repair-state'],
		});
	}

	/** Undefined where there is no such file, or no such folder. */
	#readFile(file: string): string | undefined {
		try {
			checkPrivateDirectory(this.#options.directory);
			checkOurFile(file);
			return readText(file);
		} catch (error) {
			if (isMissing(error)) return undefined;
			throw toJournalError(error, 'read the state file', file);
		}
	}

	#requireSpace(text: string): void {
		const { bavail, bfree, bsize, blocks } = statfsSync(this.#options.directory, { bigint: true });
		// The blocks that ext4 reserves are for root. A file system without a size says 0 of everything.
		const free = (process.geteuid?.() === 0 ? bfree : bavail) * bsize;
		const needed = BigInt(2 * Buffer.byteLength(text)) + (this.#options.minimumFreeBytes ?? 1024n * 1024n);
		if (blocks === 0n || free >= needed) return;
		const shown = quoteForDisplay([this.#options.directory]);
		throw new JournalError('no-space', this.file, {
			what: `There is no room for the state in ${shown}: ${free} bytes are free, ${needed} are needed.`,
			why: 'A full disk tears what is written to it. The state from before is still there and whole.',
			remediation: [`See what is full and make room: df -h ${shown}`, 'Then go on where it stopped: zfs-lockstep'],
		});
	}

	/** After a write that failed: the old state where something else is now. Needs no space on the disk. */
	#putBack(before: string | undefined): void {
		if (readText(this.file) === before) return;
		if (before === undefined) rmSync(this.file, { force: true });
		else renameSync(this.#previous, this.file);
	}

	#change<T>(change: () => T): T {
		try {
			const result = change();
			syncDirectory(this.#options.directory);
			return result;
		} catch (error) {
			throw toJournalError(error, 'change the state file', this.file);
		}
	}
}

function serialize(document: StateDocument): string {
	return `${JSON.stringify(document, undefined, '\t')}\n`;
}

function notVerified(file: string): JournalError {
	const shown = quoteForDisplay([file]);
	return new JournalError('not-verified', file, {
		what: `The state file ${shown} does not hold what was written to it.`,
		why: 'The disk is full or fails. The state from before was put back.',
		remediation: [`See whether it is full, and look for errors: df -h ${shown}; dmesg | tail -n 50`],
	});
}
