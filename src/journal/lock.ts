import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeAll } from '../host/durable-write.js';
import { takeFileLock } from '../host/file-lock.js';
import { makeFolders } from '../host/make-folders.js';
import { identifySelf, isAlive, type ProcessIdentity } from '../host/process-identity.js';
import { quoteForDisplay } from '../host/text.js';
import { JournalError, toJournalError } from './journal-error.js';

/** Who holds the lock. */
export interface LockHolder {
	readonly pid: number;
	/** ISO 8601. */
	readonly since: string;
	/** What it was started with. */
	readonly command: readonly string[];
}

/** Another run holds the lock (exit code 75 above). */
export class LockBusyError extends Error {
	override readonly name = 'LockBusyError';
	readonly path: string;
	/** Undefined where it does not say. */
	readonly holder: LockHolder | undefined;
	readonly why = 'Two of them would change the host under each other. Nothing was begun.';
	/** Instructions, one each. */
	readonly remediation: readonly string[];
	/** EX_TEMPFAIL of sysexits(3). */
	readonly exitCode = 75;

	constructor(file: string, holder: LockHolder | undefined) {
		const who = holder
			? `${quoteForDisplay(holder.command)} (process ${holder.pid}, since ${holder.since})`
			: 'a process that does not say its name';
		super(`Another zfs-lockstep is at work on this host: ${who}.`);
		this.path = file;
		this.holder = holder;
		this.remediation = [
			'Wait until it has ended, or leave it where it runs. Where it stands: zfs-lockstep status',
			...(holder === undefined ? [] : [`See whether it is what you think: ps -fp ${holder.pid}`]),
		];
	}
}

export interface Lock {
	release(): void;
}

export interface LockOptions {
	/** `/run/lock/zfs-lockstep.lock`: gone after a reboot. Never delete it: two could hold a file of the same name. */
	readonly path: string;
	/** Shown to whoever finds it taken. */
	readonly command: readonly string[];
}

interface LockRecord extends LockHolder {
	readonly process: ProcessIdentity;
}

/** A holder writes its name right after it has the lock. */
const nameAttempts = 25;
const nameMilliseconds = 20;
const recordLimit = 64 * 1024;

/**
 * Takes the lock, which the kernel gives back when this process ends, however it ends.
 * Throws `LockBusyError`, and `JournalError` where the lock cannot be made.
 */
export async function acquireLock(options: LockOptions): Promise<Lock> {
	for (;;) {
		const fd = openLockFile(options.path);
		try {
			if (!(await takeFileLock(fd))) throw new LockBusyError(options.path, await readHolder(fd));
			// Somebody may have removed the file meanwhile: a lock on a file without a name keeps nobody out.
			if (fstatSync(fd).ino === statSync(options.path, { throwIfNoEntry: false })?.ino) {
				writeRecord(fd, options.command);
				return { release: () => closeSync(fd) };
			}
		} catch (error) {
			closeSync(fd);
			throw error instanceof LockBusyError ? error : toJournalError(error, 'take the lock', options.path);
		}
		closeSync(fd);
	}
}

/** Whether a living process says that it holds the lock. Takes nothing and makes nothing; for those that only look. */
export function isLockHeld(file: string): boolean {
	let fd: number;
	try {
		fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
	} catch {
		return false;
	}
	try {
		const record = readRecord(fd);
		return record !== undefined && isAlive(record.process);
	} finally {
		closeSync(fd);
	}
}

function openLockFile(file: string): number {
	try {
		makeFolders(path.dirname(file), 0o755);
		const fd = openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
		const stat = fstatSync(fd);
		if (stat.isFile() && stat.uid === process.geteuid?.()) return fd;
		closeSync(fd);
		throw refuse(file, stat.isFile() ? `it belongs to user ${stat.uid}` : 'it is not a file');
	} catch (error) {
		throw toJournalError(error, 'open the lock', file);
	}
}

function refuse(file: string, fault: string): JournalError {
	const shown = quoteForDisplay([file]);
	return new JournalError('unsafe', file, {
		what: `Refused to use the lock ${shown}: ${fault}.`,
		why: 'Somebody else could keep us out, or let two in.',
		remediation: [`Look who made it, and remove it: ls -l ${shown}`],
	});
}

function writeRecord(fd: number, command: readonly string[]): void {
	const self = identifySelf();
	const record: LockRecord = { pid: self.pid, since: new Date().toISOString(), command, process: self };
	ftruncateSync(fd);
	writeAll(fd, Buffer.from(JSON.stringify(record)));
}

/** The name in the file may still be that of the holder before, or half of the new one. */
async function readHolder(fd: number): Promise<LockHolder | undefined> {
	for (let attempt = 0; attempt < nameAttempts; attempt += 1) {
		const record = readRecord(fd);
		if (record !== undefined && isAlive(record.process)) {
			const { pid, since, command } = record;
			return { pid, since, command };
		}
		await sleep(nameMilliseconds);
	}
	return undefined;
}

function readRecord(fd: number): LockRecord | undefined {
	const buffer = Buffer.alloc(recordLimit);
	const bytes = readSync(fd, buffer, 0, buffer.length, 0);
	try {
		return JSON.parse(buffer.toString('utf8', 0, bytes)) as LockRecord;
	} catch {
		return undefined;
	}
}
