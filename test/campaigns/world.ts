/** Everything that outlives the program: the simulated host, and the disk that its state and log are on. */

import type { Machine } from '../../src/host/simulated/machine.js';
import { createMemoryStore } from '../../src/host/simulated/machine-store.js';
import { buildScenario } from '../../src/host/simulated/scenarios.js';
import { createSimulatedHost } from '../../src/host/simulated/simulated-host.js';
import { type DiskImage, diskRoot, LossyDisk } from './disk/lossy-disk.js';

export interface World {
	readonly machine: Machine;
	readonly disk: DiskImage;
}

/** State folder of the runs, as the simulated host sees it: what the steps keep there is on the simulated disk. */
export const stateDirectory = '/var/lib/zfs-lockstep';
/** Folders of the journal and of the log on the lossy disk. */
export const journalDirectory = `${diskRoot}/state`;
export const logDirectory = `${diskRoot}/log`;

/** A simulated host that runs each route. */
export const scenarioOf = {
	'dkms-ahead': 'held-jobs',
	'module-package': 'module-package',
	'kernel-package': 'module-with-the-kernel',
	'one-transaction': 'locked-packages',
} as const;
export type CampaignRoute = keyof typeof scenarioOf;
export const campaignRoutes = Object.keys(scenarioOf) as readonly CampaignRoute[];

/** A host that is up, and nothing of ours on it. */
export function newWorld(scenario: string, seed: number): World {
	return { machine: booted(buildScenario(scenario, seed)), disk: new LossyDisk().image() };
}

/** Boots a machine that is down. */
export function booted(machine: Machine): Machine {
	return createSimulatedHost({ directory: '', store: createMemoryStore(machine) }).machine();
}
