/** apt's own record, /var/log/apt/history.log: stanzas of `Field: value`, apart by empty lines. */

export interface HistoryEntry {
	/** Local time as apt writes it: `2026-11-22  07:05:52`. */
	readonly startDate: string;
	readonly commandLine: string | undefined;
	/** apt ended by itself, though perhaps with an error. Without it apt was killed. */
	readonly endDate: string | undefined;
	readonly error: string | undefined;
}

/** Oldest first. A stanza without a start is left out: the log was rotated in its middle. */
export function parseHistory(text: string): readonly HistoryEntry[] {
	return text.split(/\n{2,}/).flatMap((stanza) => {
		const fields = new Map(
			stanza.split('\n').map((line) => {
				const [, name = '', value = ''] = /^([A-Za-z-]+): ?(.*)$/.exec(line) ?? [];
				return [name, value] as const;
			}),
		);
		const startDate = fields.get('Start-Date');
		if (startDate === undefined) return [];
		const field = (name: string) => fields.get(name);
		return [{ startDate, commandLine: field('Commandline'), endDate: field('End-Date'), error: field('Error') }];
	});
}

/** The last transaction, when it has no end. A running one has none either: look for its process first. */
export function findUnfinished(entries: readonly HistoryEntry[]): HistoryEntry | undefined {
	const last = entries.at(-1);
	return last !== undefined && last.endDate === undefined ? last : undefined;
}
