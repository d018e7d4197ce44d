/** Making and measuring nodes of the simulated trees. */
import { createHash } from 'node:crypto';
import type { DirectoryNode, FileNode, Node, SymlinkNode } from './machine.js';

interface FileOptions {
	readonly mode?: number;
	readonly uid?: number;
	/** Seconds since the epoch. */
	readonly mtime?: number;
	readonly bytes?: bigint;
	readonly sha256?: string;
}

export function file(text: string, options: FileOptions = {}): FileNode {
	const { mode = 0o644, uid = 0, mtime = 0, bytes, sha256 } = options;
	return {
		kind: 'file',
		mode,
		uid,
		mtime,
		text,
		...(bytes === undefined ? {} : { bytes: String(bytes) }),
		...(sha256 === undefined ? {} : { sha256 }),
	};
}

export function directory(mode = 0o755, mtime = 0): DirectoryNode {
	return { kind: 'directory', mode, uid: 0, mtime };
}

export function symlink(target: string, mtime = 0): SymlinkNode {
	return { kind: 'symlink', mode: 0o777, uid: 0, mtime, target };
}

export function nodeBytes(node: Node): bigint {
	switch (node.kind) {
		case 'file':
			return node.bytes === undefined ? BigInt(Buffer.byteLength(node.text)) : BigInt(node.bytes);
		case 'directory':
			return 4096n;
		case 'symlink':
			return BigInt(Buffer.byteLength(node.target));
	}
}

/** SHA-256 in hex. A big file's is of its short text and its size, so that equal contents have equal checksums. */
export function checksumOf(node: FileNode): string {
	if (node.sha256 !== undefined) return node.sha256;
	const hash = createHash('sha256').update(node.text);
	if (node.bytes !== undefined) hash.update(`\0${node.bytes}`);
	return hash.digest('hex');
}

/** Whether two nodes hold the same, whatever their times. */
export function isSameContent(one: Node | undefined, other: Node | undefined): boolean {
	if (one === other) return true;
	if (one === undefined || other === undefined || one.kind !== other.kind) return false;
	if (one.kind === 'file' && other.kind === 'file') return one.text === other.text && one.bytes === other.bytes;
	if (one.kind === 'symlink' && other.kind === 'symlink') return one.target === other.target;
	return true;
}
