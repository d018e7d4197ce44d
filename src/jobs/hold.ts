import type { Host } from '../host/host.js';
import type { PlannedCommand } from '../plan/planned-command.js';
import type { HeldJob } from './job.js';

/** A file that a command needs, written into the run's own folder first. */
export interface StagedFile {
	readonly path: string;
	readonly text: string;
	readonly mode: number;
}

/** @throws HostError */
export async function writeStagedFiles(host: Host, files: readonly StagedFile[]): Promise<void> {
	for (const { path, text, mode } of files) {
		await host.files.makeDirectory(path.slice(0, path.lastIndexOf('/')), { mode: 0o700 });
		await host.files.write(path, text, { mode });
	}
}

/** Where a run keeps what it moves away, and what undoes its holds. */
export interface HoldPlace {
	/** Below the run's own folder. */
	readonly folder: string;
	/** As it is typed for this run: `zfs-lockstep reset --state-dir /srv/state`. */
	readonly resetCommand: string;
}

/** How one job is put on hold. */
export interface Hold {
	readonly held: HeldJob;
	readonly stagedFiles: readonly StagedFile[];
	/** May be run twice. */
	readonly commands: readonly PlannedCommand[];
}

/** What is left to undo, by what is there now. */
export interface Resume {
	readonly stagedFiles: readonly StagedFile[];
	readonly commands: readonly PlannedCommand[];
	/** What was changed meanwhile and is left as it is; a sentence each. */
	readonly notes: readonly string[];
}

export const nothingToResume: Resume = { stagedFiles: [], commands: [], notes: [] };

/** What can be done with a held job of one kind. */
export interface HoldMeans {
	/** The exact undo of a hold that nobody touched. */
	undo(held: HeldJob): PlannedCommand;
	/** The undo for the host as it is now. @throws HostError */
	resume(host: Host, held: HeldJob): Promise<Resume>;
	/** Whether the hold is still in place. @throws HostError */
	isHeld(host: Host, held: HeldJob): Promise<boolean>;
	/** One line: what is on hold, and by what. */
	describe(held: HeldJob): string;
}

/** @throws when the recorded state lacks it: it was not written by this program */
export function detailOf(held: HeldJob, key: string): string {
	const value = held.detail[key];
	if (value === undefined) throw new Error(`The held job ${held.name} has no ${key}.`);
	return value;
}
