import type { Host } from '../../host/host.js';
import { parseVersion } from '../../knowledge/version.js';
import type { Fact } from '../fact.js';
import type { Mount } from '../mounts.js';
import { readProgramVersion } from './program-version.js';
import { type ContainerStorage, locateStorage, readStorageConf } from './storage-conf.js';

export interface Podman {
	readonly version: Fact<string>;
	readonly storage: ContainerStorage;
}

/** Podman of root. @throws ConfigError, HostError */
export async function readPodman(host: Host, mounts: Fact<readonly Mount[]>): Promise<Podman> {
	const version = await readProgramVersion(host, ['podman', '--version']);
	const conf = await readStorageConf(host, new Map(), version.known && majorOf(version.value) >= 6);
	const sources = [...(conf.file === undefined ? [] : [conf.file]), ...(conf.areDropInsRead ? conf.dropIns : [])];
	return { version, storage: await locateStorage(host, mounts, conf, conf, sources) };
}

function majorOf(version: string): number {
	return Number(parseVersion(version)?.split('.')[0] ?? 0);
}
