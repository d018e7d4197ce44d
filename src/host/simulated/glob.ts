/** As fnmatch(3) with `*` and `?` alone: every other character stands for itself. */
export function matchesGlob(pattern: string, text: string): boolean {
	const source = pattern
		.replace(/[.+^${}()|[\]\\]/g, '\\$&')
		.replaceAll('*', '.*')
		.replaceAll('?', '.');
	return new RegExp(`^${source}$`).test(text);
}
