import { type Command, succeeded } from '../../src/host/host.js';
import { quoteForDisplay, stripControls } from '../../src/host/text.js';
import { type PlannedCommand, plan } from '../../src/plan/planned-command.js';
import { findReadingProblem } from '../../src/zfs/ask.js';
import { destroyDataset } from '../../src/zfs/dataset-commands.js';
import { judgeReceive, judgeSend } from '../../src/zfs/judge.js';
import { InvalidNameError, parseDatasetName, parsePoolName, poolOf, type SnapshotName } from '../../src/zfs/names.js';
import { type OwnedDataset, ownDataset } from '../../src/zfs/owned.js';
import { receive } from '../../src/zfs/receive.js';
import { type SendSpec, send } from '../../src/zfs/send.js';
import { parseSnapshotGuids, readSnapshotGuids } from '../../src/zfs/snapshot-guids.js';
import { sendProgress, translating } from '../progress.js';
import type { StepContext, StepRun } from '../step.js';
import { snapshotOfPool } from './snapshots.js';

/** Where a stream backup goes, as the administrator wrote it. */
export type Destination =
	| { readonly kind: 'dataset'; readonly text: string; readonly parent: string }
	| { readonly kind: 'ssh'; readonly text: string; readonly target: string; readonly parent: string }
	| { readonly kind: 'file'; readonly text: string; readonly path: string };

/** `/path/to/folder`, `pool/dataset` or `user@host:pool/dataset`. Throws InvalidNameError for anything else. */
export function parseDestination(text: string): Destination {
	if (text.startsWith('/')) {
		if (stripControls(text) !== text || text.includes('\n') || text.split('/').includes('..')) {
			throw new InvalidNameError('folder', 'it must be a plain absolute path', text);
		}
		return { kind: 'file', text, path: text.replace(/\/+$/, '') };
	}
	const remote = /^((?:[A-Za-z0-9._-]+@)?[A-Za-z0-9][A-Za-z0-9.-]*):([^:].*)$/.exec(text);
	if (remote?.[1] !== undefined && remote[2] !== undefined) {
		return { kind: 'ssh', text, target: remote[1], parent: parseDatasetName(remote[2]) };
	}
	return { kind: 'dataset', text, parent: parseDatasetName(text) };
}

/** One pool's backup: the command, and where its result is proven. */
export interface StreamBackup {
	readonly pool: string;
	readonly destination: Destination;
	readonly snapshot: SnapshotName;
	readonly command: PlannedCommand;
	/** Where it arrives; undefined for a file. */
	readonly target: OwnedDataset | undefined;
	readonly file: string | undefined;
	/** Removes what an attempt that failed left; it bears the run's name, so it is nobody else's. */
	readonly clear: PlannedCommand;
}

/** `ssh` hands its arguments to a shell on the other side, so they are quoted for one. */
function remote(target: string, command: Command): Command {
	return { argv: ['ssh', '-o', 'BatchMode=yes', '--', target, quoteForDisplay(command.argv)] };
}

/**
 * A copy must never be mounted over what it is a copy of: with the mount points of the stream the next boot, which comes
 * two steps later, would do just that. `none` is inherited by all below it (zfs-receive(8), `-o` with `send -R`); the
 * values of the stream stay recorded as received, for `zfs inherit -S mountpoint`.
 */
const copyProperties = { canmount: 'noauto', mountpoint: 'none' } as const;

/**
 * @param pool with `hasEncryption` it has an encrypted dataset: then the stream is raw, stays encrypted and needs no key;
 * with `hasReplicas` it has datasets without the run's snapshot, which are left out
 */
export function streamBackup(
	context: StepContext,
	pool: string,
	destination: Destination,
	{ hasEncryption, hasReplicas }: { readonly hasEncryption: boolean; readonly hasReplicas: boolean },
): StreamBackup {
	const snapshot = snapshotOfPool(context, pool);
	const spec: SendSpec = { snapshot, replicate: true, skipMissing: hasReplicas, raw: hasEncryption };
	const sending = send(spec, { progress: true });
	const id = `backup.stream.${pool}`;
	const why = `Send "${pool}" to ${destination.text}`;
	const options = { mode: 'detached' as const };
	if (destination.kind === 'file') {
		const file = `${destination.path}/zfs-lockstep-${context.state().id}.${pool}.zfs`;
		const command = { ...plan(id, why, sending, options), work: { commands: [sending] as const, outputFile: file } };
		const clear = plan(`backup.stream-clear.${pool}`, `Remove the unfinished copy of "${pool}"`, {
			argv: ['rm', '-f', '--', file],
		});
		return { pool, destination, snapshot, command, target: undefined, file, clear };
	}
	const target = ownDataset(parseDatasetName(destination.parent), context.state().id, parsePoolName(pool));
	const receiving = receive(target, { resumable: true, properties: copyProperties });
	const second = destination.kind === 'ssh' ? remote(destination.target, receiving) : receiving;
	const command = { ...plan(id, why, sending, options), work: { commands: [sending, second] as const } };
	const destroying = destroyDataset(target);
	const clear = plan(
		`backup.stream-clear.${pool}`,
		`Remove the unfinished copy of "${pool}"`,
		destination.kind === 'ssh' ? remote(destination.target, destroying) : destroying,
	);
	return { pool, destination, snapshot, command, target, file: undefined, clear };
}

/** Whether an attempt that failed left something where the copy is to arrive. */
export async function hasLeftover(
	{ host }: StepContext,
	{ file, target, destination }: StreamBackup,
): Promise<boolean> {
	if (file !== undefined) return (await host.files.stat(file)) !== undefined;
	if (target === undefined) return false;
	const listing = { argv: ['zfs', 'list', '-H', '-o', 'name', target] } as const satisfies Command;
	const command = destination.kind === 'ssh' ? remote(destination.target, listing) : listing;
	return succeeded(await host.run({ ...command, timeoutSeconds: 120 }));
}

/** Guids of the run's snapshots below `pool`, by the dataset's path inside it. */
async function guidsOf(
	read: () => ReturnType<typeof readSnapshotGuids>,
	top: string,
	short: string,
): Promise<ReadonlyMap<string, string> | string> {
	const guids = await read();
	if (!guids.ok) return guids.problem.message;
	const ours = [...guids.value].filter(([name]) => name.endsWith(`@${short}`));
	return new Map(ours.map(([name, guid]) => [name.slice(top.length, -short.length - 1), guid]));
}

/** What is wrong with a finished backup; undefined: it is proven to be receivable, or received. */
async function proveArrival(context: StepContext, backup: StreamBackup): Promise<string | undefined> {
	const { target, destination, pool } = backup;
	if (target === undefined) return proveFile(context, backup);
	const short = backup.snapshot.slice(backup.snapshot.indexOf('@') + 1);
	const expected = await guidsOf(() => readSnapshotGuids(context.host, parsePoolName(pool)), pool, short);
	const arrived = await guidsOf(
		async () => {
			if (destination.kind !== 'ssh') return readSnapshotGuids(context.host, target);
			const argv = ['zfs', 'list', '-H', '-p', '-r', '-t', 'snapshot', '-o', 'name,guid', target] as const;
			const result = await context.host.run({
				...remote(destination.target, { argv: [...argv] }),
				timeoutSeconds: 120,
			});
			const problem = findReadingProblem(result);
			return problem === undefined ? { ok: true, value: parseSnapshotGuids(result.stdout) } : { ok: false, problem };
		},
		target,
		short,
	);
	if (typeof expected === 'string') return expected;
	if (typeof arrived === 'string') return arrived;
	const missing = [...expected].filter(([path, guid]) => arrived.get(path) !== guid);
	return missing.length === 0
		? undefined
		: `${missing.length} of ${expected.size} snapshots did not arrive with their guids`;
}

/**
 * `zstream dump` reads a stream to its end and checks each record's checksum; it exits with 0 even when one is wrong
 * (openzfs/zfs#10532), so its words are judged.
 */
async function proveFile(context: StepContext, backup: StreamBackup): Promise<string | undefined> {
	if (backup.file === undefined) return 'there is no file';
	const { results } = await context.host.pipe({
		commands: [{ argv: ['zstream', 'dump'], timeoutSeconds: 86_400 }],
		inputFile: backup.file,
	});
	const [result] = results;
	if (result === undefined || result.outcome.kind !== 'exited' || result.outcome.code !== 0)
		return 'zstream could not read it';
	if (/checksum|invalid|unexpected|failed/i.test(result.stderr)) return result.stderr.trim();
	return /^SUMMARY:/m.test(result.stdout) ? undefined : 'the stream has no end';
}

/** Sends one pool and proves that it arrived. Returns the bytes sent, or what went wrong. */
export async function* runStreamBackup(
	context: StepContext,
	backup: StreamBackup,
): StepRun<{ readonly bytes: bigint } | { readonly problem: string }> {
	let bytes = 0n;
	const progress = sendProgress(backup.command.id, `"${backup.pool}"`, () => context.host.now());
	const take = (line: string): ReturnType<typeof progress> => {
		const events = progress(line);
		for (const event of events ?? []) {
			if (event.type === 'progress') bytes = BigInt(Math.round(event.done));
		}
		return events;
	};
	const { results } = yield* translating(context.execute(backup.command), take);
	const [sender, receiver] = results;
	// Of a send that ended while nobody watched only the result is left.
	if (bytes === 0n) for (const line of sender?.stderr.split('\n') ?? []) take(line);
	const sent = sender === undefined ? undefined : judgeSend(sender);
	if (sent === undefined || sent.verdict !== 'ok') {
		return { problem: `zfs send: ${sent?.problem.message ?? 'it did not run'}` };
	}
	if (receiver !== undefined) {
		const received = judgeReceive(receiver);
		if (received.verdict !== 'ok') return { problem: `zfs receive: ${received.problem.message}` };
	}
	yield { type: 'log', level: 'info', text: `Proving the backup of "${backup.pool}".` };
	const problem = await proveArrival(context, backup);
	return problem === undefined ? { bytes } : { problem };
}

/** True when the backup would land in the pool that it saves. */
export function landsInItself(destination: Destination, pool: string): boolean {
	return destination.kind === 'dataset' && poolOf(parseDatasetName(destination.parent)) === pool;
}
