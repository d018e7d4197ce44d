/** Undoes what `planHold` planned, and only that. */
import type { Host } from '../host/host.js';
import { HostError } from '../host/host-error.js';
import type { PlannedCommand } from '../plan/planned-command.js';
import type { Resume } from './hold.js';
import { meansFor } from './hold-means.js';
import type { HeldJob } from './job.js';
import { findStartable, folderOf, reloadUnits, removeFolders, startDaemon } from './unit-hold.js';

const reload = reloadUnits('finish.resume-job.reload');

/** The exact undo in reverse order, as it is while nobody touches the holds. */
export function resumeCommands(held: readonly HeldJob[]): readonly PlannedCommand[] {
	const reversed = held.toReversed();
	const services = reversed.filter(isService);
	return [
		...reversed.map((one) => meansFor(one).undo(one)),
		...removeFolders(services.map(folderOf)),
		...(services.length === 0 ? [] : [reload]),
		...services.flatMap(startDaemon),
	];
}

/**
 * The undo for the host as it is now: what is undone already is left out, and what somebody changed meanwhile is left
 * as it is and told. May be planned and run again after an interruption. Where the host cannot be read, the undo on paper.
 */
export async function planResume(host: Host, held: readonly HeldJob[]): Promise<Resume> {
	try {
		return await planByHost(host, held);
	} catch (error) {
		if (!(error instanceof HostError)) throw error;
		return { stagedFiles: [], commands: resumeCommands(held), notes: [error.message] };
	}
}

async function planByHost(host: Host, held: readonly HeldJob[]): Promise<Resume> {
	const reversed = held.toReversed();
	const parts: Resume[] = [];
	for (const one of reversed) parts.push(await meansFor(one).resume(host, one));
	const services = reversed.filter(isService);
	const folders: string[] = [];
	for (const folder of services.map(folderOf)) {
		if ((await host.files.stat(folder)) !== undefined) folders.push(folder);
	}
	return {
		stagedFiles: parts.flatMap(({ stagedFiles }) => stagedFiles),
		commands: [
			...parts.flatMap(({ commands }) => commands),
			...removeFolders(folders),
			...(services.length === 0 ? [] : [reload]),
			...(await findStartable(host, services)).flatMap(startDaemon),
		],
		notes: parts.flatMap(({ notes }) => notes),
	};
}

function isService({ kind }: HeldJob): boolean {
	return kind === 'service';
}
