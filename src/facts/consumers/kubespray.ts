/** Variables of Kubespray inventories, where this host is the one that Kubespray is run from. */
import type { Host } from '../../host/host.js';
import { type Config, readConfig, textAt } from './config.js';
import { findMatchingFiles } from './matching-files.js';

export interface KubesprayInventory {
	readonly folder: string;
	/** Undefined: not set; Kubespray's own default is overlayfs (roles/container-engine/containerd/defaults). */
	readonly containerdSnapshotter: string | undefined;
	/** Undefined: not set; the template has overlayfs (roles/container-engine/nerdctl/templates/nerdctl.toml.j2). */
	readonly nerdctlSnapshotter: string | undefined;
}

/** Where administrators clone it, as its documentation does. */
const inventories = [
	'/root/kubespray/inventory/*',
	'/opt/kubespray/inventory/*',
	'/srv/kubespray/inventory/*',
] as const;
/** Ansible's order of these groups: `all` is the weakest. */
const variableFiles = [
	'group_vars/all.yml',
	'group_vars/all/*.yml',
	'group_vars/k8s_cluster.yml',
	'group_vars/k8s_cluster/*.yml',
	'group_vars/k8s-cluster/*.yml',
] as const;

/** Undefined without any. @throws ConfigError, HostError */
export async function readKubespray(host: Host): Promise<readonly KubesprayInventory[] | undefined> {
	const folders = (await Promise.all(inventories.map((pattern) => findMatchingFiles(host, pattern)))).flat();
	const read = await Promise.all(folders.map((folder) => readInventory(host, folder)));
	const found = read.flatMap((inventory) => inventory ?? []);
	return found.length === 0 ? undefined : found;
}

async function readInventory(host: Host, folder: string): Promise<KubesprayInventory | undefined> {
	const patterns = variableFiles.map((each) => `${folder}/${each}`);
	const paths = (await Promise.all(patterns.map((pattern) => findMatchingFiles(host, pattern)))).flat();
	const configs = (await Promise.all(paths.map((path) => readConfig(host, path, 'yaml')))).flatMap(
		(each) => each ?? [],
	);
	if (configs.length === 0) return undefined;
	return {
		folder,
		containerdSnapshotter: lastOf(configs, 'containerd_snapshotter'),
		nerdctlSnapshotter: lastOf(configs, 'nerdctl_snapshotter'),
	};
}

function lastOf(configs: readonly Config[], name: string): string | undefined {
	return configs.reduce<string | undefined>((found, config) => textAt(config, name) ?? found, undefined);
}
