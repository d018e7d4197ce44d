import { excerpt } from '../host/text.js';
import { ZfsParseError } from './parse-error.js';

/** How the tab-separated rows of a `-H` listing look. */
export interface RowForm {
	/** The command, for errors. */
	readonly subject: string;
	readonly columns: number;
	/** Whether a last field can be one. Its words are fixed, so that it tells where a row ends. */
	readonly isLast: (field: string) => boolean;
	/** Index of the column that may hold tabs, if one may. */
	readonly freeColumn?: number;
}

export interface RowReader {
	/** @returns the fields of a row that this line completes. @throws ZfsParseError */
	push(line: string): readonly string[] | undefined;
	/** @throws ZfsParseError when a row was begun and not completed */
	end(): void;
}

/** Longer than any row: a property has at most 8 KiB (ZAP_MAXVALUELEN). */
const longestRow = 32 * 1024;

/**
 * Puts rows together from lines. A mount point or user property may hold line breaks, which `zfs` prints as they are,
 * so a row is only complete when it has all its columns and ends in a word that the last column can hold.
 */
export function createRowReader(form: RowForm): RowReader {
	let begun: string | undefined;
	return {
		push(line) {
			const text = begun === undefined ? line : `${begun}\n${line}`;
			if (text.length > longestRow) throw new ZfsParseError(form.subject, `a row without an end: ${excerpt(text)}`);
			const fields = splitFields(text, form);
			begun = fields === undefined ? text : undefined;
			return fields;
		},
		end() {
			if (begun !== undefined) throw new ZfsParseError(form.subject, `an incomplete row: ${excerpt(begun)}`);
		},
	};
}

/** All rows of a whole output. @throws ZfsParseError */
export function parseRows(output: string, form: RowForm): readonly (readonly string[])[] {
	if (output === '') return [];
	const reader = createRowReader(form);
	const text = output.endsWith('\n') ? output.slice(0, -1) : output;
	const rows = text.split('\n').flatMap((line) => {
		const fields = reader.push(line);
		return fields === undefined ? [] : [fields];
	});
	reader.end();
	return rows;
}

function splitFields(text: string, { columns, isLast, freeColumn }: RowForm): readonly string[] | undefined {
	const parts = text.split('\t');
	const surplus = parts.length - columns;
	if (surplus < 0 || !isLast(parts.at(-1) ?? '')) return undefined;
	if (surplus === 0) return parts;
	if (freeColumn === undefined) return undefined;
	const free = parts.slice(freeColumn, freeColumn + surplus + 1).join('\t');
	return [...parts.slice(0, freeColumn), free, ...parts.slice(freeColumn + surplus + 1)];
}
