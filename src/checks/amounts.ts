/** Quantities and lists as the details of findings name them. */

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

/** Three significant digits: `812 B`, `1.24 GiB`. */
export function formatBytes(bytes: bigint): string {
	const unit = units.findIndex((_, index) => bytes < 1024n ** BigInt(index + 1));
	const index = unit === -1 ? units.length - 1 : unit;
	const value = Number(bytes) / 1024 ** index;
	const digits = index === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
	return `${value.toFixed(digits)} ${units[index] ?? 'B'}`;
}

/** The first names, and how many more there are: a finding is read, not scrolled. */
export function listSome(names: readonly string[], limit = 6): string {
	const shown = names.slice(0, limit).map(printable).join(', ');
	return names.length > limit ? `${shown} and ${names.length - limit} more` : shown;
}

/** `1 pool`, `2 pools`. */
export function count(amount: number | bigint, noun: string): string {
	return `${amount} ${noun}${Number(amount) === 1 ? '' : 's'}`;
}

/** A file's name is its owner's choice and may hold anything. */
function printable(text: string): string {
	return text.replace(/[\p{Cc}\p{Cf}]/gu, '?');
}
