import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellWidth, padEnd, shorten, takeCells } from '../../../src/ui/text/width.js';
import { wrap, wrapWords } from '../../../src/ui/text/wrap.js';

describe('wrapped text', () => {
	it('breaks between words and puts further lines under the first', () => {
		expect(wrap('one two three four', 9, { first: '- ', rest: '  ' })).toEqual(['- one two', '  three', '  four']);
	});

	it('keeps a quoted name together, with the spaces inside it', () => {
		expect(wrap("Pool 'my data pool' is full", 20)).toEqual(["Pool 'my data pool'", 'is full']);
		expect(wrap("zfs destroy 'a b'@snap now", 14)).toEqual(['zfs destroy', "'a b'@snap now"]);
	});

	it('does not take an apostrophe for a quote', () => {
		expect(wrap("the pool's disks and the host's disks", 20)).toEqual(["the pool's disks and", "the host's disks"]);
	});

	it('never goes beyond the width and never loses a letter', () => {
		const text = fc.string({ unit: 'grapheme', maxLength: 300 });
		fc.assert(
			fc.property(text, fc.integer({ min: 4, max: 60 }), (each, width) => {
				const lines = wrap(each, width);
				expect(lines.every((line) => cellWidth(line) <= width)).toBe(true);
				expect(lines.join('').replaceAll(/\s/g, '')).toBe(each.replaceAll(/\s/g, ''));
			}),
		);
	});

	it('lets a long word stand out where text is for copying', () => {
		expect(wrapWords(['zfs', 'x'.repeat(30), 'y'], 20, { continued: ' \\', long: 'keep' })).toEqual([
			'zfs \\',
			`${'x'.repeat(30)} \\`,
			'y',
		]);
	});

	it('marks a line that goes on with another word, and not a word that is cut', () => {
		expect(wrapWords(['zfs', 'x'.repeat(22), 'y'], 20, { rest: '  ', continued: ' \\' })).toEqual([
			'zfs \\',
			`  ${'x'.repeat(18)}`,
			'  xxxx y',
		]);
	});
});

describe('widths', () => {
	it('count cells, not characters', () => {
		expect(cellWidth('zfs')).toBe(3);
		expect(cellWidth('✓ é')).toBe(3);
		expect(cellWidth('e\u0301')).toBe(1);
		expect(cellWidth('日本')).toBe(4);
		expect(takeCells('日本', 3)).toBe('日');
		expect(padEnd('日', 4)).toBe('日  ');
	});

	it('shorten at a word end, within the width', () => {
		expect(shorten('Pool tank is nearly full', 15, '...')).toBe('Pool tank is...');
		expect(shorten('short', 15, '...')).toBe('short');
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 30 }), (text, width) => {
				expect(cellWidth(shorten(text, width, '…'))).toBeLessThanOrEqual(width);
			}),
		);
	});
});
