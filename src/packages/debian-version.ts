/**
 * Order of Debian version strings, as dpkg's lib/dpkg/version.c has it (deb-version(7)). Also the order of kernel
 * releases: `linux-version sort` and `sort -V` agree with it on them.
 */

/** Negative: `a` is older; 0: equal; positive: `a` is newer. */
export function compareDebianVersions(a: string, b: string): number {
	const left = split(a);
	const right = split(b);
	return (
		left.epoch - right.epoch || comparePart(left.upstream, right.upstream) || comparePart(left.revision, right.revision)
	);
}

function split(version: string): { epoch: number; upstream: string; revision: string } {
	const [, epoch = '0', rest = ''] = /^(?:(\d+):)?([\s\S]*)$/.exec(version.trim()) ?? [];
	const dash = rest.lastIndexOf('-');
	return {
		epoch: Number(epoch),
		upstream: dash === -1 ? rest : rest.slice(0, dash),
		revision: dash === -1 ? '' : rest.slice(dash + 1),
	};
}

/** Alternates between runs of non-digits, compared by `weight`, and runs of digits, compared as numbers. */
function comparePart(a: string, b: string): number {
	const left: string[] = a.match(/\d+|\D+/g) ?? [];
	const right: string[] = b.match(/\d+|\D+/g) ?? [];
	// Both sequences begin with a run of non-digits, empty where the text begins with a digit.
	if (/^\d/.test(a)) left.unshift('');
	if (/^\d/.test(b)) right.unshift('');
	for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
		const order =
			index % 2 === 0
				? compareWords(left[index] ?? '', right[index] ?? '')
				: compareNumbers(left[index] ?? '0', right[index] ?? '0');
		if (order !== 0) return order;
	}
	return 0;
}

function compareWords(a: string, b: string): number {
	for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
		const order = weight(a[index]) - weight(b[index]);
		if (order !== 0) return order;
	}
	return 0;
}

/** `~` sorts before the end of the text, the end before letters, letters before everything else. */
function weight(character: string | undefined): number {
	if (character === '~') return -1;
	if (character === undefined) return 0;
	const code = character.charCodeAt(0);
	return /[A-Za-z]/.test(character) ? code : code + 256;
}

/** By length first: a run of digits may be longer than a number can hold. */
function compareNumbers(a: string, b: string): number {
	const left = a.replace(/^0+/, '');
	const right = b.replace(/^0+/, '');
	if (left.length !== right.length) return left.length - right.length;
	return left === right ? 0 : left < right ? -1 : 1;
}
