/**
 * Replication that is set up in properties of datasets, but that nothing on this host starts: another host may pull it
 * over SSH, and can only be told there to wait.
 */
import { type Fact, known } from '../facts/fact.js';
import { exists } from '../facts/read-text.js';
import type { Host } from '../host/host.js';
import { stripControls } from '../host/text.js';
import { walk } from '../zfs/walk.js';
import { setPropertyListing } from '../zfs/zfs-get.js';
import type { JobSystem, OutsideJob } from './job.js';

interface Plan {
	readonly system: JobSystem;
	/** Name of the backup set. */
	readonly set: string;
	datasets: number;
}

/** @param found systems that have a job on this host */
export async function findOutsideJobs(host: Host, found: ReadonlySet<JobSystem>): Promise<Fact<readonly OutsideJob[]>> {
	const isLoaded = await exists(host, '/sys/module/zfs');
	if (!isLoaded.known) return isLoaded;
	if (!isLoaded.value) return known([], '/sys/module/zfs');
	const plans = new Map<string, Plan>();
	const count = await walk(host, setPropertyListing, ({ property, value }) => {
		const system = systemOf(property);
		if (system === undefined || found.has(system) || /^(?:off|false|-)?$/.test(value)) return;
		const plan = plans.get(property) ?? { system, set: property.slice(property.indexOf(':') + 1), datasets: 0 };
		plan.datasets += 1;
		plans.set(property, plan);
	});
	if (!count.known) return count;
	return known([...plans.values()].map(toJob), count.source);
}

function systemOf(property: string): JobSystem | undefined {
	if (property.startsWith('autobackup:')) return 'zfs-autobackup';
	return property === 'org.znapzend:src_plan' ? 'znapzend' : undefined;
}

function toJob({ system, set, datasets }: Plan): OutsideJob {
	const name = system === 'znapzend' ? 'znapzend' : `zfs-autobackup-${set}`;
	const of = datasets === 1 ? '1 dataset' : `${datasets} datasets`;
	return { kind: 'outside', system, name, runs: stripControls(`${system} of ${of}, started by nothing on this host`) };
}
