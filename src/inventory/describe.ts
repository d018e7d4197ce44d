import type { DiffEntry, InventoryDiff } from './diff.js';

/** Human lines, the grave ones first. */
export function describeDiff(diff: InventoryDiff): readonly string[] {
	return [...diff.mustNotChange, ...diff.mayChange].map(describeEntry);
}

function describeEntry({ text, before, after }: DiffEntry): string {
	if (before === undefined && after === undefined) return text;
	return `${text} Before: ${before ?? 'not there'}. After: ${after ?? 'not there'}.`;
}
