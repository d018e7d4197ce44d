/** What real commands printed and real files hold, as the material that hostile input is made of. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const fixtures = path.join(import.meta.dirname, '../fixtures');

/** Larger ones (logs of whole builds) are cut: a mutation of line 5,000 finds nothing that one of line 300 does not. */
const longest = 48 * 1024;

let all: readonly { readonly file: string; readonly text: string }[] | undefined;

function everything(): NonNullable<typeof all> {
	all ??= readdirSync(fixtures, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && !entry.name.endsWith('.ts') && entry.name !== 'README.md')
		.map((entry) => path.join(entry.parentPath, entry.name))
		.sort()
		.map((file) => ({
			file: path.relative(fixtures, file),
			text: outputIn(readFileSync(file, 'utf8')).slice(0, longest),
		}));
	return all;
}

/** A recording says in comment lines what it is; the command printed what follows them. */
function outputIn(text: string): string {
	return text
		.replace(/^(?:# .*\n)+(?=# --- stdout\n)/, '')
		.replace(/^# --- stdout\n/, '')
		.replace(/# --- stderr\n?/, '');
}

/** Texts of the recordings whose path fits. Throws where there is none: a parser without material is not tested. */
export function recordings(pattern: RegExp): readonly string[] {
	const found = everything().filter(({ file }) => pattern.test(file));
	if (found.length === 0) throw new Error(`no recording fits ${pattern}`);
	return found.map(({ text }) => text);
}
