import type { Host } from '../../host/host.js';

/**
 * Paths that match a pattern with `*` and `?` in any of its names, sorted; hidden files only where the pattern names
 * the dot (glob(7)). A pattern without either is returned as it is. @throws HostError
 */
export async function findMatchingFiles(host: Host, pattern: string): Promise<readonly string[]> {
	let found = [''];
	for (const name of pattern.split('/').slice(1)) {
		if (!/[*?]/.test(name)) {
			found = found.map((folder) => `${folder}/${name}`);
			continue;
		}
		const matches = toExpression(name);
		const listed = await Promise.all(
			found.map(async (folder) => {
				const names = (await host.files.list(folder === '' ? '/' : folder)) ?? [];
				return names.filter((each) => matches.test(each)).map((each) => `${folder}/${each}`);
			}),
		);
		found = listed.flat();
	}
	return found.toSorted();
}

function toExpression(name: string): RegExp {
	const body = name
		.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
		.replaceAll('*', '.*')
		.replaceAll('?', '.');
	return new RegExp(name.startsWith('.') ? `^${body}$` : `^(?!\\.)${body}$`);
}
