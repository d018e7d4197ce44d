/** `zfs receive`, always into a dataset of the run, never with `-F`, and never mounted over something. */

import type { Command } from '../host/host.js';
import { changeZfs } from './change-command.js';
import type { OwnedDataset } from './owned.js';
import { excludeFlags, propertyFlags } from './property-flags.js';

export interface ReceiveOptions {
	/** `-s`: what has arrived is kept when the stream breaks off. */
	readonly resumable?: boolean;
	/** `-o` */
	readonly properties?: Readonly<Record<string, string>>;
	/** `-x`: properties of the stream that are not taken over. */
	readonly without?: readonly string[];
}

/** @throws RangeError for something that is no property name */
export function receive(target: OwnedDataset, { resumable, properties, without = [] }: ReceiveOptions = {}): Command {
	const flags = ['-v', '-u', ...(resumable ? ['-s'] : []), ...propertyFlags(properties), ...excludeFlags(without)];
	return { argv: ['zfs', 'receive', ...flags, target] };
}

/** Throws away what an interrupted resumable receive has kept. */
export function abortReceive(target: OwnedDataset): Command {
	return changeZfs('receive', '-A', target);
}

export interface ReceivedStream {
	readonly kind: 'full' | 'incremental';
	/** Snapshot on the sending side. */
	readonly from: string;
	/** Snapshot on the receiving side. */
	readonly into: string;
}

/** What `receive -v` says on stdout: one line a snapshot when it begins. That it arrived is for its guid to prove. */
export function parseReceivedStreams(output: string): readonly ReceivedStream[] {
	return output.split('\n').flatMap((line) => {
		const [, kind, from, into] =
			/^receiving (full|incremental) stream of (.+) into (.+)$/.exec(line.slice(0, 1000)) ?? [];
		if (kind === undefined || from === undefined || into === undefined) return [];
		return [{ kind: kind === 'full' ? 'full' : 'incremental', from, into } as const];
	});
}
