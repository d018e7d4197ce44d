/**
 * Send streams of the simulated ZFS: lines of JSON that carry contents, and stand for as many bytes as a real stream
 * of those contents would have.
 */
import type { Node, Tree } from './machine.js';
import { nodeBytes } from './node.js';
import type { Data } from './session.js';

const magic = 'simulated zfs send stream';

/** What one snapshot's stream begins with. */
export interface StreamHead {
	readonly kind: 'begin';
	readonly toGuid: string;
	/** `tank/data@b` on the sending side. */
	readonly toName: string;
	/** Of the snapshot that it builds on; null in a full stream. */
	readonly fromGuid: string | null;
	readonly fromName: string | null;
	readonly type: 'filesystem' | 'volume';
	readonly creation: number;
	readonly raw: boolean;
	readonly encrypted: boolean;
	readonly suite: string | null;
	readonly keyFormat: 'passphrase' | 'raw' | 'hex' | null;
	readonly secret: string | null;
	/** Options that change what is in it: a resumed stream must be made with the same. */
	readonly flags: readonly string[];
	/** Of `-p` and `-R`; null without them. */
	readonly properties: Readonly<Record<string, string>> | null;
	/** Objects that an interrupted receive already has; null for a stream that resumes none. */
	readonly skipped: number | null;
	/** Path below the dataset that `-R` was asked for, `` for itself. */
	readonly below: string;
}

export type StreamRecord =
	/** Around several streams: `-R` and `-I`. */
	| { readonly kind: 'package'; readonly root: string; readonly replicates: boolean; readonly toName: string }
	| StreamHead
	| { readonly kind: 'object'; readonly path: string; readonly node: Node | null }
	| { readonly kind: 'end'; readonly toGuid: string }
	| { readonly kind: 'package-end' };

/** Bytes of a begin record, of an end record and around one object (dmu_replay_record_t is 312 bytes). */
const recordBytes = 312n;

function recordSize(record: StreamRecord): bigint {
	return record.kind === 'object' && record.node !== null ? recordBytes + nodeBytes(record.node) : recordBytes;
}

export function streamSize(records: readonly StreamRecord[]): bigint {
	return records.reduce((sum, record) => sum + recordSize(record), 0n);
}

export function encodeStream(records: readonly StreamRecord[]): Data {
	if (records.length === 0) return { text: '', bytes: 0n };
	const text = [magic, ...records.map((record) => JSON.stringify(record))].join('\n');
	return { text: `${text}\n`, bytes: streamSize(records) };
}

export interface DecodedStream {
	readonly records: readonly StreamRecord[];
	/** The last line was cut off, or there is no end where there must be one. */
	readonly isCut: boolean;
}

/** Undefined when the data is no stream at all. */
export function decodeStream(data: Data): DecodedStream | undefined {
	const [first, ...lines] = data.text.split('\n');
	if (first !== magic) return undefined;
	const records: StreamRecord[] = [];
	for (const line of lines.slice(0, -1)) {
		try {
			// Only `encodeStream` writes lines below the magic one.
			records.push(JSON.parse(line) as StreamRecord);
		} catch {
			return { records, isCut: true };
		}
	}
	return { records, isCut: lines.at(-1) !== '' };
}

/** The first `bytes` of what the data stands for. */
export function cutData(data: Data, bytes: bigint): Data {
	if (bytes >= data.bytes) return data;
	const decoded = decodeStream(data);
	if (decoded === undefined) {
		const length = data.bytes === 0n ? 0n : (BigInt(data.text.length) * bytes) / data.bytes;
		return { text: data.text.slice(0, Number(length)), bytes };
	}
	const kept: StreamRecord[] = [];
	let left = bytes;
	for (const record of decoded.records) {
		left -= recordSize(record);
		if (left < 0n) break;
		kept.push(record);
	}
	const whole = encodeStream(kept).text;
	// The record in which the cut falls is there in part.
	return { text: `${whole === '' ? `${magic}\n` : whole}{"kind":"obj`, bytes };
}

/** What must be sent so that `to` comes out of `from`. */
export function changedObjects(from: Tree, to: Tree): readonly StreamRecord[] {
	const gone = Object.keys(from)
		.filter((path) => to[path] === undefined)
		.map((path): StreamRecord => ({ kind: 'object', path, node: null }));
	const changed = Object.entries(to)
		.filter(([path, node]) => from[path] !== node && JSON.stringify(from[path]) !== JSON.stringify(node))
		.map(([path, node]): StreamRecord => ({ kind: 'object', path, node }));
	return [...gone, ...changed];
}

export function applyObject(content: Tree, path: string, node: Node | null): Tree {
	if (node !== null) return { ...content, [path]: node };
	return Object.fromEntries(Object.entries(content).filter(([one]) => one !== path));
}
