/** `zfs send` and what it says of size and progress. */

import type { Command } from '../host/host.js';
import { excerpt } from '../host/text.js';
import { parseCount } from './fields.js';
import { limits } from './limits.js';
import { type BookmarkName, datasetOf, type SnapshotName } from './names.js';
import { ZfsParseError } from './parse-error.js';

declare const brand: unique symbol;

/** Continues an interrupted receive (`zfs send -t`). */
export type ResumeToken = string & { readonly [brand]: 'resume token' };

/** `1-9fec097b6-b8-789c63...`: version, checksum, length, contents in hexadecimal (zfs_send_resume_token_to_nvlist). */
const tokenForm = /\b1-[0-9a-f]{1,16}-[0-9a-f]{1,16}-[0-9a-f]+\b/;

/** @returns undefined when the text is no token */
export function parseResumeToken(text: string): ResumeToken | undefined {
	return tokenForm.exec(text)?.[0] === text ? (text as ResumeToken) : undefined;
}

/** The token in the advice that `zfs receive -s` prints when it is interrupted. */
export function findResumeToken(stderr: string): ResumeToken | undefined {
	return tokenForm.exec(stderr)?.[0] as ResumeToken | undefined;
}

export type SendSpec =
	| {
			readonly snapshot: SnapshotName;
			/** Without it a full stream. */
			readonly from?:
				| { readonly kind: 'one-step' /** `-i` */; readonly base: SnapshotName | BookmarkName }
				| { readonly kind: 'all-steps' /** `-I`: every snapshot between. */; readonly base: SnapshotName };
			/** `-R`: the dataset with all below it, their snapshots and properties. */
			readonly replicate?: boolean;
			/** With `replicate`: leaves datasets out that lack the snapshot, with all below them (`-s`, since 2.1). */
			readonly skipMissing?: boolean;
			/** `-w`: blocks as they are on disk; an encrypted dataset stays encrypted and needs no key. */
			readonly raw?: boolean;
			/** `-c` */
			readonly compressed?: boolean;
			/** `-L` */
			readonly largeBlocks?: boolean;
			/** `-e` */
			readonly embedded?: boolean;
			/** `-p`: with the dataset's properties. */
			readonly properties?: boolean;
	  }
	| { readonly resume: ResumeToken };

/**
 * @param progress prints sizes at first and then a line each second to stderr; see `parseSendProgress`
 * @throws RangeError when the base of an increment is of another dataset
 */
export function send(spec: SendSpec, { progress = false }: { readonly progress?: boolean } = {}): Command {
	return { argv: ['zfs', 'send', ...(progress ? ['-v', '-P'] : []), ...specFlags(spec)] };
}

/**
 * How large a stream would be. It proves nothing: a dry run never reaches the ioctl that the layout break hits. The size
 * counts even when the command fails: 2.2.0 may exit with 1 without a word (openzfs/zfs#15410).
 */
export function estimateSend(spec: SendSpec): Command {
	return { argv: ['zfs', 'send', '-n', '-v', '-P', ...specFlags(spec)], timeoutSeconds: limits.listing };
}

function specFlags(spec: SendSpec): readonly string[] {
	if ('resume' in spec) return ['-t', spec.resume];
	const { snapshot, from } = spec;
	if (from !== undefined && datasetOf(from.base) !== datasetOf(snapshot)) {
		throw new RangeError('the base of an increment must be of the same dataset');
	}
	const flags = [
		spec.replicate && '-R',
		spec.skipMissing && '-s',
		spec.raw && '-w',
		spec.compressed && '-c',
		spec.largeBlocks && '-L',
		spec.embedded && '-e',
		spec.properties && '-p',
	].filter((flag) => typeof flag === 'string');
	const base = from === undefined ? [] : [from.kind === 'one-step' ? '-i' : '-I', from.base];
	return [...flags, ...base, snapshot];
}

interface StreamPart {
	readonly snapshot: string;
	/** Undefined for a full stream. */
	readonly from: string | undefined;
	readonly bytes: bigint;
}

export interface SendEstimate {
	readonly parts: readonly StreamPart[];
	readonly totalBytes: bigint;
}

const subject = 'zfs send -nvP';

/** @param output stdout of `estimateSend`. @throws ZfsParseError */
export function parseSendEstimate(output: string): SendEstimate {
	const lines = output.split('\n');
	const total = lines.map((line) => /^size\t(.*)$/.exec(line)?.[1]).find((size) => size !== undefined);
	if (total === undefined) throw new ZfsParseError(subject, `no size in ${excerpt(output)}`);
	return { parts: lines.flatMap(parseStreamPart), totalBytes: parseCount(total, subject) };
}

function parseStreamPart(line: string): readonly StreamPart[] {
	const [kind, ...fields] = line.split('\t');
	const [first, second, third] = fields;
	if (kind === 'full' && first !== undefined && second !== undefined) {
		return [{ snapshot: first, from: undefined, bytes: parseCount(second, subject) }];
	}
	if (kind === 'incremental' && first !== undefined && second !== undefined && third !== undefined) {
		return [{ snapshot: second, from: first, bytes: parseCount(third, subject) }];
	}
	return [];
}

export type SendProgress =
	| { readonly kind: 'size' /** Of the whole stream, as estimated. */; readonly bytes: bigint }
	| { readonly kind: 'sent'; readonly snapshot: string /** Of this snapshot so far. */; readonly bytes: bigint };

/** One line of stderr of `send` with progress; undefined for any other line. */
export function parseSendProgress(line: string): SendProgress | undefined {
	const size = /^size\t(\d{1,20})$/.exec(line)?.[1];
	if (size !== undefined) return { kind: 'size', bytes: BigInt(size) };
	const [, bytes, snapshot] = /^\d\d:\d\d:\d\d\t(\d{1,20})\t([^\t]+)$/.exec(line) ?? [];
	return bytes === undefined || snapshot === undefined ? undefined : { kind: 'sent', snapshot, bytes: BigInt(bytes) };
}
