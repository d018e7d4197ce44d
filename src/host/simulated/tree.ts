/**
 * The one tree that programs and `HostFiles` of the simulated machine see: the root's files, mounted datasets with
 * their `.zfs/snapshot`, and what the kernel makes up in /proc, /sys and /dev. Changing it gives a new machine.
 */
import { kernelNames, kernelNode } from './kernel-files.js';
import type { FileNode, Machine, Node, Tree } from './machine.js';
import { isBelow, type Mount, mountedDatasets, mountOf } from './mounts.js';
import { directory, file, nodeBytes } from './node.js';
import type { Dataset } from './pool.js';
import { availableBytes } from './space.js';
import { TreeError } from './tree-error.js';

/** As in the kernel (path_resolution(7)). */
const symlinkLimit = 40;

export interface Found {
	/** With every symbolic link on the way resolved. */
	readonly path: string;
	readonly node: Node | undefined;
}

/** @throws TreeError (ELOOP) */
export function find(machine: Machine, path: string, followLast = true): Found {
	const pending = namesIn(path);
	let resolved: string[] = [];
	let links = 0;
	for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
		if (name === '..') {
			resolved.pop();
			continue;
		}
		resolved.push(name);
		const node = nodeAt(machine, `/${resolved.join('/')}`);
		if (node?.kind !== 'symlink' || (pending.length === 0 && !followLast)) continue;
		links += 1;
		if (links > symlinkLimit) throw new TreeError('ELOOP');
		resolved = node.target.startsWith('/') ? [] : resolved.slice(0, -1);
		pending.unshift(...namesIn(node.target));
	}
	const whole = `/${resolved.join('/')}`;
	return { path: whole, node: nodeAt(machine, whole) };
}

function namesIn(path: string): string[] {
	return path.split('/').filter((name) => name !== '' && name !== '.');
}

export function parentPath(path: string): string {
	return path.slice(0, path.lastIndexOf('/')) || '/';
}

function nodeAt(machine: Machine, path: string): Node | undefined {
	if (path === '/') return machine.files['/'] ?? directory();
	const mount = mountOf(machine, path);
	if (mount !== undefined) return datasetNode(machine, mount, path);
	return kernelNode(machine, path) ?? machine.files[path];
}

function datasetOf(machine: Machine, mount: Mount): Dataset {
	const dataset = machine.pools[mount.pool]?.datasets[mount.dataset];
	if (dataset === undefined) throw new Error(`No dataset behind the mount ${mount.path}`);
	return dataset;
}

function datasetNode(machine: Machine, mount: Mount, path: string): Node | undefined {
	const relative = path.slice(mount.path === '/' ? 1 : mount.path.length + 1);
	const dataset = datasetOf(machine, mount);
	if (dataset.type === 'volume') return relative === '' ? dataset.content[''] : undefined;
	if (relative === '') return directory(0o755, dataset.creation);
	if (relative === '.zfs' || relative === '.zfs/snapshot') return directory(0o777);
	const inSnapshot = /^\.zfs\/snapshot\/(?<name>[^/]+)(?:\/(?<rest>.+))?$/.exec(relative)?.groups;
	if (inSnapshot === undefined) return dataset.content[relative];
	const snapshot = dataset.snapshots[inSnapshot.name ?? ''];
	if (snapshot === undefined) return undefined;
	return inSnapshot.rest === undefined ? directory(0o755, snapshot.creation) : snapshot.content[inSnapshot.rest];
}

/** @throws TreeError */
export function readFile(machine: Machine, path: string): FileNode {
	const { node, path: whole } = find(machine, path);
	if (node === undefined) throw new TreeError('ENOENT');
	if (node.kind !== 'file') throw new TreeError('EISDIR');
	refuseSuspended(machine, whole);
	return node;
}

/** Text of a file, or undefined when there is none. */
export function textOf(machine: Machine, path: string): string | undefined {
	const { node } = find(machine, path);
	return node?.kind === 'file' ? node.text : undefined;
}

export function exists(machine: Machine, path: string): boolean {
	return find(machine, path).node !== undefined;
}

/** Names in a folder, sorted; undefined when it is not there. @throws TreeError (ENOTDIR) */
export function listNames(machine: Machine, path: string): readonly string[] | undefined {
	const { path: whole, node } = find(machine, path);
	if (node === undefined) return undefined;
	if (node.kind !== 'directory') throw new TreeError('ENOTDIR');
	const mount = mountOf(machine, whole);
	const names = mount === undefined ? childNames(machine.files, whole) : datasetNames(machine, mount, whole);
	const mounted = mountedDatasets(machine).flatMap((one) =>
		one.path !== whole && parentPath(one.path) === whole ? [one.path.slice(one.path.lastIndexOf('/') + 1)] : [],
	);
	return [...new Set([...names, ...kernelNames(machine, whole), ...mounted])].sort();
}

function datasetNames(machine: Machine, mount: Mount, path: string): readonly string[] {
	const relative = path.slice(mount.path === '/' ? 1 : mount.path.length + 1);
	const dataset = datasetOf(machine, mount);
	if (relative === '.zfs') return ['shares', 'snapshot'];
	if (relative === '.zfs/snapshot') return Object.keys(dataset.snapshots);
	const inSnapshot = /^\.zfs\/snapshot\/(?<name>[^/]+)(?:\/(?<rest>.+))?$/.exec(relative)?.groups;
	if (inSnapshot === undefined) return childNames(dataset.content, relative);
	return childNames(dataset.snapshots[inSnapshot.name ?? '']?.content ?? {}, inSnapshot.rest ?? '');
}

const children = new WeakMap<Tree, ReadonlyMap<string, readonly string[]>>();

/** `folder` is `/`, `/etc` in the root's tree; an empty text or `a/b` in a dataset's. */
function childNames(tree: Tree, folder: string): readonly string[] {
	let index = children.get(tree);
	if (index === undefined) {
		const made = new Map<string, string[]>();
		for (const path of Object.keys(tree)) {
			if (path === '/' || path === '') continue;
			const slash = path.lastIndexOf('/');
			const parent = path.startsWith('/') ? path.slice(0, slash) || '/' : path.slice(0, Math.max(slash, 0));
			const names = made.get(parent) ?? [];
			names.push(path.slice(slash + 1));
			made.set(parent, names);
		}
		index = made;
		children.set(tree, index);
	}
	return index.get(folder) ?? [];
}

/** Every path at and below one, parents first. */
export function walk(machine: Machine, path: string): readonly Found[] {
	const found = find(machine, path, false);
	if (found.node === undefined) return [];
	if (found.node.kind !== 'directory') return [found];
	const below = (listNames(machine, found.path) ?? []).flatMap((name) =>
		walk(machine, `${found.path === '/' ? '' : found.path}/${name}`),
	);
	return [found, ...below];
}

/**
 * Puts a node at a path whose folder exists, in place of what is there.
 * @throws TreeError
 */
export function putNode(machine: Machine, path: string, node: Node): Machine {
	const parent = find(machine, parentPath(path));
	if (parent.node === undefined) throw new TreeError('ENOENT');
	if (parent.node.kind !== 'directory') throw new TreeError('ENOTDIR');
	const whole = `${parent.path === '/' ? '' : parent.path}/${path.slice(path.lastIndexOf('/') + 1)}`;
	const old = nodeAt(machine, whole);
	if (old?.kind === 'directory' && node.kind !== 'directory') throw new TreeError('EISDIR');
	const grows = nodeBytes(node) - (old === undefined ? 0n : nodeBytes(old));
	refuseFull(machine, whole, grows);
	const mount = mountOf(machine, whole);
	if (mount === undefined) {
		if (kernelNode(machine, whole) !== undefined) throw new TreeError('EACCES');
		return { ...machine, files: { ...machine.files, [whole]: node } };
	}
	const kept: Node =
		old?.kind === 'file' && old.device === true && node.kind === 'file' ? { ...node, device: true } : node;
	return changeContent(machine, mount, (content) => ({ ...content, [relativeTo(mount, whole)]: kept }));
}

/** Text to a file, keeping the mode of the one that is there. @throws TreeError */
export function writeText(machine: Machine, path: string, text: string, mode?: number): Machine {
	const { path: whole, node: old } = find(machine, path);
	return putNode(machine, whole, file(text, { mode: mode ?? old?.mode ?? 0o644, mtime: Math.floor(machine.clock) }));
}

export function appendText(machine: Machine, path: string, text: string): Machine {
	return writeText(machine, path, `${textOf(machine, path) ?? ''}${text}`);
}

/** Makes a folder and those above it; what is there stays. @throws TreeError */
export function makeFolder(machine: Machine, path: string, mode = 0o755): Machine {
	const found = find(machine, path);
	if (found.node?.kind === 'directory') return machine;
	if (found.node !== undefined) throw new TreeError('EEXIST');
	const above = parentPath(found.path);
	const made = above === found.path ? machine : makeFolder(machine, above);
	return putNode(made, found.path, directory(mode, Math.floor(machine.clock)));
}

/** Takes away a file, a link or an empty folder. @throws TreeError */
export function removeNode(machine: Machine, path: string): Machine {
	const { path: whole, node } = find(machine, path, false);
	if (node === undefined) throw new TreeError('ENOENT');
	if (node.kind === 'directory' && (listNames(machine, whole) ?? []).length > 0) throw new TreeError('ENOTEMPTY');
	return without(machine, [whole]);
}

/** Takes away a path and all below it; nothing there is no error. @throws TreeError */
export function removeTree(machine: Machine, path: string): Machine {
	return without(
		machine,
		walk(machine, path).map((found) => found.path),
	);
}

function without(machine: Machine, paths: readonly string[]): Machine {
	let changed = machine;
	const fromRoot = new Set<string>();
	for (const path of paths) {
		const mount = mountOf(changed, path);
		if (mount === undefined && kernelNode(machine, path) !== undefined) throw new TreeError('EACCES');
		refuseReadOnly(changed, path);
		if (mount === undefined) fromRoot.add(path);
		else changed = changeContent(changed, mount, (content) => withoutKeys(content, new Set([relativeTo(mount, path)])));
	}
	return fromRoot.size === 0 ? changed : { ...changed, files: withoutKeys(changed.files, fromRoot) };
}

function withoutKeys(tree: Tree, gone: ReadonlySet<string>): Tree {
	return Object.fromEntries(Object.entries(tree).filter(([path]) => !gone.has(path)));
}

function relativeTo(mount: Mount, path: string): string {
	return path.slice(mount.path === '/' ? 1 : mount.path.length + 1);
}

function changeContent(machine: Machine, mount: Mount, change: (content: Tree) => Tree): Machine {
	const pool = machine.pools[mount.pool];
	const dataset = datasetOf(machine, mount);
	if (pool === undefined) return machine;
	const changed = { ...dataset, content: change(dataset.content) };
	return {
		...machine,
		pools: { ...machine.pools, [mount.pool]: { ...pool, datasets: { ...pool.datasets, [mount.dataset]: changed } } },
	};
}

function refuseSuspended(machine: Machine, path: string): void {
	const mount = mountOf(machine, path);
	if (mount !== undefined && machine.pools[mount.pool]?.suspended === true) throw new TreeError('EIO');
}

/** @throws TreeError (EROFS, EIO) */
function refuseReadOnly(machine: Machine, path: string): void {
	refuseSuspended(machine, path);
	const mount = mountOf(machine, path);
	if (mount !== undefined) {
		const pool = machine.pools[mount.pool];
		const isReadOnly = pool?.readOnly === true || datasetOf(machine, mount).properties.readonly === 'on';
		if (isReadOnly || path.startsWith(`${mount.path}/.zfs/`)) throw new TreeError('EROFS');
	} else if (fileSystemOf(machine, path).readOnly) throw new TreeError('EROFS');
}

function refuseFull(machine: Machine, path: string, grows: bigint): void {
	refuseReadOnly(machine, path);
	const mount = mountOf(machine, path);
	const free =
		mount === undefined ? freeBytes(machine, path) : availableBytes(machine.pools[mount.pool], mount.dataset);
	if (grows > 0n && grows > free) throw new TreeError('ENOSPC');
}

/** The file system, other than ZFS, that a path is on. */
export function fileSystemOf(machine: Machine, path: string) {
	const deepest = machine.fileSystems
		.filter((one) => isBelow(path, one.path))
		.sort((one, other) => other.path.length - one.path.length)
		.at(0);
	if (deepest === undefined) throw new Error('A machine without a root file system');
	return deepest;
}

/** Free bytes of the file system, other than ZFS, that a path is on. */
export function freeBytes(machine: Machine, path: string): bigint {
	const here = fileSystemOf(machine, path);
	const deeper = machine.fileSystems.filter((one) => one !== here && isBelow(one.path, here.path));
	let free = BigInt(here.totalBytes) - BigInt(here.usedBytes);
	for (const [name, node] of Object.entries(machine.files)) {
		if (node.kind !== 'file' || !isBelow(name, here.path)) continue;
		if (!deeper.some((one) => isBelow(name, one.path))) free -= nodeBytes(node);
	}
	return free < 0n ? 0n : free;
}
