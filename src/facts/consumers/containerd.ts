/** containerd, alone or inside k3s, RKE2 and MicroK8s. */
import { posix } from 'node:path';
import { type Host, succeeded } from '../../host/host.js';
import { quoteForDisplay, stripControls } from '../../host/text.js';
import { type Fact, unknown } from '../fact.js';
import type { Mount } from '../mounts.js';
import { ConfigError, parseConfig, readConfig } from './config.js';
import {
	type ContainerdSettings,
	emptyContainerdConfig,
	importsOf,
	mergeContainerdSettings,
	readContainerdSettings,
} from './containerd-settings.js';
import { findMatchingFiles } from './matching-files.js';
import { type Place, parentOf, readPlace } from './place.js';
import { readProgramVersion } from './program-version.js';
import { flagValue, type Service } from './services.js';

export interface Containerd {
	/** Whose containerd it is. */
	readonly name: 'containerd' | 'k3s' | 'RKE2' | 'MicroK8s';
	/** Of containerd itself; unknown where it is part of another program. */
	readonly version: Fact<string>;
	/** Of the program that it is part of. */
	readonly productVersion: Fact<string> | undefined;
	readonly configFile: string;
	/** Where `settings` come from: the program's own merge, or ours. */
	readonly source: string;
	/** What holds. */
	readonly settings: ContainerdSettings;
	/** What the main file alone says. */
	readonly fileSettings: ContainerdSettings;
	/** Where the zfs snapshotter keeps its data. */
	readonly zfsRoot: Place;
	readonly overlayRoot: Place;
	/** A kubelet is on this host: it pulls and runs through CRI. */
	readonly servesKubelet: boolean;
}

interface Variant {
	readonly name: Containerd['name'];
	readonly configFile: string;
	readonly root: string;
	/** Prints its version without asking a daemon; of the program that containerd is part of. */
	readonly product?: readonly [string, ...string[]];
}

export const containerdVariants = {
	containerd: { name: 'containerd', configFile: '/etc/containerd/config.toml', root: '/var/lib/containerd' },
	k3s: {
		name: 'k3s',
		configFile: '/var/lib/rancher/k3s/agent/etc/containerd/config.toml',
		root: '/var/lib/rancher/k3s/agent/containerd',
		product: ['k3s', '--version'],
	},
	rke2: {
		name: 'RKE2',
		configFile: '/var/lib/rancher/rke2/agent/etc/containerd/config.toml',
		root: '/var/lib/rancher/rke2/agent/containerd',
		product: ['rke2', '--version'],
	},
	microk8s: {
		name: 'MicroK8s',
		configFile: '/var/snap/microk8s/current/args/containerd.toml',
		root: '/var/snap/microk8s/common/var/lib/containerd',
	},
} as const satisfies Readonly<Record<string, Variant>>;

/** @throws ConfigError, HostError */
export async function readContainerd(
	host: Host,
	mounts: Fact<readonly Mount[]>,
	variant: Variant,
	service: Service | undefined,
): Promise<Containerd> {
	const isAlone = variant.name === 'containerd';
	const configFile = (isAlone && flagValue(service?.words ?? [], '--config', '-c')) || variant.configFile;
	const isThere = (await host.files.stat(configFile)) !== undefined;
	const [version, productVersion, dumped] = await Promise.all([
		isAlone ? readProgramVersion(host, ['containerd', '--version']) : unknown(`it is part of ${variant.name}`),
		variant.product === undefined ? undefined : readProgramVersion(host, variant.product),
		isAlone && isThere ? dumpSettings(host, configFile) : undefined,
	]);
	const main = await readConfig(host, configFile, 'toml');
	const fileSettings = readContainerdSettings(main ?? emptyContainerdConfig);
	const own = dumped ?? (await mergeImports(host, configFile, version));
	const root = own.settings.root ?? variant.root;
	const [kubelet, zfsRoot, overlayRoot] = await Promise.all([
		host.files.stat(kubeletConfig),
		readPlace(host, mounts, own.settings.zfsRoot ?? `${root}/io.containerd.snapshotter.v1.zfs`),
		readPlace(host, mounts, `${root}/io.containerd.snapshotter.v1.overlayfs`),
	]);
	return {
		name: variant.name,
		version,
		productVersion,
		configFile,
		source: own.source,
		settings: own.settings,
		fileSettings,
		zfsRoot,
		overlayRoot,
		servesKubelet: isAlone ? kubelet !== undefined : isThere,
	};
}

const kubeletConfig = '/var/lib/kubelet/config.yaml';

interface Effective {
	readonly source: string;
	readonly settings: ContainerdSettings;
}

/** Seconds; it reads files and prints them. */
const dumpLimit = 10;

/**
 * The program's own word: it loads, merges and migrates its files and starts nothing. Asked only where there is a file,
 * since it fails without one (measured with 1.6.20). Undefined where the program is not there, is too slow, or may be
 * of another architecture (a mounted system).
 * @throws ConfigError where containerd refuses its own files
 */
async function dumpSettings(host: Host, configFile: string): Promise<Effective | undefined> {
	if (host.kind === 'alternate-root') return undefined;
	const flags = configFile === containerdVariants.containerd.configFile ? [] : ['--config', configFile];
	const argv = ['containerd', ...flags, 'config', 'dump'] as const;
	const result = await host.run({ argv, timeoutSeconds: dumpLimit });
	const source = quoteForDisplay(argv);
	if (result.outcome.kind !== 'exited' || result.truncated) return undefined;
	if (!succeeded(result)) {
		const said = stripControls(result.stderr || result.stdout).trim();
		throw new ConfigError(source, said === '' ? `exit code ${result.outcome.code}` : said);
	}
	return { source, settings: readContainerdSettings(await parseConfig(source, result.stdout, 'toml')) };
}

/** Breadth first, each file once, later ones over earlier ones, as `LoadConfig` does. */
async function mergeImports(host: Host, configFile: string, version: Fact<string>): Promise<Effective> {
	const pending = [configFile];
	const loaded: string[] = [];
	const isOld = version.known && Number.parseInt(version.value, 10) < 2;
	let settings = readContainerdSettings(emptyContainerdConfig);
	for (let path = pending.shift(); path !== undefined; path = pending.shift()) {
		if (loaded.includes(path)) continue;
		const config = await readConfig(host, path, 'toml');
		if (config === undefined) {
			if (loaded.length === 0) return { source: emptyContainerdConfig.source, settings };
			throw new ConfigError(path, 'it is imported and is not there');
		}
		const read = readContainerdSettings(config);
		settings = loaded.length === 0 ? read : mergeContainerdSettings(settings, read, path, isOld);
		loaded.push(path);
		for (const each of importsOf(config)) {
			// Up to 1.x a relative pattern is looked for where the daemon stands, a relative path beside the file.
			const base = isOld && each.includes('*') ? '/' : parentOf(path);
			pending.push(...(await findMatchingFiles(host, posix.resolve(base, each))));
		}
	}
	const readsAnyStyle = version.known && !isOld;
	const snapshotter = settings.snapshotter ?? (readsAnyStyle ? settings.ignoredSnapshotter : undefined);
	return { source: loaded.join(', '), settings: { ...settings, snapshotter } };
}
