import process from 'node:process';
import { steps } from '../../steps/index.js';
import type { RunState } from '../../steps/run-state.js';
import type { RunOptions } from '../../steps/step.js';
import { type EventLog, Session, type StateStore } from '../engine/session.js';
import { openEventLog } from '../journal/event-log.js';
import { acquireLock } from '../journal/lock.js';
import type { Journal } from '../journal/state.js';
import { version } from './about.js';
import { newState } from './new-state.js';
import type { Program } from './program.js';
import { journalOf } from './recorded-run.js';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Something that only root can do. */
class NotRootError extends Error {
	override readonly name = 'NotRootError';
	readonly why = 'Packages, modules and pools can only be changed by root, and the state is readable by root alone.';
	readonly remediation = ['Run it as root: sudo zfs-lockstep'];

	constructor(userId: number) {
		super(`This must be run as root; it runs as user ${userId}.`);
	}
}

export interface Sitting {
	readonly session: Session;
	readonly resumed: boolean;
	/** Aborts when the administrator leaves, or a signal says so. */
	readonly leave: AbortController;
}

/** How a sitting relates to the recorded run. */
export interface SittingKind {
	/** A finished run is opened again, for its way back. */
	readonly reopen?: boolean;
	/** Neither reads nor writes a recorded run (`smoke-test`). */
	readonly detachedFromRun?: boolean;
}

const nowhere: StateStore = { read: () => undefined, write: async () => {} };

/** A session for looking at a recorded run: it writes nothing and refuses to change the host. */
export function lookingSession(program: Program, state: RunState): Session {
	return new Session({
		host: program.host,
		steps,
		options: { pools: [], ignoredChecks: [] },
		store: nowhere,
		log: { append: () => {} },
		stateDirectory: program.places.stateDirectory,
		state: { ...state, approved: [] },
		leave: new AbortController().signal,
		ownCommands: program,
	});
}

/** The run to go on with, or a new one in its place. */
async function openState(
	program: Program,
	options: RunOptions,
	journal: Journal<RunState>,
	{ reopen = false }: SittingKind,
): Promise<{ readonly state: RunState; readonly resumed: boolean }> {
	const recorded = journal.read();
	if (recorded !== undefined && (recorded.endedAt === null || reopen)) {
		return { state: { ...recorded, endedAt: null }, resumed: true };
	}
	return { state: await newState(program, options), resumed: false };
}

/**
 * A finished run makes room when the next one has something to record, not before: a run that is blocked or finds
 * nothing to do must not take the way back with it. Its folder with the kept packages and inventories stays.
 */
function makingRoom(journal: Journal<RunState>): StateStore {
	return {
		read: () => journal.read(),
		write: async (state) => {
			const recorded = journal.read();
			if (recorded !== undefined && recorded.id !== state.id) journal.setAside();
			await journal.write(state);
		},
	};
}

/**
 * Holds the lock, opens the recorded run or begins one, and gives both back at the end.
 * Throws LockBusyError, JournalError, NotRootError.
 */
export async function withSitting<T>(
	program: Program,
	options: RunOptions,
	kind: SittingKind,
	body: (sitting: Sitting) => Promise<T>,
): Promise<T> {
	const { host, places } = program;
	if (host.kind !== 'simulated' && host.userId() !== 0) throw new NotRootError(host.userId());
	const lock = await acquireLock({ path: places.lockFile, command: ['zfs-lockstep', ...process.argv.slice(2)] });
	const leave = new AbortController();
	const abort = () => leave.abort();
	for (const signal of signals) process.on(signal, abort);
	let opened: ReturnType<typeof openEventLog> | undefined;
	try {
		const journal = journalOf(program, 'write');
		const { state, resumed } = kind.detachedFromRun
			? { state: await newState(program, options), resumed: false }
			: await openState(program, options, journal, kind);
		const file = openEventLog({ directory: places.logDirectory });
		opened = file;
		const log: EventLog = { append: (entry, durable) => file.append({ run: state.id, ...entry }, durable) };
		log.append({ type: resumed ? 'resumed' : 'begun', version, argv: process.argv.slice(2) }, { durable: true });
		const session = new Session({
			host,
			steps,
			options: { ...options, ignoredChecks: [...new Set([...state.ignoredChecks, ...options.ignoredChecks])] },
			store: kind.detachedFromRun ? nowhere : resumed ? journal : makingRoom(journal),
			log,
			stateDirectory: places.stateDirectory,
			state,
			leave: leave.signal,
			ownCommands: program,
			failpoint: program.failpoint,
		});
		return await body({ session, resumed, leave });
	} finally {
		for (const signal of signals) process.off(signal, abort);
		opened?.close();
		lock.release();
	}
}
