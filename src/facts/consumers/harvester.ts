import type { Host } from '../../host/host.js';
import { ConfigError, readConfig, textAt } from './config.js';

/** The node's release (harvester-installer, scripts/package-harvester-os). */
export interface Harvester {
	/** `v1.3.2` */
	readonly version: string;
}

const releaseFile = '/etc/harvester-release.yaml';

/** @throws ConfigError, HostError */
export async function readHarvester(host: Host): Promise<Harvester | undefined> {
	const release = await readConfig(host, releaseFile, 'yaml');
	if (release === undefined) return undefined;
	const version = textAt(release, 'harvester');
	if (version === undefined) throw new ConfigError(releaseFile, 'it names no version of harvester');
	return { version };
}
