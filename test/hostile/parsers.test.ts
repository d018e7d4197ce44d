import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectReadOrRefused } from './expectations.js';
import { hostileText, monotonousTexts } from './mutation.js';
import { parsers } from './parsers.js';

/** A sample; the campaign `fuzz` does ten thousand of each. */
const sample = 80;
/** Characters of the monotonous texts: enough for a quadratic habit to be felt as a hang. */
const monotony = 2 ** 17;

const texts = monotonousTexts(monotony);

describe.each(parsers)('$name', (parser) => {
	it('reads whatever it is given, or refuses it with its own error', async () => {
		await fc.assert(
			fc.asyncProperty(hostileText(parser.texts()), (text) => expectReadOrRefused(parser, text)),
			{ numRuns: sample },
		);
	});

	it('comes to an end with a very long text of one thing', async () => {
		for (const text of texts) await expectReadOrRefused(parser, text);
	});
});

describe('the fuzzing itself', () => {
	it('catches a parser that fails with an error that nobody handles', async () => {
		const broken = {
			name: 'broken',
			parse: (text: string) => JSON.parse(text),
			refusals: ['ZfsParseError'],
			texts: () => ['{"a": 1}'],
		};
		await expect(
			fc.assert(
				fc.asyncProperty(hostileText(broken.texts()), (text) => expectReadOrRefused(broken, text)),
				{ numRuns: sample },
			),
		).rejects.toThrow(/Counterexample/);
	});
});
