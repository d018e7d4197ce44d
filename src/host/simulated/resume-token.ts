/** Tokens of interrupted receives: opaque to everybody but the simulated `zfs send -t`. */
import { createHash } from 'node:crypto';
import { deflateSync, inflateSync } from 'node:zlib';
import type { PartialReceive } from './pool.js';

export interface TokenContents {
	readonly object: number;
	readonly bytes: string;
	readonly toGuid: string;
	readonly toName: string;
	readonly fromGuid: string | null;
	readonly flags: readonly string[];
}

/** In the form of the real ones: version, checksum, length before packing, packed contents in hexadecimal. */
export function encodeToken(partial: PartialReceive): string {
	const contents: TokenContents = {
		object: partial.objectsDone,
		bytes: partial.bytesDone,
		toGuid: partial.toGuid,
		toName: partial.toName,
		fromGuid: partial.fromGuid,
		flags: partial.flags,
	};
	const text = Buffer.from(JSON.stringify(contents));
	const packed = deflateSync(text);
	return `1-${checksumOf(packed)}-${text.length.toString(16)}-${packed.toString('hex')}`;
}

/** Undefined when it is none of ours. */
export function decodeToken(token: string): TokenContents | undefined {
	const [, checksum, , hex = ''] = /^1-([0-9a-f]+)-([0-9a-f]+)-([0-9a-f]+)$/.exec(token) ?? [];
	const packed = Buffer.from(hex, 'hex');
	if (checksum !== checksumOf(packed)) return undefined;
	// The checksum says that `encodeToken` made it.
	return JSON.parse(inflateSync(packed).toString()) as TokenContents;
}

function checksumOf(packed: Buffer): string {
	return createHash('sha256').update(packed).digest('hex').slice(0, 9);
}
