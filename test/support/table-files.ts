import type { FileStat, FileSystemStat, HostFiles } from '../../src/host/host.js';
import { HostError } from '../../src/host/host-error.js';

/** A file by its text; or a link, a folder without files, or a text with what `stat` says of it. */
export type TableFile =
	| string
	| { readonly link: string }
	| { readonly directory: true }
	| {
			readonly text: string;
			readonly mode?: number;
			readonly uid?: number;
			readonly mtime?: number;
			readonly size?: number;
	  }
	/** What every access throws: a `HostError` of kind `permission`, for instance. */
	| { readonly error: Error };

export interface TableFilesOptions {
	readonly files: Readonly<Record<string, TableFile>>;
	/** By mount point; the longest that holds a path answers. `/` is there by default: 10 of 20 GiB free. */
	readonly fileSystems?: Readonly<Record<string, Partial<FileSystemStat>>>;
}

const gibibyte = 1024n ** 3n;
const ext4Magic = 0xef53;
const ordinary: FileSystemStat = {
	type: ext4Magic,
	freeBytes: 10n * gibibyte,
	totalBytes: 20n * gibibyte,
	readOnly: false,
};
const symlinkLimit = 40;

/** Files in memory by their paths; the folders above them are there too. What is written can be read back. */
export function createTableFiles({ files, fileSystems = {} }: TableFilesOptions): HostFiles {
	const tree = new Map<string, TableFile>(Object.entries(files));

	/** The path with every link followed but, where asked for, the last. */
	function resolve(path: string, followLast: boolean): string {
		let resolved = '';
		const pending = path.split('/').filter((name) => name !== '');
		for (let links = 0, name = pending.shift(); name !== undefined; name = pending.shift()) {
			if (name === '..') {
				resolved = resolved.slice(0, Math.max(resolved.lastIndexOf('/'), 0));
				continue;
			}
			const here = `${resolved}/${name}`;
			const node = tree.get(here);
			if (typeof node !== 'object' || !('link' in node) || (pending.length === 0 && !followLast)) {
				resolved = here;
				continue;
			}
			links += 1;
			if (links > symlinkLimit) throw new Error(`too many links at ${here}`);
			if (node.link.startsWith('/')) resolved = '';
			pending.unshift(...node.link.split('/').filter((part) => part !== '' && part !== '.'));
		}
		return resolved === '' ? '/' : resolved;
	}

	function find(path: string, followLast = true): TableFile | undefined {
		const resolved = resolve(path, followLast);
		const node = tree.get(resolved);
		if (typeof node === 'object' && 'error' in node) throw node.error;
		if (node !== undefined) return node;
		const prefix = resolved === '/' ? '/' : `${resolved}/`;
		return [...tree.keys()].some((each) => each.startsWith(prefix)) ? { directory: true } : undefined;
	}

	function textOf(path: string): string | undefined {
		const node = find(path);
		if (typeof node === 'string') return node;
		return node !== undefined && 'text' in node ? node.text : undefined;
	}

	return {
		read: async (path) => textOf(path),
		lines: async function* (path) {
			const text = textOf(path);
			if (text === undefined) throw new HostError('missing', path, `Cannot read ${path}: there is no such file.`, []);
			if (text !== '') yield* text.replace(/\n$/, '').split('\n');
		},
		readLink: async (path) => {
			const node = find(path, false);
			return typeof node === 'object' && 'link' in node ? node.link : undefined;
		},
		list: async (path) => {
			if (find(path) === undefined) return undefined;
			const resolved = resolve(path, true);
			const prefix = resolved === '/' ? '/' : `${resolved}/`;
			const below = [...tree.keys()].filter((each) => each.startsWith(prefix) && each !== prefix);
			return [...new Set(below.map((each) => each.slice(prefix.length).split('/')[0] ?? ''))].sort();
		},
		stat: async (path) => statOf(find(path, false)),
		fileSystem: async (path) => {
			const resolved = resolve(path, true);
			const mounts = Object.entries(fileSystems).filter(
				([mount]) => mount === '/' || resolved === mount || resolved.startsWith(`${mount}/`),
			);
			const nearest = mounts.sort(([a], [b]) => b.length - a.length)[0];
			return { ...ordinary, ...nearest?.[1] };
		},
		// Not a real checksum: equal texts give equal ones, which is all that a test of a caller needs.
		checksum: async (path) => {
			const text = textOf(path);
			return text === undefined ? undefined : Buffer.from(text).toString('hex').padEnd(64, '0').slice(0, 64);
		},
		write: async (path, text, options) => {
			tree.set(resolve(path, false), options?.mode === undefined ? text : { text, mode: options.mode });
		},
		remove: async (path) => {
			tree.delete(resolve(path, false));
		},
		makeDirectory: async (path) => {
			if (find(path) === undefined) tree.set(resolve(path, true), { directory: true });
		},
		copy: async (from, to) => {
			const node = find(from);
			if (node === undefined) throw new Error(`the table has no file ${from}`);
			tree.set(resolve(to, false), node);
		},
	};
}

function statOf(node: TableFile | undefined): FileStat | undefined {
	if (node === undefined) return undefined;
	if (typeof node === 'string') return { type: 'file', size: Buffer.byteLength(node), mode: 0o644, uid: 0, mtime: 0 };
	if ('link' in node) return { type: 'symlink', size: node.link.length, mode: 0o777, uid: 0, mtime: 0 };
	if ('text' in node) {
		const { text, size = Buffer.byteLength(text), mode = 0o644, uid = 0, mtime = 0 } = node;
		return { type: 'file', size, mode, uid, mtime };
	}
	return { type: 'directory', size: 4096, mode: 0o755, uid: 0, mtime: 0 };
}
