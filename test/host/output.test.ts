import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundedText, LineSplitter, lineLimit } from '../../src/host/output.js';

function splitInto(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
	const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
	return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

function readLines(chunks: readonly Uint8Array[]): string[] {
	const splitter = new LineSplitter();
	return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()];
}

describe('kept output', () => {
	it('is whole up to the limit, wherever the pipe cut it', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), fc.array(fc.nat()), (text, cuts) => {
				const kept = new BoundedText();
				for (const chunk of splitInto(Buffer.from(text), cuts)) kept.push(chunk);
				expect(kept.toString()).toBe(text);
				expect(kept.isTruncated).toBe(false);
			}),
		);
	});

	it('loses what is beyond the limit and says so', () => {
		const kept = new BoundedText(4);
		kept.push(Buffer.from('äöü'));
		kept.push(Buffer.from('more'));
		expect(kept.toString()).toBe('äö');
		expect(kept.isTruncated).toBe(true);
	});

	it('does not show half a character at the limit', () => {
		const kept = new BoundedText(3);
		kept.push(Buffer.from('äö'));
		expect(kept.toString()).toBe('ä');
	});

	it('replaces what is not UTF-8', () => {
		const kept = new BoundedText();
		kept.push(Uint8Array.of(0x61, 0xff, 0x62));
		expect(kept.toString()).toBe('a\ufffdb');
	});
});

describe('lines of output', () => {
	it('are the same wherever the pipe cut them', () => {
		const text = fc.string({ unit: fc.constantFrom('a', 'ß', '\n', '\r', '池') });
		fc.assert(
			fc.property(text, fc.array(fc.nat()), (value, cuts) => {
				const expected = value.split(/\r\n|\r|\n/);
				if (expected.at(-1) === '') expected.pop();
				expect(readLines(splitInto(Buffer.from(value), cuts))).toEqual(expected);
			}),
		);
	});

	it('are cut where they are absurdly long, and the next one is whole', () => {
		const lines = readLines([Buffer.from('x'.repeat(lineLimit)), Buffer.from('yyy\nnext\n')]);
		expect(lines).toEqual([`${'x'.repeat(lineLimit)}…`, 'next']);
	});
});
