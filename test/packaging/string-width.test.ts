import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import publishedWidth from '../../node_modules/string-width/index.js';
import { plainWidth } from '../../packaging/string-width.ts';

const everyCharacter = Array.from({ length: 0x10000 }, (_, code) => String.fromCodePoint(code));
const plain = everyCharacter.filter((character) => plainWidth(character) !== undefined);

describe('the width of a text in the bundle', () => {
	it('is what string-width says, for every character that it answers itself', () => {
		expect(plain.filter((character) => plainWidth(character) !== publishedWidth(character))).toEqual([]);
		expect(plain.length).toBeGreaterThan(700);
	});

	it('is what string-width says for any text of them, with styles in between', () => {
		const piece = fc.oneof(fc.constantFrom(...plain), fc.constantFrom('\x1b[1m', '\x1b[38;5;12m', '\x1b[0m'));
		fc.assert(
			fc.property(fc.array(piece), (pieces) => {
				const text = pieces.join('');
				expect(plainWidth(text)).toBe(publishedWidth(text));
			}),
		);
	});

	it('is left to string-width where characters join, are wide, or move the cursor', () => {
		for (const text of ['e\u0301', '☎\ufe0f', '日本', '👩‍🔧', '\u1100\u1161', 'a\tb', '\x1b[2K', '\u00ad']) {
			expect(plainWidth(text)).toBeUndefined();
		}
	});
});
