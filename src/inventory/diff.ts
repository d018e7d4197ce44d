/** What differs between two inventories. */

export type DiffKind =
	| 'pool'
	| 'dataset'
	| 'snapshot'
	| 'bookmark'
	| 'hold'
	| 'property'
	| 'mount'
	| 'key'
	| 'zvol'
	| 'share'
	| 'unit'
	| 'watched-file'
	| 'runtime'
	| 'not-compared';

export interface DiffEntry {
	readonly kind: DiffKind;
	readonly severity: 'blocker' | 'warning' | 'notice';
	/** Name of the pool, dataset, snapshot, unit, file. Control characters stripped. */
	readonly subject: string;
	/** Undefined: it was not there. */
	readonly before: string | undefined;
	/** Undefined: it is not there. */
	readonly after: string | undefined;
	/** One line in the administrator's words. */
	readonly text: string;
}

export interface InventoryDiff {
	/** What an upgrade must leave as it was. */
	readonly mustNotChange: readonly DiffEntry[];
	/** What changes on a host that is at work. */
	readonly mayChange: readonly DiffEntry[];
}
