/** `fuzz`: hostile text for every parser. Operands: parts of the names of the parsers to take; none: all. */
import fc from 'fast-check';
import { expectReadOrRefused } from '../hostile/expectations.js';
import { hostileText, monotonousTexts } from '../hostile/mutation.js';
import { type Parser, parsers } from '../hostile/parsers.js';
import type { Campaign, CampaignOptions } from './campaigns.js';

const usualCount = 10_000;
/** A megabyte of anything takes milliseconds where a parser is linear; what takes longer than this is not. */
const slowestMilliseconds = 5000;

export const campaign: Campaign = {
	summary: `mutated real output for every parser, ${usualCount} inputs each`,
	async run(options) {
		const chosen = parsers.filter(
			({ name }) => options.operands.length === 0 || options.operands.some((part) => name.includes(part)),
		);
		const isGood: boolean[] = [];
		for (const parser of chosen) isGood.push(await fuzz(parser, options));
		options.say(`${chosen.length} parsers, ${chosen.length * (options.count ?? usualCount)} inputs`);
		return !isGood.includes(false);
	},
};

async function fuzz(parser: Parser, { seed, count, say }: CampaignOptions): Promise<boolean> {
	const since = performance.now();
	const result = await fc.check(
		fc.asyncProperty(hostileText(parser.texts()), (text) => expectReadOrRefused(parser, text)),
		{ numRuns: count ?? usualCount, seed },
	);
	const monotony: (string | undefined)[] = [];
	for (const text of monotonousTexts()) monotony.push(await readMonotonous(parser, text));
	const problems = [
		...(result.failed ? [fc.defaultReportMessage(result) ?? 'failed'] : []),
		...monotony.filter((problem) => problem !== undefined),
	];
	say(
		`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${parser.name.padEnd(28)} ${Math.round(performance.now() - since)} ms`,
	);
	for (const problem of problems) say(`     ${problem}`);
	return problems.length === 0;
}

/** What is wrong, if anything. */
async function readMonotonous(parser: Parser, text: string): Promise<string | undefined> {
	const begun = performance.now();
	try {
		await expectReadOrRefused(parser, text);
	} catch (error) {
		return `${describe(text)}: ${error instanceof Error ? error.message : error}`;
	}
	const took = performance.now() - begun;
	return took > slowestMilliseconds ? `${describe(text)}: took ${Math.round(took)} ms` : undefined;
}

function describe(text: string): string {
	return `${text.length} characters of ${JSON.stringify(text.slice(0, 12))}`;
}
