import { cronFileHold } from './cron-file-hold.js';
import { cronLinesHold } from './cron-lines-hold.js';
import { crontabHold } from './crontab-hold.js';
import type { HoldMeans } from './hold.js';
import type { HeldJob } from './job.js';
import { storageReplicationHold } from './storage-replication-hold.js';
import { unitHold } from './unit-hold.js';

const means: Readonly<Record<string, HoldMeans>> = {
	service: unitHold,
	'cron-file': cronFileHold,
	'cron-lines': cronLinesHold,
	'user-crontab': crontabHold,
	'storage-replication': storageReplicationHold,
};

/** @throws when the recorded state names a kind that this program never held */
export function meansFor(held: HeldJob): HoldMeans {
	const found = means[held.kind];
	if (found === undefined) throw new Error(`The run's state names a held job of the unknown kind ${held.kind}.`);
	return found;
}
