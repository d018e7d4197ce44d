/** Docker, from daemon.json, its unit and what lies in its folder (moby daemon/, cmd/dockerd). */
import type { Host } from '../../host/host.js';
import type { Fact } from '../fact.js';
import type { Mount } from '../mounts.js';
import { flagAt, readConfig, textAt } from './config.js';
import { type Place, readPlace } from './place.js';
import { readProgramVersion } from './program-version.js';
import { flagValue, type Service } from './services.js';

export interface Docker {
	/** Of the daemon's program. */
	readonly version: Fact<string>;
	readonly configFile: string;
	readonly dataRoot: Place;
	/** Asked for by file, flag or `DOCKER_DRIVER`; undefined: the daemon chooses. */
	readonly storageDriver: string | undefined;
	/** `features.containerd-snapshotter`; undefined: not set. */
	readonly usesContainerdStore: boolean | undefined;
	/** Drivers whose folder below data-root is not empty: how dockerd finds a driver in use (`scanPriorDrivers`). */
	readonly priorDrivers: readonly string[];
}

const defaultConfig = '/etc/docker/daemon.json';
const defaultRoot = '/var/lib/docker';
const drivers = ['overlay2', 'fuse-overlayfs', 'btrfs', 'zfs'] as const;

/** @throws ConfigError, HostError */
export async function readDocker(
	host: Host,
	mounts: Fact<readonly Mount[]>,
	service: Service | undefined,
): Promise<Docker> {
	const words = service?.words ?? [];
	const configFile = flagValue(words, '--config-file') ?? defaultConfig;
	const [version, file] = await Promise.all([
		readProgramVersion(host, ['dockerd', '--version']),
		readConfig(host, configFile, 'json'),
	]);
	const config = file ?? { source: configFile, root: {} };
	const root =
		flagValue(words, '--data-root', '-g', '--graph') ??
		textAt(config, 'data-root') ??
		textAt(config, 'graph') ??
		defaultRoot;
	const dataRoot = await readPlace(host, mounts, root);
	const filled = await Promise.all(
		drivers.map(async (driver) => ((await host.files.list(`${dataRoot.resolved}/${driver}`)) ?? []).length > 0),
	);
	const asked =
		service?.environment.get('DOCKER_DRIVER') ??
		flagValue(words, '--storage-driver', '-s') ??
		textAt(config, 'storage-driver');
	return {
		version,
		configFile,
		dataRoot,
		storageDriver: asked || undefined,
		usesContainerdStore: flagAt(config, 'features', 'containerd-snapshotter'),
		priorDrivers: drivers.filter((_, index) => filled[index]),
	};
}
