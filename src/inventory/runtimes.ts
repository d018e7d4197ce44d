/** How much the container runtimes have: a store that is empty after a reboot was not mounted. */
import { type Fact, known } from '../facts/fact.js';
import type { Host } from '../host/host.js';
import { toTable } from './rows.js';

/** Name, what is counted, count. */
export async function readRuntimeTable(host: Host): Promise<Fact<string>> {
	const rows: (string[] | undefined)[] = [];
	for (const driver of (await host.files.list('/var/lib/docker/image')) ?? []) {
		rows.push(await countJson(host, 'docker images', `/var/lib/docker/image/${driver}/repositories.json`));
	}
	rows.push(await countNames(host, 'docker containers', '/var/lib/docker/containers'));
	for (const root of ['/var/lib/containers/storage', '/var/lib/crio', '/var/lib/crio/containers']) {
		for (const driver of ['zfs', 'overlay', 'vfs']) {
			for (const [what, file] of storageFiles) {
				rows.push(await countJson(host, `${what} (${root})`, `${root}/${driver}-${what}/${file}`));
			}
		}
	}
	for (const root of [
		'/var/lib/containerd',
		'/var/lib/rancher/k3s/agent/containerd',
		'/var/lib/rancher/rke2/agent/containerd',
	]) {
		rows.push(await sizeOf(host, `containerd metadata (${root})`, `${root}/io.containerd.metadata.v1.bolt/meta.db`));
	}
	return known(toTable(rows.flatMap((row) => (row === undefined ? [] : [row]))), '/var/lib');
}

const storageFiles = [
	['images', 'images.json'],
	['layers', 'layers.json'],
	['containers', 'containers.json'],
] as const;

/** Entries of a JSON array, or of the object in docker's `Repositories`. */
async function countJson(host: Host, what: string, path: string): Promise<string[] | undefined> {
	const text = await host.files.read(path);
	if (text === undefined) return undefined;
	try {
		const value = JSON.parse(text);
		return [what, 'count', String(Object.keys(value.Repositories ?? value).length)];
	} catch (error) {
		if (error instanceof SyntaxError || error instanceof TypeError) return [what, 'count', 'unknown'];
		throw error;
	}
}

async function countNames(host: Host, what: string, path: string): Promise<string[] | undefined> {
	const names = await host.files.list(path);
	return names && [what, 'count', String(names.length)];
}

async function sizeOf(host: Host, what: string, path: string): Promise<string[] | undefined> {
	const stat = await host.files.stat(path);
	return stat && [what, 'bytes', String(stat.size)];
}
