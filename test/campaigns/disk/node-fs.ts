/**
 * Puts a lossy disk below node:fs: paths under `diskRoot` go to the disk in use, everything else to the kernel. So the
 * journal runs as it is, with conf and all. Import this before anything that imports the journal: conf's writer keeps
 * the functions that it finds when it is loaded.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { contentOf, diskError, diskRoot, type Inode, type LossyDisk, sizeOf } from './lossy-disk.js';

/** Called before and after every call that changes the disk or syncs it. */
export type DiskHook = (phase: 'before' | 'after', what: string) => void;

let disk: LossyDisk | undefined;
let hook: DiskHook = () => {};
const open = new Map<number, { readonly inode: Inode; readonly path: string }>();
/** Far above what the kernel gives. */
let lastDescriptor = 1_000_000;

/** The disk that `diskRoot` is from now on. */
export function mountDisk(next: LossyDisk, onCall: DiskHook = () => {}): void {
	disk = next;
	hook = onCall;
	open.clear();
}

function inUse(): LossyDisk {
	if (disk === undefined) throw new Error('No disk is mounted.');
	return disk;
}

function changing<T>(what: string, change: () => T): T {
	hook('before', what);
	const result = change();
	hook('after', what);
	return result;
}

function isOurs(target: unknown): target is string {
	return typeof target === 'string' && (target === diskRoot || target.startsWith(`${diskRoot}/`));
}

function opened(descriptor: number): { readonly inode: Inode; readonly path: string } {
	const found = open.get(descriptor);
	if (found === undefined) throw diskError('EBADF', String(descriptor));
	return found;
}

function statOf(inode: Inode, bigint: boolean): unknown {
	const number = (value: number) => (bigint ? BigInt(value) : value);
	const uid = number(process.geteuid?.() ?? 0);
	return {
		ino: number(inode.number),
		mode: number(inode.mode),
		uid,
		gid: uid,
		size: number(sizeOf(inode)),
		isFile: () => inode.kind === 'file',
		isDirectory: () => inode.kind === 'directory',
		isSymbolicLink: () => false,
	};
}

function statPath(path: string, options?: { readonly throwIfNoEntry?: boolean; readonly bigint?: boolean }): unknown {
	const inode = inUse().find(path);
	if (inode === undefined && options?.throwIfNoEntry === false) return undefined;
	return statOf(inUse().at(path), options?.bigint === true);
}

function openPath(path: string, flags: string | number = 'r', mode = 0o666): number {
	const { O_CREAT, O_EXCL, O_TRUNC, O_WRONLY } = fs.constants;
	const bits = flags === 'w' ? O_CREAT | O_TRUNC | O_WRONLY : typeof flags === 'number' ? flags : 0;
	const found = inUse().find(path);
	if (found !== undefined && (bits & O_EXCL) !== 0) throw diskError('EEXIST', path);
	if (found === undefined && (bits & O_CREAT) === 0) throw diskError('ENOENT', path);
	const inode = found ?? changing(`create ${path}`, () => inUse().make(path, 'file', mode));
	if (found !== undefined && (bits & O_TRUNC) !== 0) changing(`truncate ${path}`, () => inUse().empty(inode));
	lastDescriptor += 1;
	open.set(lastDescriptor, { inode, path });
	return lastDescriptor;
}

function readAt(descriptor: number, buffer: Buffer, offset: number, length: number, position: number): number {
	return contentOf(opened(descriptor).inode).copy(buffer, offset, position, position + length);
}

function write(descriptor: number, data: string | Uint8Array, offset?: number): number {
	const { inode, path } = opened(descriptor);
	// Our writers give `data, offset`; conf's gives a text, or a buffer with its whole length.
	const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : Buffer.from(data).subarray(offset ?? 0);
	changing(`write ${path}`, () => inUse().append(inode, bytes));
	return bytes.length;
}

function read(path: string, options?: string | { readonly encoding?: string | null } | null): string | Buffer {
	const bytes = contentOf(inUse().at(path));
	const encoding = typeof options === 'string' ? options : options?.encoding;
	return encoding === undefined || encoding === null ? bytes : bytes.toString('utf8');
}

function remove(path: string, options?: { readonly force?: boolean }): void {
	if (options?.force === true && inUse().find(path) === undefined) return;
	changing(`remove ${path}`, () => inUse().remove(path));
}

function makeFolder(path: string, options?: number | { readonly mode?: number; readonly recursive?: boolean }): void {
	const isRecursive = typeof options === 'object' && options.recursive === true;
	if (isRecursive && inUse().find(path) !== undefined) return;
	const mode = typeof options === 'number' ? options : (options?.mode ?? 0o777);
	changing(`make the folder ${path}`, () => inUse().make(path, 'directory', mode));
}

function sync(descriptor: number): void {
	const { inode, path } = opened(descriptor);
	changing(`sync ${path}`, () => inUse().sync(inode));
}

function realPathOf(path: string): string {
	inUse().at(path);
	return path;
}

/** A disk of a few gigabytes, half empty. */
const room = { bsize: 4096n, blocks: 2_000_000n, bfree: 1_000_000n, bavail: 900_000n, type: 0xef53n };

type Call = (...args: never[]) => unknown;

/** By path, and by descriptor: what goes to our disk instead of to the kernel. */
const byPath: Readonly<Record<string, Call>> = {
	openSync: openPath,
	statSync: statPath,
	lstatSync: statPath,
	realpathSync: realPathOf,
	existsSync: (path: string) => inUse().find(path) !== undefined,
	readdirSync: (path: string) => inUse().list(path),
	readFileSync: read,
	rmSync: remove,
	unlinkSync: (path: string) => remove(path),
	mkdirSync: makeFolder,
	renameSync: (from: string, to: string) => changing(`rename to ${to}`, () => inUse().rename(from, to)),
	chmodSync: (path: string, mode: number) => {
		inUse().setMode(inUse().at(path), mode);
	},
	chownSync: () => {},
	statfsSync: (_path: string, options?: { readonly bigint?: boolean }) =>
		options?.bigint === true
			? room
			: Object.fromEntries(Object.entries(room).map(([name, value]) => [name, Number(value)])),
};

const byDescriptor: Readonly<Record<string, Call>> = {
	closeSync: (descriptor: number) => open.delete(descriptor),
	fstatSync: (descriptor: number, options?: { readonly bigint?: boolean }) =>
		statOf(opened(descriptor).inode, options?.bigint === true),
	fsyncSync: sync,
	writeSync: write,
	readSync: readAt,
	ftruncateSync: (descriptor: number) => inUse().empty(opened(descriptor).inode),
	fchmodSync: (descriptor: number, mode: number) => {
		inUse().setMode(opened(descriptor).inode, mode);
	},
	fchownSync: () => {},
};

function divert(name: string, ours: Call, isForUs: (first: unknown) => boolean): void {
	const functions = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
	const theirs = functions[name];
	if (theirs === undefined) throw new Error(`node:fs has no ${name}.`);
	const diverted = (...args: unknown[]) =>
		isForUs(args[0]) ? (ours as (...all: unknown[]) => unknown)(...args) : theirs(...args);
	functions[name] = Object.assign(diverted, theirs);
}

for (const [name, ours] of Object.entries(byPath)) divert(name, ours, isOurs);
for (const [name, ours] of Object.entries(byDescriptor)) {
	divert(name, ours, (first) => typeof first === 'number' && open.has(first));
}
syncBuiltinESMExports();
