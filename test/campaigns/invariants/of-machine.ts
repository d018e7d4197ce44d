/** The truth about a simulated host, from its data and not through its commands. */
import { createHash } from 'node:crypto';
import { moduleInInitramfs } from '../../../src/host/simulated/initramfs.js';
import { moduleOnDisk } from '../../../src/host/simulated/kernels.js';
import type { Machine, Tree } from '../../../src/host/simulated/machine.js';
import { moduleVersion, toolsVersion } from '../../../src/host/simulated/zfs-version.js';
import type { HostTruth } from './truth.js';

const known = new WeakMap<Machine, HostTruth>();

export function truthOf(machine: Machine): HostTruth {
	const truth = known.get(machine) ?? look(machine);
	known.set(machine, truth);
	return truth;
}

function look(machine: Machine): HostTruth {
	const kernels = Object.keys(machine.files).flatMap((path) => /^\/boot\/vmlinuz-(.+)$/.exec(path)?.[1] ?? []);
	const byKernel = (versionFor: (kernel: string) => string | undefined) =>
		Object.fromEntries(kernels.map((kernel) => [kernel, versionFor(kernel)]));
	const pools = Object.entries(machine.pools);
	const datasets = pools.flatMap(([, pool]) => Object.entries(pool.datasets));
	return {
		tools: toolsVersion(machine),
		loadedModule: moduleVersion(machine),
		modulesOnDisk: byKernel((kernel) => moduleOnDisk(machine, kernel)?.version),
		modulesInInitramfs: byKernel((kernel) => moduleInInitramfs(machine, kernel)?.version),
		packages: Object.fromEntries(
			Object.entries(machine.packages)
				.filter(([, { state }]) => state !== 'config-files')
				.map(([name, { version, state, want }]) => [
					name,
					{ version, isWhole: state === 'installed', isHeld: want === 'hold' },
				]),
		),
		snapshots: Object.fromEntries(
			datasets.flatMap(([dataset, { snapshots }]) =>
				Object.entries(snapshots).map(([name, { guid, holds }]) => [
					`${dataset}@${name}`,
					{ guid, holds: Object.keys(holds) },
				]),
			),
		),
		contents: Object.fromEntries(datasets.map(([name, { content }]) => [name, digestOf(content)])),
		features: Object.fromEntries(pools.map(([name, { features }]) => [name, Object.keys(features).sort()])),
		poolCommands: pools.flatMap(([, { history }]) => history.map(({ command }) => command)),
		jobFiles: Object.fromEntries(
			Object.entries(machine.files).flatMap(([path, node]) =>
				/^\/(?:etc\/systemd\/system|etc\/cron[^/]*|var\/spool\/cron)\//.test(path) && node.kind !== 'directory'
					? [[path, node.kind === 'file' ? node.text : node.target]]
					: [],
			),
		),
		hasFile: (path) => machine.files[path] !== undefined,
	};
}

/** Times are left out: mounting a dataset may touch its root. */
const digests = new WeakMap<Tree, string>();

function digestOf(content: Tree): string {
	let digest = digests.get(content);
	if (digest === undefined) {
		const hash = createHash('sha256');
		for (const path of Object.keys(content).sort()) {
			const node = content[path];
			if (node === undefined) continue;
			hash.update(JSON.stringify([path, node.kind, node.mode, node.uid]));
			if (node.kind === 'file') hash.update(JSON.stringify([node.text, node.bytes]));
			if (node.kind === 'symlink') hash.update(node.target);
		}
		digest = hash.digest('hex');
		digests.set(content, digest);
	}
	return digest;
}
