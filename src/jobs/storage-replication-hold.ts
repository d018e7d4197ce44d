/** Proxmox VE's jobs are switched off by its own command, which tells the whole cluster. */
import { type PlannedCommand, plan } from '../plan/planned-command.js';
import { detailOf, type Hold, type HoldMeans, nothingToResume } from './hold.js';
import type { HeldJob, StorageReplicationJob } from './job.js';
import { readReplication } from './storage-replication.js';

export function holdStorageReplication(job: StorageReplicationJob): Hold {
	return {
		held: { kind: job.kind, name: job.name, detail: { id: job.id } },
		stagedFiles: [],
		commands: [
			plan(`backup.hold-job.${job.name}`, `Switch the replication job ${job.id} off`, {
				argv: ['pvesr', 'disable', job.id],
			}),
		],
	};
}

function switchOn(held: HeldJob): PlannedCommand {
	const id = detailOf(held, 'id');
	return plan(`finish.resume-job.${held.name}`, `Switch the replication job ${id} on again`, {
		argv: ['pvesr', 'enable', id],
	});
}

export const storageReplicationHold: HoldMeans = {
	undo: switchOn,
	async resume(host, held) {
		const id = detailOf(held, 'id');
		const entry = (await readReplication(host))?.find((each) => each.id === id);
		if (entry === undefined) return { ...nothingToResume, notes: [`The replication job ${id} was removed meanwhile.`] };
		return entry.isDisabled ? { ...nothingToResume, commands: [switchOn(held)] } : nothingToResume;
	},
	async isHeld(host, held) {
		const entry = (await readReplication(host))?.find(({ id }) => id === detailOf(held, 'id'));
		return entry === undefined || entry.isDisabled;
	},
	describe: (held) => `Proxmox replication job ${detailOf(held, 'id')}: disabled`,
};
