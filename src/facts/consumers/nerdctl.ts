import type { Host } from '../../host/host.js';
import type { Fact } from '../fact.js';
import { readConfig, textAt } from './config.js';
import { readProgramVersion } from './program-version.js';

export interface Nerdctl {
	readonly version: Fact<string>;
	readonly configFile: string;
	/** It does not look at containerd's configuration: its own file, else overlayfs (nerdctl docs/config.md). */
	readonly snapshotter: string;
	readonly isSnapshotterSet: boolean;
}

const configFile = '/etc/nerdctl/nerdctl.toml';

/** nerdctl of root. @throws ConfigError, HostError */
export async function readNerdctl(host: Host): Promise<Nerdctl> {
	const [version, config] = await Promise.all([
		readProgramVersion(host, ['nerdctl', '--version']),
		readConfig(host, configFile, 'toml'),
	]);
	const snapshotter = config && textAt(config, 'snapshotter');
	return {
		version,
		configFile,
		snapshotter: snapshotter || 'overlayfs',
		isSnapshotterSet: snapshotter !== undefined && snapshotter !== '',
	};
}
