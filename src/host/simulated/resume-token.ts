/** Tokens of interrupted receives: opaque to everybody but the simulated `zfs send -t`. */
import { createHash } from 'node:crypto';
import type { PartialReceive } from './pool.js';

export interface TokenContents {
	readonly object: number;
	readonly bytes: string;
	readonly toGuid: string;
	readonly toName: string;
	readonly fromGuid: string | null;
	readonly flags: readonly string[];
}

/** In the form of the real ones: version, checksum, length, contents in hexadecimal. */
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
	const checksum = createHash('sha256').update(text).digest('hex').slice(0, 9);
	return `1-${checksum}-${text.length.toString(16)}-${text.toString('hex')}`;
}

/** Undefined when it is none of ours. */
export function decodeToken(token: string): TokenContents | undefined {
	const [, checksum, , hex = ''] = /^1-([0-9a-f]+)-([0-9a-f]+)-([0-9a-f]+)$/.exec(token) ?? [];
	const text = Buffer.from(hex, 'hex');
	if (checksum !== createHash('sha256').update(text).digest('hex').slice(0, 9)) return undefined;
	// The checksum says that `encodeToken` made it.
	return JSON.parse(text.toString()) as TokenContents;
}
