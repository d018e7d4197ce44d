/** Where the simulated machine is kept between operations and processes. */
import {
	closeSync,
	linkSync,
	mkdirSync,
	openSync,
	readFileSync,
	renameSync,
	statSync,
	unlinkSync,
	writeFileSync,
	writeSync,
} from 'node:fs';
import path from 'node:path';
import { type Machine, machineSchemaVersion } from './machine.js';

export interface MachineStore {
	load(): Machine | undefined;
	save(machine: Machine): void;
	/** Nobody else reads or writes meanwhile. */
	exclusively<T>(work: () => T): T;
}

/** The machine file is of another version or damaged. */
class MachineFileError extends Error {
	override readonly name = 'MachineFileError';
}

/** For tests: the machine lives as long as the object. */
export function createMemoryStore(machine?: Machine): MachineStore {
	let kept = machine;
	return {
		load: () => kept,
		save: (next) => {
			kept = next;
		},
		exclusively: (work) => work(),
	};
}

/** Keeps the machine in `machine.json` in a folder of this computer, which is made when it is not there. */
export function createFileStore(directory: string): MachineStore {
	mkdirSync(directory, { recursive: true, mode: 0o700 });
	const target = path.join(directory, 'machine.json');
	const lock = path.join(directory, 'machine.lock');
	let seen: { readonly identity: string; readonly machine: Machine } | undefined;
	return {
		load() {
			const identity = identify(target);
			if (identity === undefined) return undefined;
			if (seen?.identity !== identity) seen = { identity, machine: readMachine(target) };
			return seen.machine;
		},
		save(machine) {
			if (seen?.machine === machine) return;
			// Renamed into place: a process that is killed here leaves the old machine or the new one.
			const temporary = `${target}.${process.pid}`;
			writeFileSync(temporary, JSON.stringify(machine), { mode: 0o600 });
			renameSync(temporary, target);
			seen = { identity: identify(target) ?? '', machine };
		},
		exclusively(work) {
			takeLock(lock);
			try {
				return work();
			} finally {
				unlinkSync(lock);
			}
		},
	};
}

function identify(file: string): string | undefined {
	const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
	return stat === undefined ? undefined : `${stat.ino}:${stat.mtimeNs}:${stat.size}`;
}

function readMachine(file: string): Machine {
	let machine: unknown;
	try {
		machine = JSON.parse(readFileSync(file, 'utf8'));
	} catch (error) {
		throw new MachineFileError(`The simulated machine in ${file} cannot be read: remove its folder to start anew.`, {
			cause: error,
		});
	}
	if (typeof machine !== 'object' || machine === null || !('schemaVersion' in machine)) {
		throw new MachineFileError(`There is no simulated machine in ${file}: remove its folder to start anew.`);
	}
	if (machine.schemaVersion !== machineSchemaVersion) {
		throw new MachineFileError(
			`The simulated machine in ${file} is of another version: remove its folder to start anew.`,
		);
	}
	// The simulator's own file, written whole by `save`: its version is the proof of its shape.
	return machine as Machine;
}

/** Milliseconds between two tries for the lock, and tries until we give up: ten seconds. */
const retryMilliseconds = 5;
const retries = 2000;

function takeLock(lock: string): void {
	for (let attempt = 0; attempt < retries; attempt += 1) {
		if (tryLock(lock)) return;
		if (isAbandoned(lock)) breakLock(lock);
		else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMilliseconds);
	}
	throw new MachineFileError(`Another process keeps the simulated machine: ${lock}`);
}

function tryLock(lock: string): boolean {
	// The name appears with its content, or a process killed between the two would leave a lock without an owner.
	const own = `${lock}.${process.pid}`;
	const handle = openSync(own, 'w', 0o600);
	writeSync(handle, String(process.pid));
	closeSync(handle);
	try {
		linkSync(own, lock);
		return true;
	} catch {
		return false;
	} finally {
		unlinkSync(own);
	}
}

function isAbandoned(lock: string): boolean {
	try {
		const owner = Number(readFileSync(lock, 'utf8'));
		if (owner === process.pid) return false;
		process.kill(owner, 0);
		return false;
	} catch (error) {
		return error instanceof Error && 'code' in error && error.code === 'ESRCH';
	}
}

function breakLock(lock: string): void {
	const moved = `${lock}.abandoned.${process.pid}`;
	try {
		renameSync(lock, moved);
		// Somebody may have broken it and taken it between our look and our rename: theirs goes back.
		if (!isAbandoned(moved)) linkSync(moved, lock);
		unlinkSync(moved);
	} catch {
		// Somebody else was faster.
	}
}
