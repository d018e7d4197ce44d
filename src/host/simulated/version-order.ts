/** Order of Debian versions (deb-version(7)); kernel releases sort by it too. */
export function compareVersions(one: string, other: string): number {
	const [a, b] = [split(one), split(other)];
	return a.epoch - b.epoch || comparePart(a.upstream, b.upstream) || comparePart(a.revision, b.revision);
}

function split(version: string) {
	const [, epoch = '0', rest = version] = /^(\d+):(.*)$/.exec(version) ?? [];
	const dash = rest.lastIndexOf('-');
	return {
		epoch: Number(epoch),
		upstream: dash < 0 ? rest : rest.slice(0, dash),
		revision: dash < 0 ? '0' : rest.slice(dash + 1),
	};
}

/** Runs of non-digits and digits in turn; a tilde sorts before everything, even the end. */
function comparePart(one: string, other: string): number {
	const [a, b] = [runs(one), runs(other)];
	for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
		const [x = '', y = ''] = [a[index], b[index]];
		const order = index % 2 === 0 ? compareText(x, y) : Number(x || '0') - Number(y || '0');
		if (order !== 0) return order;
	}
	return 0;
}

/** The first is a run of non-digits, if need be an empty one. */
function runs(part: string): readonly string[] {
	const found: readonly string[] = part.match(/\d+|\D+/g) ?? [];
	return /^\d/.test(part) ? ['', ...found] : found;
}

function compareText(one: string, other: string): number {
	for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
		const order = weight(one.charAt(index)) - weight(other.charAt(index));
		if (order !== 0) return order;
	}
	return 0;
}

function weight(character: string): number {
	if (character === '~') return -1;
	if (character === '') return 0;
	return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256;
}
