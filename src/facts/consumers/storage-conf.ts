/**
 * storage.conf of containers/storage, which podman, buildah and CRI-O share (containers-storage.conf(5);
 * types/options.go of v1.59, storage/pkg/configfile of v1.63).
 */
import type { Host } from '../../host/host.js';
import type { Fact } from '../fact.js';
import type { Mount } from '../mounts.js';
import { type Config, readConfig, textAt } from './config.js';
import { findMatchingFiles } from './matching-files.js';
import { type Place, parentOf, readPlace } from './place.js';

/** Settings as far as they are set. */
export interface StorageSettings {
	readonly driver: string | undefined;
	readonly graphRoot: string | undefined;
	/** `zfs.fsname`: the dataset by name, which skips the test of the folder. */
	readonly fsName: string | undefined;
	/** Program that mounts overlays instead of the kernel: fuse-overlayfs works on any OpenZFS. */
	readonly mountProgram: string | undefined;
}

export interface StorageConf extends StorageSettings {
	/** The main file that is read; undefined: none, the built-in values hold. */
	readonly file: string | undefined;
	/** Main files that the first one hides. */
	readonly hidden: readonly string[];
	/** Drop-ins that are there; older releases do not read them. */
	readonly dropIns: readonly string[];
	/** Whether the drop-ins are part of the settings. */
	readonly areDropInsRead: boolean;
}

/** What containers/storage would do with these settings at its next start. */
export interface ContainerStorage extends StorageSettings {
	/** Where the settings come from, the strongest last. */
	readonly sources: readonly string[];
	readonly conf: StorageConf;
	readonly root: Place;
	/** The driver asks here for ZFS, not at the root itself (`GetFSMagic` of drivers/driver_linux.go). */
	readonly rootParent: Place;
	/** Drivers that have left a folder below the root. */
	readonly priorDrivers: readonly string[];
}

const mainFiles = ['/etc/containers/storage.conf', '/usr/share/containers/storage.conf'] as const;
/** For root; the ones of later folders win over those of the same name before. */
const dropInFolders = ['storage.conf.d', 'storage.rootful.conf.d'] as const;
const defaultRoot = '/var/lib/containers/storage';
const drivers = ['overlay', 'zfs', 'btrfs', 'vfs', 'aufs', 'devicemapper'] as const;

/**
 * @param environment of the service; `CONTAINERS_STORAGE_CONF` names the only file
 * @param areDropInsRead release 1.63 of containers/storage and later (podman 6): one main file and drop-ins
 * @throws ConfigError, HostError
 */
export async function readStorageConf(
	host: Host,
	environment: ReadonlyMap<string, string>,
	areDropInsRead: boolean,
): Promise<StorageConf> {
	const named = environment.get('CONTAINERS_STORAGE_CONF');
	const candidates = named === undefined ? mainFiles : [named];
	const there: string[] = [];
	for (const path of candidates) {
		if ((await host.files.stat(path)) !== undefined) there.push(path);
	}
	const [file, ...hidden] = there;
	const dropIns = named === undefined ? await findDropIns(host) : [];
	const paths = [...(file === undefined ? [] : [file]), ...(areDropInsRead ? dropIns : [])];
	const configs = await Promise.all(paths.map((path) => readConfig(host, path, 'toml')));
	const settings = configs.flatMap((config) => (config === undefined ? [] : [readSettings(config)]));
	return {
		...settings.reduce(overlay, nothingSet),
		...(environment.has('STORAGE_DRIVER') && { driver: environment.get('STORAGE_DRIVER') }),
		file,
		hidden,
		dropIns,
		areDropInsRead,
	};
}

async function findDropIns(host: Host): Promise<readonly string[]> {
	const found = new Map<string, string>();
	for (const folder of dropInFolders) {
		for (const base of ['/usr/share/containers', '/etc/containers']) {
			for (const path of await findMatchingFiles(host, `${base}/${folder}/*.conf`)) {
				found.set(`${folder}/${path.slice(path.lastIndexOf('/') + 1)}`, path);
			}
		}
	}
	return [...found.values()];
}

function readSettings(config: Config): StorageSettings {
	return {
		driver: textAt(config, 'storage', 'driver') || undefined,
		graphRoot: textAt(config, 'storage', 'graphroot') || undefined,
		fsName: textAt(config, 'storage', 'options', 'zfs', 'fsname') || undefined,
		mountProgram: textAt(config, 'storage', 'options', 'overlay', 'mount_program') || undefined,
	};
}

const nothingSet: StorageSettings = {
	driver: undefined,
	graphRoot: undefined,
	fsName: undefined,
	mountProgram: undefined,
};

/** Settings of the second win where they are set. */
function overlay(under: StorageSettings, over: StorageSettings): StorageSettings {
	return {
		driver: over.driver ?? under.driver,
		graphRoot: over.graphRoot ?? under.graphRoot,
		fsName: over.fsName ?? under.fsName,
		mountProgram: over.mountProgram ?? under.mountProgram,
	};
}

/** @throws HostError */
export async function locateStorage(
	host: Host,
	mounts: Fact<readonly Mount[]>,
	settings: StorageSettings,
	conf: StorageConf,
	sources: readonly string[],
): Promise<ContainerStorage> {
	const path = settings.graphRoot ?? defaultRoot;
	const [root, rootParent, names] = await Promise.all([
		readPlace(host, mounts, path),
		readPlace(host, mounts, parentOf(path)),
		host.files.list(path),
	]);
	return {
		driver: settings.driver,
		graphRoot: settings.graphRoot,
		fsName: settings.fsName,
		mountProgram: settings.mountProgram,
		sources: sources.length === 0 ? ['built-in values'] : sources,
		conf,
		root,
		rootParent,
		priorDrivers: drivers.filter((each) => names?.includes(each)),
	};
}
