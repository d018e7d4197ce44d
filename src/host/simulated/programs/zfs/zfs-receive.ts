import { findEntry, poolNameOf, recordChange, splitName } from '../../dataset-names.js';
import { isAtLeast } from '../../features.js';
import { parentDataset } from '../../mounts.js';
import { niceBytes } from '../../numbers.js';
import { hasOption, optionValues, type ParsedOptions, parseOptions } from '../../options.js';
import { encodeToken } from '../../resume-token.js';
import type { Session } from '../../session.js';
import { availableBytes } from '../../space.js';
import { decodeStream, type StreamHead, type StreamRecord, streamSize } from '../../stream.js';
import { openLibrary, toolsSeries } from './library.js';
import { refuseReceive } from './receive-refusals.js';
import { abortPartial, keepPartial, receiveOne } from './received.js';
import { refuseOptions, refuseUsage } from './usage.js';
import { parseProperties } from './zfs-create.js';

/** Bytes a second that a pool on two disks takes. */
const receiveRate = 150_000_000;

export interface ReceiveRequest {
	readonly target: string;
	readonly force: boolean;
	readonly resumable: boolean;
	readonly unmounted: boolean;
	readonly set: Readonly<Record<string, string>>;
	readonly excluded: readonly string[];
}

/** One snapshot of a stream, with the objects that arrived. */
export interface IncomingSnapshot {
	readonly head: StreamHead;
	readonly objects: readonly (StreamRecord & { readonly kind: 'object' })[];
	readonly isWhole: boolean;
	readonly bytes: bigint;
}

export function zfsReceive(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: 'vMnsFhuo:x:deA' });
	session.leaveInput();
	const refused = refuseOptions(session, 'receive', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	const [target, ...more] = parsed.operands;
	if (target === undefined) return refuseUsage(session, 'receive', 'missing snapshot argument');
	if (more.length > 0) return refuseUsage(session, 'receive', 'too many arguments');
	if (hasOption(parsed, 'A')) return abortPartial(session, target);
	const set = parseProperties(optionValues(parsed, 'o'));
	if (typeof set === 'string') return refuseUsage(session, 'receive', set);
	const decoded = decodeStream(session.stdin);
	if (decoded === undefined || decoded.records.length === 0) {
		const isEmpty = session.stdin.text === '' || decoded !== undefined;
		session.err(`cannot receive: ${isEmpty ? 'failed to read from stream' : 'invalid stream (bad magic number)'}`);
		return 1;
	}
	const request = {
		force: hasOption(parsed, 'F'),
		resumable: hasOption(parsed, 's'),
		unmounted: hasOption(parsed, 'u'),
		set,
		excluded: optionValues(parsed, 'x'),
	};
	for (const incoming of snapshotsIn(decoded.records)) {
		const place = placeOf(target, incoming.head, parsed);
		const code = receiveSnapshot(session, incoming, { ...request, target: place }, parsed);
		if (code !== 0) return code;
	}
	return 0;
}

function snapshotsIn(records: readonly StreamRecord[]): readonly IncomingSnapshot[] {
	const incoming: IncomingSnapshot[] = [];
	for (const [index, head] of records.entries()) {
		if (head.kind !== 'begin') continue;
		const rest = records.slice(index + 1);
		const length = rest.findIndex((record) => record.kind !== 'object');
		const objects = (length < 0 ? rest : rest.slice(0, length)).filter((record) => record.kind === 'object');
		const isWhole = length >= 0 && rest[length]?.kind === 'end';
		incoming.push({ head, objects, isWhole, bytes: streamSize([head, ...objects]) });
	}
	return incoming;
}

/** Where a snapshot goes: the named dataset, or with -d and -e one below it with the sender's path. */
function placeOf(target: string, head: StreamHead, parsed: ParsedOptions): string {
	const [sent] = splitName(head.toName);
	const shortName = splitName(head.toName)[2];
	if (hasOption(parsed, 'd')) return `${target}/${sent.split('/').slice(1).join('/')}@${shortName}`;
	if (hasOption(parsed, 'e')) return `${target}/${sent.split('/').at(-1)}@${shortName}`;
	return target.includes('@') ? target : `${target}${head.below}@${shortName}`;
}

function receiveSnapshot(
	session: Session,
	incoming: IncomingSnapshot,
	request: ReceiveRequest,
	parsed: ParsedOptions,
): number {
	const { head, bytes } = incoming;
	const kind = head.fromGuid === null ? 'full' : 'incremental';
	const name = findEntry(session.machine, request.target);
	// An incremental of a snapshot that is there already is passed over without a word (recordings: recv-i-again).
	if (name?.kind === 'snapshot' && name.snapshot.guid === head.toGuid && head.fromGuid !== null) return 0;
	const refusal = refuseReceive(session.machine, incoming, request);
	if (refusal !== undefined) {
		session.err(refusal);
		return 1;
	}
	session.acceptInput();
	const verb = hasOption(parsed, 'n') ? 'would receive' : 'receiving';
	if (hasOption(parsed, 'v')) session.out(`${verb} ${kind} stream of ${head.toName} into ${request.target}`);
	if (hasOption(parsed, 'n')) return 0;
	const started = session.seconds;
	const seconds = Number(bytes) / receiveRate + 0.3;
	const what = head.fromGuid === null ? 'new filesystem' : 'incremental';
	const [datasetName] = splitName(request.target);
	const pool = session.machine.pools[poolNameOf(datasetName)];
	const above =
		findEntry(session.machine, datasetName) === undefined ? (parentDataset(datasetName) ?? datasetName) : datasetName;
	if (availableBytes(pool, above) < bytes) {
		session.wait(seconds / 2);
		const hasQuota = pool !== undefined && availableBytes(pool, poolNameOf(datasetName)) >= bytes;
		const why = hasQuota ? `destination ${datasetName} space quota exceeded.` : 'out of space';
		session.err(`cannot receive ${what} stream: ${why}`);
		return 1;
	}
	if (!incoming.isWhole) return receivePart(session, incoming, request, what);
	session.wait(seconds);
	session.change(
		recordChange(
			receiveOne(session.machine, incoming, request),
			poolNameOf(datasetName),
			`zfs receive ${request.target}`,
		),
	);
	if (hasOption(parsed, 'v')) sayReceived(session, bytes, session.seconds - started);
	return 0;
}

function receivePart(session: Session, incoming: IncomingSnapshot, request: ReceiveRequest, what: string): number {
	session.wait(Number(incoming.bytes) / receiveRate + 0.3);
	if (!request.resumable) {
		session.err(`cannot receive ${what} stream: incomplete stream`);
		return 1;
	}
	session.change(keepPartial(session.machine, incoming, request));
	const [datasetName] = splitName(request.target);
	const partial = findEntry(session.machine, datasetName)?.dataset.partial ?? null;
	session.err(`cannot receive ${what} stream: checksum mismatch or incomplete stream.`);
	session.err('Partially received snapshot is saved.');
	session.err('A resuming stream can be generated on the sending system by running:');
	session.err(`    zfs send -t ${partial === null ? '' : encodeToken(partial)}`);
	return 1;
}

function sayReceived(session: Session, bytes: bigint, seconds: number): void {
	const whole = Math.max(1, Math.round(seconds));
	const isNew = isAtLeast(toolsSeries(session), [2, 2]);
	const rate = niceBytes(BigInt(Math.floor(Number(bytes) / (isNew ? Math.max(seconds, 0.01) : whole))));
	const time = isNew ? seconds.toFixed(2) : String(whole);
	session.out(`received ${niceBytes(bytes)} stream in ${time} seconds (${rate}/sec)`);
}
