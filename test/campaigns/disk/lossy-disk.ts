/**
 * A disk in memory that keeps apart what was written and what was synced, as a kernel's page cache does. It is stricter
 * than ext4: a new name is durable only when its folder was synced, never as a by-product of syncing the file.
 */

/** What one write(2) added, behind everything before it. A list that only grows, so that every image can share it. */
interface Piece {
	readonly data: Buffer;
	readonly previous: Piece | undefined;
	/** Bytes up to its end. */
	readonly size: number;
}

/** One file or folder. A file only ever grows at its end or is emptied: that is all our writers do. */
export interface Inode {
	readonly number: number;
	readonly kind: 'file' | 'directory';
	mode: number;
	last: Piece | undefined;
	/** The last one that is on the platter. */
	synced: Piece | undefined;
}

/** A name that came, went or moved since its folder was synced; a rename is one change of two names. */
interface NameChange {
	readonly folder: string;
	readonly names: readonly (readonly [path: string, inode: number | undefined])[];
}

/** A moment of a disk that nothing changes any more. */
export interface DiskImage {
	readonly inodes: ReadonlyMap<number, Readonly<Inode>>;
	readonly names: ReadonlyMap<string, number>;
	readonly durableNames: ReadonlyMap<string, number>;
	readonly changes: readonly NameChange[];
}

/** What each change of a name or each write that nobody synced is asked at a power cut: is it lost? */
export type Loses = () => boolean;

export const diskRoot = '/lossy-disk';

/** Throws errors with a `code`, as the kernel's calls do. */
export class LossyDisk {
	readonly #inodes = new Map<number, Inode>();
	readonly #names = new Map<string, number>();
	#durableNames = new Map<string, number>();
	#changes: NameChange[] = [];
	#lastInode = 0;
	/** Of the disk as it is, until something changes. */
	#image: DiskImage | undefined;

	/** Without an image: an empty disk. What it holds counts as synced. */
	constructor(image?: DiskImage) {
		if (image === undefined) {
			this.#names.set(diskRoot, this.#newInode('directory', 0o755).number);
		} else {
			for (const [path, number] of image.names) {
				const inode = image.inodes.get(number);
				if (inode === undefined) continue;
				this.#names.set(path, number);
				this.#inodes.set(number, { ...inode, synced: inode.last });
				this.#lastInode = Math.max(this.#lastInode, number);
			}
		}
		this.#durableNames = new Map(this.#names);
	}

	/** As it is now. */
	image(): DiskImage {
		this.#image ??= {
			inodes: new Map([...this.#inodes].map(([number, inode]) => [number, { ...inode }])),
			names: new Map(this.#names),
			durableNames: new Map(this.#durableNames),
			changes: [...this.#changes],
		};
		return this.#image;
	}

	find(path: string): Inode | undefined {
		const number = this.#names.get(path);
		return number === undefined ? undefined : this.#inodes.get(number);
	}

	at(path: string): Inode {
		const inode = this.find(path);
		if (inode === undefined) throw diskError('ENOENT', path);
		return inode;
	}

	list(folder: string): readonly string[] {
		const prefix = `${folder}/`;
		return [...this.#names.keys()]
			.filter((path) => path.startsWith(prefix) && !path.slice(prefix.length).includes('/'))
			.map((path) => path.slice(prefix.length));
	}

	make(path: string, kind: Inode['kind'], mode: number): Inode {
		if (this.find(path) !== undefined) throw diskError('EEXIST', path);
		const folder = parentOf(path);
		if (this.at(folder).kind !== 'directory') throw diskError('ENOTDIR', path);
		this.#image = undefined;
		const inode = this.#newInode(kind, mode);
		this.#names.set(path, inode.number);
		this.#changes.push({ folder, names: [[path, inode.number]] });
		return inode;
	}

	setMode(inode: Inode, mode: number): void {
		this.#image = undefined;
		inode.mode = mode;
	}

	append(inode: Inode, data: Buffer): void {
		this.#image = undefined;
		inode.last = { data: Buffer.from(data), previous: inode.last, size: sizeOf(inode) + data.length };
	}

	empty(inode: Inode): void {
		this.#image = undefined;
		inode.last = undefined;
		inode.synced = undefined;
	}

	remove(path: string): void {
		this.#image = undefined;
		this.at(path);
		this.#names.delete(path);
		this.#changes.push({ folder: parentOf(path), names: [[path, undefined]] });
	}

	rename(from: string, to: string): void {
		this.#image = undefined;
		const { number } = this.at(from);
		this.#names.delete(from);
		this.#names.set(to, number);
		this.#changes.push({
			folder: parentOf(to),
			names: [
				[from, undefined],
				[to, number],
			],
		});
	}

	/** fsync(2): of a file its content, of a folder the names in it. */
	sync(inode: Inode): void {
		this.#image = undefined;
		inode.synced = inode.last;
		const folder = [...this.#names].find(([, number]) => number === inode.number)?.[0];
		if (inode.kind === 'file' || folder === undefined) return;
		for (const change of this.#changes.filter((one) => one.folder === folder)) applyNames(this.#durableNames, change);
		this.#changes = this.#changes.filter((one) => one.folder !== folder);
	}

	#newInode(kind: Inode['kind'], mode: number): Inode {
		this.#lastInode += 1;
		const inode: Inode = { number: this.#lastInode, kind, mode, last: undefined, synced: undefined };
		this.#inodes.set(inode.number, inode);
		return inode;
	}
}

/** The disk as it is found after a power cut. Everything in it is durable then. */
export function afterPowerCut({ inodes, durableNames, changes }: DiskImage, loses: Loses): DiskImage {
	const names = new Map(durableNames);
	for (const change of changes) if (!loses()) applyNames(names, change);
	const kept = new Map<number, Inode>();
	for (const number of new Set(names.values())) {
		const inode = inodes.get(number);
		if (inode !== undefined) kept.set(number, loseWrites(inode, loses));
	}
	return { inodes: kept, names, durableNames: names, changes: [] };
}

export function sizeOf(inode: Readonly<Inode>): number {
	return inode.last?.size ?? 0;
}

export function contentOf(inode: Readonly<Pick<Inode, 'last'>>): Buffer {
	const pieces: Buffer[] = [];
	for (let piece = inode.last; piece !== undefined; piece = piece.previous) pieces.push(piece.data);
	return Buffer.concat(pieces.reverse());
}

/** A write that was lost before one that was not leaves a hole of zeros; at the end the file is shorter. */
function loseWrites(inode: Readonly<Inode>, loses: Loses): Inode {
	const unsynced: Buffer[] = [];
	for (let piece = inode.last; piece !== undefined && piece !== inode.synced; piece = piece.previous) {
		unsynced.push(piece.data);
	}
	let last = inode.synced;
	let hole = Buffer.alloc(0);
	for (const written of unsynced.reverse()) {
		if (loses()) hole = Buffer.concat([hole, Buffer.alloc(written.length)]);
		else {
			const data = Buffer.concat([hole, written]);
			last = { data, previous: last, size: (last?.size ?? 0) + data.length };
			hole = Buffer.alloc(0);
		}
	}
	return { ...inode, last, synced: last };
}

function applyNames(names: Map<string, number>, change: NameChange): void {
	for (const [path, number] of change.names) {
		if (number === undefined) names.delete(path);
		else names.set(path, number);
	}
}

export function textOnDisk(image: DiskImage, path: string): string | undefined {
	const number = image.names.get(path);
	const inode = number === undefined ? undefined : image.inodes.get(number);
	return inode?.kind === 'file' ? textUpTo(inode.last) : undefined;
}

const texts = new WeakMap<Piece, string>();

/** Most images share their files. */
function textUpTo(last: Piece | undefined): string {
	if (last === undefined) return '';
	const text = texts.get(last) ?? contentOf({ last }).toString('utf8');
	texts.set(last, text);
	return text;
}

function parentOf(path: string): string {
	return path.slice(0, path.lastIndexOf('/'));
}

export function diskError(code: string, path: string): Error {
	return Object.assign(new Error(`${code}: ${path}`), { code, path, syscall: 'lossy-disk' });
}
