/** Combining marks, joiners and variation selectors take no cell of their own. */
const zeroWidth = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** East Asian wide and full-width forms and the emoji planes: two cells on every terminal that we know of. */
const doubleWidth =
	/[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;

/** Printable ASCII, which is nearly everything that a host prints under `LC_ALL=C`. */
const ascii = /^[\x20-\x7e]*$/;

/** Cells that `text` takes on a terminal. Control characters must be gone by then. */
export function cellWidth(text: string): number {
	if (ascii.test(text)) {
		return text.length;
	}
	let cells = 0;
	for (const character of text) {
		cells += characterWidth(character);
	}
	return cells;
}

function characterWidth(character: string): number {
	if (zeroWidth.test(character)) {
		return 0;
	}
	return doubleWidth.test(character) ? 2 : 1;
}

/** `text` filled up with spaces to `width` cells; a longer text stays as it is. */
export function padEnd(text: string, width: number): string {
	return text + ' '.repeat(Math.max(0, width - cellWidth(text)));
}

/** The longest beginning of `text` that takes at most `width` cells. */
export function takeCells(text: string, width: number): string {
	if (ascii.test(text)) {
		return text.slice(0, Math.max(0, width));
	}
	let cells = 0;
	let taken = '';
	for (const character of text) {
		cells += characterWidth(character);
		if (cells > width) {
			break;
		}
		taken += character;
	}
	return taken;
}

/** At most `width` cells; what does not fit is left out at a word's end where there is one, and marked. */
export function shorten(text: string, width: number, ellipsis: string): string {
	if (cellWidth(text) <= width) {
		return text;
	}
	const taken = takeCells(text, width - cellWidth(ellipsis));
	const isWhole = text.startsWith(' ', taken.length);
	const lastSpace = taken.lastIndexOf(' ');
	const kept = !isWhole && lastSpace > taken.length / 2 ? taken.slice(0, lastSpace) : taken;
	return takeCells(`${kept}${ellipsis}`, width);
}
