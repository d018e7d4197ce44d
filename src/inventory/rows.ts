/** Rows of our own tables: fields joined by tabs, a row a line. */

/** Line breaks and tabs in a field would make two of it. */
function toRow(fields: readonly string[]): string {
	return fields.map((field) => field.replaceAll(/[\t\n\r]/g, '\uFFFD')).join('\t');
}

/** Sorted by bytes, as sort(1) with `LC_ALL=C` does it. */
export function toTable(rows: readonly (readonly string[])[]): string {
	const lines = rows.map(toRow).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
	return lines.map((line) => `${line}\n`).join('');
}

/** Values that systemd, docker and others may print: fields of a line. */
export function fieldsOf(line: string): readonly string[] {
	return line.split('\t');
}

/** The pool of a dataset, snapshot or bookmark that a table names. */
export function poolIn(name: string): string {
	return name.split(/[/@#]/, 1)[0] ?? '';
}
