import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HostError } from '../../src/host/host-error.js';
import { createLocalFiles } from '../../src/host/local-files.js';

const files = createLocalFiles('/');
let folder: string;
beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'zfs-lockstep-lines-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function linesOf(text: string): Promise<readonly string[]> {
	const file = path.join(folder, 'text');
	writeFileSync(file, text);
	const lines: string[] = [];
	for await (const line of files.lines(file)) lines.push(line);
	return lines;
}

describe('a text file line by line', () => {
	it('gives every line once, whatever characters it has and wherever it is cut', async () => {
		const line = fc.string({ unit: fc.constantFrom('a', 'ß', '😀', '\t', '\r', ' '), maxLength: 40 });
		await fc.assert(
			fc.asyncProperty(fc.array(line, { maxLength: 20 }), fc.integer({ min: 1, max: 3000 }), async (some, times) => {
				const lines = Array.from(
					{ length: some.length === 0 ? 0 : times },
					(_, index) => some[index % some.length] ?? '',
				);
				expect(await linesOf(lines.map((each) => `${each}\n`).join(''))).toEqual(lines);
			}),
			{ numRuns: 30 },
		);
	});

	it('gives a last line without a newline, and none for an empty file', async () => {
		expect(await linesOf('a\nb')).toEqual(['a', 'b']);
		expect(await linesOf('')).toEqual([]);
		expect(await linesOf('\n')).toEqual(['']);
	});

	it('may be left early', async () => {
		writeFileSync(path.join(folder, 'text'), 'x\n'.repeat(200_000));
		for await (const line of files.lines(path.join(folder, 'text'))) {
			expect(line).toBe('x');
			break;
		}
	});

	it('that is not there, or is none, is a typed error', async () => {
		const read = async (file: string) => {
			for await (const _ of files.lines(file)) break;
		};
		await expect(read(path.join(folder, 'none'))).rejects.toThrow(HostError);
		await expect(read(folder)).rejects.toMatchObject({ kind: 'not-a-file' });
	});

	it('is refused when a line has no end', async () => {
		await expect(linesOf('x'.repeat(3_000_000))).rejects.toThrow(HostError);
	});
});
