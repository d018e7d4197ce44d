import { stripControls } from '../host/text.js';
import type { DiffEntry, DiffKind, InventoryDiff } from './diff.js';

/** Entries of one kind and severity that are told one by one; the others are counted. */
const toldEach = 200;

export interface Found {
	readonly kind: DiffKind;
	readonly subject: string;
	readonly before?: string | undefined;
	readonly after?: string | undefined;
	readonly text: string;
}

/** Gathers differences in bounded memory, however many there are. */
export interface Collector {
	/** What must not change. */
	must(severity: 'blocker' | 'warning', found: Found): void;
	/** What may. */
	may(found: Found): void;
	/** What may, of which only the number matters. @param what in the plural, as in `New snapshots` */
	count(kind: DiffKind, what: string): void;
	result(): InventoryDiff;
}

export function createCollector(): Collector {
	const entries = new Map<string, { readonly told: DiffEntry[]; more: number }>();
	const counts = new Map<string, { readonly kind: DiffKind; count: number }>();

	function add(severity: DiffEntry['severity'], { kind, subject, before, after, text }: Found): void {
		const key = `${severity} ${kind}`;
		const list = entries.get(key) ?? { told: [], more: 0 };
		entries.set(key, list);
		if (list.told.length >= toldEach) {
			list.more += 1;
			return;
		}
		list.told.push({
			kind,
			severity,
			subject: stripControls(subject),
			before: before === undefined ? undefined : stripControls(before),
			after: after === undefined ? undefined : stripControls(after),
			text: stripControls(text),
		});
	}

	function entriesOf(severity: DiffEntry['severity']): readonly DiffEntry[] {
		return [...entries.values()].flatMap(({ told, more }) => {
			const [first] = told;
			if (first?.severity !== severity) return [];
			return more === 0 ? told : [...told, summary(first.kind, severity, `More differences of this kind: ${more}.`)];
		});
	}

	return {
		must: add,
		may: (found) => add('notice', found),
		count(kind, what) {
			const counted = counts.get(what) ?? { kind, count: 0 };
			counted.count += 1;
			counts.set(what, counted);
		},
		result: () => ({
			mustNotChange: [...entriesOf('blocker'), ...entriesOf('warning')],
			mayChange: [
				...entriesOf('notice'),
				...[...counts].map(([what, { kind, count }]) => summary(kind, 'notice', `${what}: ${count}.`)),
			],
		}),
	};
}

function summary(kind: DiffKind, severity: DiffEntry['severity'], text: string): DiffEntry {
	return { kind, severity, subject: '', before: undefined, after: undefined, text };
}
