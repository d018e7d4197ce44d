/**
 * Stands in for `string-width` in the bundle. That module looks up for each text with a symbol in it whether it is an
 * emoji, and the first time takes 35 ms in Node to load what Unicode says of them (measured, 24.21): an eighth of the
 * time to the first frame. Nearly all that is shown is made of what is answered here.
 */

/**
 * Characters that take one cell each, whatever stands beside them: printable ASCII and Latin, punctuation, arrows, lines
 * and blocks, and our own marks. Nothing that joins others, and none that is an emoji by itself.
 */
const oneCellEach = /^[\x20-\x7e\xa1-\xac\xae-\u02ff\u2010-\u2027\u2190-\u21ff\u2500-\u259f▸✓✗]*$/;

/** What sets colours and weights. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence
const styles = /\x1b\[[\d;]*m/g;

/** Cells of a text that is easily told; undefined where only Unicode's tables tell. */
export function plainWidth(text: string): number | undefined {
	const shown = text.replace(styles, '');
	return oneCellEach.test(shown) ? shown.length : undefined;
}

export default function stringWidth(text: string, options: Readonly<Record<string, boolean>> = {}): number {
	const width = Object.keys(options).length === 0 ? plainWidth(text) : undefined;
	// The published module is evaluated when it is first called.
	return width ?? require('string-width-as-published').default(text, options);
}
