/** CRI-O: crio.conf over storage.conf (crio.conf(5), crio.conf.d(5); pkg/config/config.go). */
import type { Host } from '../../host/host.js';
import type { Fact } from '../fact.js';
import type { Mount } from '../mounts.js';
import { type Config, readConfig, textAt, textsAt } from './config.js';
import { readProgramVersion } from './program-version.js';
import { flagValue, flagValues, type Service } from './services.js';
import { type ContainerStorage, locateStorage, readStorageConf } from './storage-conf.js';

export interface Crio {
	readonly version: Fact<string>;
	readonly storage: ContainerStorage;
	/** Undefined where it is not told: systemd does not run, or does not know the unit. */
	readonly isActive: boolean | undefined;
	/** Written at a clean stop; `crio wipe` looks for it after a reboot. */
	readonly cleanShutdownFile: string;
	readonly hasCleanShutdownFile: boolean;
	/** CRI-O has run at least once that knows the file (`clean.shutdown.supported`). */
	readonly isCleanShutdownSupported: boolean;
}

interface CrioSettings {
	readonly driver: string | undefined;
	readonly graphRoot: string | undefined;
	/** Replaces the options of storage.conf where it is set. */
	readonly options: readonly string[] | undefined;
	readonly cleanShutdownFile: string | undefined;
}

const mainFile = '/etc/crio/crio.conf';
const dropInFolder = '/etc/crio/crio.conf.d';

/** @throws ConfigError, HostError */
export async function readCrio(
	host: Host,
	mounts: Fact<readonly Mount[]>,
	service: Service | undefined,
): Promise<Crio> {
	const words = service?.words ?? [];
	const environment = service?.environment ?? new Map<string, string>();
	const folder = flagValue(words, '--config-dir', '-d') ?? environment.get('CONTAINER_CONFIG_DIR') ?? dropInFolder;
	const paths = [
		flagValue(words, '--config', '-c') ?? environment.get('CONTAINER_CONFIG') ?? mainFile,
		...(await findDropIns(host, folder)),
	];
	const [version, conf, ...configs] = await Promise.all([
		readProgramVersion(host, ['crio', '--version']),
		readStorageConf(host, environment, false),
		...paths.map((path) => readConfig(host, path, 'toml')),
	]);
	const files = configs.flatMap((config) => config ?? []);
	const settings = [...files.map(readSettings), fromFlags(words, environment)];
	const last = <K extends keyof CrioSettings>(key: K) => settings.findLast((each) => each[key] !== undefined)?.[key];
	const options = last('options');
	const storage = {
		driver: last('driver') ?? conf.driver,
		graphRoot: last('graphRoot') ?? conf.graphRoot,
		fsName: options === undefined ? conf.fsName : optionIn(options, 'zfs.fsname'),
		mountProgram: options === undefined ? conf.mountProgram : optionIn(options, 'overlay.mount_program'),
	};
	const sources = [...(conf.file === undefined ? [] : [conf.file]), ...files.map(({ source }) => source)];
	const cleanShutdownFile = last('cleanShutdownFile') ?? '/var/lib/crio/clean.shutdown';
	const [isThere, isSupported] = await Promise.all([
		host.files.stat(cleanShutdownFile),
		host.files.stat(`${cleanShutdownFile}.supported`),
	]);
	return {
		version,
		storage: await locateStorage(host, mounts, storage, conf, sources),
		isActive: service?.isActive,
		cleanShutdownFile,
		hasCleanShutdownFile: isThere !== undefined,
		isCleanShutdownSupported: isSupported !== undefined,
	};
}

/** Every file at any depth, whatever its name, in the order of `filepath.Walk`. */
async function findDropIns(host: Host, folder: string): Promise<readonly string[]> {
	const found: string[] = [];
	for (const name of ((await host.files.list(folder)) ?? []).toSorted()) {
		const path = `${folder}/${name}`;
		const stat = await host.files.stat(path);
		found.push(...(stat?.type === 'directory' ? await findDropIns(host, path) : [path]));
	}
	return found;
}

function readSettings(config: Config): CrioSettings {
	const options = textsAt(config, 'crio', 'storage_option');
	return {
		driver: textAt(config, 'crio', 'storage_driver') || undefined,
		graphRoot: textAt(config, 'crio', 'root') || undefined,
		options: options?.length === 0 ? undefined : options,
		cleanShutdownFile: textAt(config, 'crio', 'clean_shutdown_file'),
	};
}

function fromFlags(words: readonly string[], environment: ReadonlyMap<string, string>): CrioSettings {
	const given = flagValues(words, '--storage-opt');
	const option = given.length > 0 ? given.join(',') : environment.get('CONTAINER_STORAGE_OPT');
	return {
		driver: flagValue(words, '--storage-driver', '-s') ?? environment.get('CONTAINER_STORAGE_DRIVER'),
		graphRoot: flagValue(words, '--root', '-r') ?? environment.get('CONTAINER_ROOT'),
		options: option?.split(','),
		cleanShutdownFile: flagValue(words, '--clean-shutdown-file'),
	};
}

function optionIn(options: readonly string[], name: string): string | undefined {
	const found = options.findLast((option) => option.trim().toLowerCase().startsWith(`${name}=`));
	return found?.slice(found.indexOf('=') + 1).trim() || undefined;
}
