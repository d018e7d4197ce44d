import type { PlannedCommand } from '../../src/plan/planned-command.js';
import { type OwnedDataset, ownedChild } from '../../src/zfs/owned.js';
import { receive } from '../../src/zfs/receive.js';
import { type ResumeToken, type SendSpec, send } from '../../src/zfs/send.js';
import { change, type Moment, type Scratch, snapshotAt } from './scratch.js';

/** One send and receive of the matrix. */
export interface SmokeCase {
	readonly name: string;
	/** For the report: `zfs send -I`. */
	readonly title: string;
	readonly source: OwnedDataset;
	readonly target: OwnedDataset;
	/** Snapshots that must be on the target afterwards, with the guids of the source's. */
	readonly arrives: readonly Moment[];
	/** Datasets below `source` that must arrive as well. */
	readonly withChild: boolean;
	readonly isEncrypted: boolean;
	readonly command: PlannedCommand;
}

/**
 * The matrix. Only -I and -R reach the old ioctl that the 2.3.1 layout broke (openzfs/zfs#17330), and receive uses
 * another ioctl with -s than without, so each is there; a dry run would prove nothing.
 */
export function smokeCases(scratch: Scratch): readonly SmokeCase[] {
	const { root, source, secret } = scratch;
	const at = (moment: Moment, dataset = source) => snapshotAt(dataset, moment);
	const make = (
		name: string,
		title: string,
		spec: SendSpec,
		into: string,
		arrives: readonly Moment[],
		options: { resumable?: boolean; withChild?: boolean; source?: OwnedDataset } = {},
	): SmokeCase => {
		const target = ownedChild(root, into);
		return {
			name,
			title,
			source: options.source ?? source,
			target,
			arrives,
			withChild: options.withChild ?? false,
			isEncrypted: options.source === secret,
			command: change(
				scratch,
				name,
				`${title} | zfs receive${options.resumable ? ' -s' : ''}`,
				send(spec),
				receive(target, options.resumable ? { resumable: true } : {}),
			),
		};
	};
	const plain = [
		make('full', 'zfs send', { snapshot: at('a') }, 'full', ['a']),
		make('one-step', 'zfs send -i', { snapshot: at('b'), from: { kind: 'one-step', base: at('a') } }, 'full', [
			'a',
			'b',
		]),
		make('full-resumable', 'zfs send', { snapshot: at('a') }, 'steps', ['a'], { resumable: true }),
		make('all-steps', 'zfs send -I', { snapshot: at('c'), from: { kind: 'all-steps', base: at('a') } }, 'steps', [
			'a',
			'b',
			'c',
		]),
		make('replicate', 'zfs send -R', { snapshot: at('b'), replicate: true }, 'replica', ['a', 'b'], {
			withChild: true,
		}),
		make(
			'replicate-steps',
			'zfs send -R -I',
			{ snapshot: at('c'), replicate: true, from: { kind: 'all-steps', base: at('b') } },
			'replica',
			['a', 'b', 'c'],
			{ withChild: true, resumable: true },
		),
		make('compressed', 'zfs send -c', { snapshot: at('c'), compressed: true }, 'compressed', ['c']),
		make('large-blocks', 'zfs send -L', { snapshot: at('c'), largeBlocks: true }, 'large-blocks', ['c']),
	];
	if (!scratch.hasEncryption) {
		return plain;
	}
	return [
		...plain,
		make('raw', 'zfs send -w', { snapshot: at('a', secret), raw: true }, 'raw', ['a'], { source: secret }),
		make(
			'raw-all-steps',
			'zfs send -w -I',
			{ snapshot: at('b', secret), raw: true, from: { kind: 'all-steps', base: at('a', secret) } },
			'raw',
			['a', 'b'],
			{ source: secret, resumable: true },
		),
	];
}

/** Bytes after which the interrupted send is cut: inside the first file's data. */
const cutAfterBytes = 2_000_000;

/** A receive that is cut off on purpose; what has arrived is kept. */
export function interruptedReceive(scratch: Scratch): {
	readonly target: OwnedDataset;
	readonly command: PlannedCommand;
} {
	const target = ownedChild(scratch.root, 'resumed');
	const command = change(
		scratch,
		'interrupted',
		'Send, cut off after 2 MB, and receive with -s',
		send({ snapshot: snapshotAt(scratch.source, 'a') }),
		{ argv: ['head', '-c', String(cutAfterBytes)] },
		receive(target, { resumable: true }),
	);
	return { target, command };
}

/** Stands in the plan for a token that is known only once the receive was interrupted. */
export const tokenToCome = 'TOKEN' as ResumeToken;

export function resumedReceive(scratch: Scratch, token: ResumeToken): SmokeCase {
	const target = ownedChild(scratch.root, 'resumed');
	return {
		name: 'resumed',
		title: 'zfs send -t',
		source: scratch.source,
		target,
		arrives: ['a'],
		withChild: false,
		isEncrypted: false,
		command: change(
			scratch,
			'resumed',
			'Go on with the interrupted receive by its token',
			send({ resume: token }),
			receive(target, { resumable: true }),
		),
	};
}
