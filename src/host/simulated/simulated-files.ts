/** `HostFiles` of the simulated machine, with the local host's manners: same refusals, same errors. */
import type { FileStat, FileSystemStat, HostFiles } from '../host.js';
import { HostError, isMissing, toHostError } from '../host-error.js';
import { quoteForDisplay } from '../text.js';
import { syncPaths } from './durability.js';
import { fileSystemTypes } from './file-system-types.js';
import type { Machine } from './machine.js';
import { mountOf } from './mounts.js';
import { checksumOf, file, nodeBytes } from './node.js';
import { availableBytes, usedBytes } from './space.js';
import {
	fileSystemOf,
	find,
	freeBytes,
	listNames,
	makeFolder,
	parentPath,
	putNode,
	readFile,
	removeNode,
} from './tree.js';

/** How the files reach the machine: each call is one operation of the host. */
export interface MachineDoor {
	read<T>(what: string, look: (machine: Machine) => T): Promise<T>;
	change(what: string, change: (machine: Machine) => Machine): Promise<void>;
}

export function createSimulatedFiles(door: MachineDoor): HostFiles {
	const answer = <T>(action: string, path: string, look: (machine: Machine) => T) =>
		door.read(`${action} ${path}`, (machine) => answering(action, path, () => look(machine)));
	const change = (action: string, path: string, make: (machine: Machine) => Machine) =>
		door.change(`${action} ${path}`, (machine) => changing(action, path, () => make(machine)));
	return {
		read: (path) => answer('read', path, (machine) => readFile(machine, path).text),
		lines: (path) => readLines(door, path),
		list: (path) => answer('list', path, (machine) => listNames(machine, path)),
		stat: (path) => answer('look at', path, (machine) => describe(machine, path)),
		readLink: (path) => answer('read the link', path, (machine) => linkTarget(machine, path)),
		checksum: (path) => answer('read', path, (machine) => checksumOf(readFile(machine, path))),
		fileSystem: (path) => answer('look at the file system of', path, (machine) => describeFileSystem(machine, path)),
		write: (path, text, options) =>
			change('write', path, (machine) => {
				const old = refuseToReplace(machine, path);
				const mtime = Math.floor(machine.clock);
				return putSynced(machine, path, file(text, { mode: options?.mode ?? old?.mode ?? 0o600, mtime }));
			}),
		copy: (from, to) =>
			change(`copy ${quoteForDisplay([from])} to`, to, (machine) => {
				refuseToReplace(machine, to);
				const { device: _, ...source } = readFile(machine, from);
				return putSynced(machine, to, { ...source, mtime: Math.floor(machine.clock) });
			}),
		remove: (path) =>
			change('remove', path, (machine) => {
				const { node, path: whole } = find(machine, path, false);
				return node === undefined ? machine : syncPaths(removeNode(machine, path), [whole]);
			}),
		makeDirectory: (path, options) =>
			change('make the folder', path, (machine) => {
				const made = makeFolder(machine, path, options?.mode);
				const paths = Object.keys(made.files).filter((name) => machine.files[name] !== made.files[name]);
				return syncPaths(made, paths);
			}),
	};
}

/** A file that is not there is an error here: nobody may take it for an empty one. */
async function* readLines(door: MachineDoor, path: string): AsyncGenerator<string> {
	const text = await door.read(`read ${path}`, (machine) => changing('read', path, () => readFile(machine, path).text));
	const lines = text.split('\n');
	// What follows the last newline is a line only if there is something.
	if (lines.at(-1) === '') lines.pop();
	yield* lines;
}

function answering<T>(action: string, path: string, look: () => T): T | undefined {
	try {
		return look();
	} catch (error) {
		if (isMissing(error)) return undefined;
		throw toHostError(error, action, path);
	}
}

function changing<T>(action: string, path: string, make: () => T): T {
	try {
		return make();
	} catch (error) {
		throw toHostError(error, action, path);
	}
}

/** Temporary file, sync, rename, sync of the folder: on the disk when it returns. */
function putSynced(machine: Machine, path: string, node: Parameters<typeof putNode>[2]): Machine {
	const put = putNode(machine, path, node);
	return syncPaths(put, [find(put, path, false).path]);
}

function refuseToReplace(machine: Machine, path: string) {
	const { node } = find(machine, path, false);
	if (node === undefined || node.kind === 'file') return node;
	const shown = quoteForDisplay([path]);
	const isLink = node.kind === 'symlink';
	const what = isLink ? 'a symbolic link' : 'not a regular file';
	throw new HostError(isLink ? 'symlink' : 'not-a-file', path, `Refused to replace ${shown}: it is ${what}.`, [
		`Look who made it, and move it away: namei -l ${shown}`,
	]);
}

function describe(machine: Machine, path: string): FileStat | undefined {
	const { node } = find(machine, path, false);
	if (node === undefined) return undefined;
	const isDevice = node.kind === 'file' && node.device === true;
	return {
		type: isDevice ? 'other' : node.kind,
		size: isDevice ? 0 : Number(nodeBytes(node)),
		mode: node.mode,
		uid: node.uid,
		mtime: node.mtime,
	};
}

function linkTarget(machine: Machine, path: string): string | undefined {
	const { node } = find(machine, path, false);
	return node?.kind === 'symlink' ? node.target : undefined;
}

function describeFileSystem(machine: Machine, path: string): FileSystemStat {
	let { path: nearest, node } = find(machine, path);
	while (node === undefined && nearest !== '/') ({ path: nearest, node } = find(machine, parentPath(nearest)));
	const mount = mountOf(machine, nearest);
	if (mount === undefined) {
		const here = fileSystemOf(machine, nearest);
		return {
			type: fileSystemTypes[here.type],
			freeBytes: freeBytes(machine, nearest),
			totalBytes: BigInt(here.totalBytes),
			readOnly: here.readOnly,
		};
	}
	const pool = machine.pools[mount.pool];
	const free = availableBytes(pool, mount.dataset);
	return {
		type: fileSystemTypes.zfs,
		freeBytes: free,
		totalBytes: free + (pool === undefined ? 0n : usedBytes(pool, mount.dataset)),
		readOnly: pool?.readOnly === true || pool?.datasets[mount.dataset]?.properties.readonly === 'on',
	};
}
