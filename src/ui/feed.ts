import type { Severity } from '../checks/finding.js';
import type { Tone } from './text/line.js';

/** One line of what happened: a command, its output, a message, a finding. */
export type FeedEntry = {
	readonly text: string;
	readonly tone: Tone;
} & (
	| { readonly kind: 'step' | 'message' | 'command' | 'output' | 'result' }
	| { readonly kind: 'finding'; readonly severity: Severity }
);

/**
 * The newest lines of a run, oldest first. In chunks, so that adding a line to a long build log copies a hundred
 * entries and not all of them. The whole is in the log file.
 */
export interface Feed {
	readonly full: readonly (readonly FeedEntry[])[];
	readonly newest: readonly FeedEntry[];
	/** Lines so far, those that were dropped included. */
	readonly total: number;
}

const chunkSize = 100;
const chunksKept = 20;
/** A line of a mebibyte is cut: nobody reads it here, and each frame would wrap it anew. */
const longestLine = 1000;

export const emptyFeed: Feed = { full: [], newest: [], total: 0 };

export function appendEntry(feed: Feed, entry: FeedEntry): Feed {
	const kept =
		entry.text.length > longestLine ? { ...entry, text: `${entry.text.slice(0, longestLine)} [cut]` } : entry;
	const total = feed.total + 1;
	if (feed.newest.length < chunkSize) {
		return { ...feed, newest: [...feed.newest, kept], total };
	}
	return { full: [...feed.full, feed.newest].slice(-chunksKept), newest: [kept], total };
}

/** All lines that are kept. */
export function feedEntries(feed: Feed): readonly FeedEntry[] {
	return [...feed.full.flat(), ...feed.newest];
}

/** The newest `amount` lines, without looking at the others. */
export function newestEntries(feed: Feed, amount: number): readonly FeedEntry[] {
	if (amount <= 0) {
		return [];
	}
	const before = amount > feed.newest.length ? feed.full.slice(-Math.ceil(amount / chunkSize)).flat() : [];
	return [...before, ...feed.newest].slice(-amount);
}
