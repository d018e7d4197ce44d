/** `fuzz`: hostile text for every parser. Operands: parts of the names of the parsers to take; none: all. */
import fc from 'fast-check';
import { damage, readDamaged } from '../hostile/damaged-state.js';
import { expectReadOrRefused } from '../hostile/expectations.js';
import { hostileText, monotonousTexts } from '../hostile/mutation.js';
import { type Parser, parsers } from '../hostile/parsers.js';
import type { Campaign, CampaignOptions } from './campaigns.js';
import { recordRun } from './record.js';
import { newWorld, scenarioOf } from './world.js';

const usualCount = 10_000;
/** A megabyte of anything takes milliseconds where a parser is linear; what takes longer than this is not. */
const slowestMilliseconds = 5000;

export const campaign: Campaign = {
	summary: `mutated real output for every parser, ${usualCount} inputs each, and as many damaged states`,
	async run(options) {
		const chosen = parsers.filter(
			({ name }) => options.operands.length === 0 || options.operands.some((part) => name.includes(part)),
		);
		const isGood: boolean[] = [];
		for (const parser of chosen) isGood.push(await fuzz(parser, options));
		if (options.operands.length === 0 || options.operands.includes('states')) isGood.push(await fuzzStates(options));
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

/** States that a run has written, each with a value changed and a checksum that fits. */
async function fuzzStates({ seed, count = usualCount, say }: CampaignOptions): Promise<boolean> {
	const since = performance.now();
	const { moments } = await recordRun(newWorld(scenarioOf['dkms-ahead'], seed));
	const recorded = [...new Set(moments.flatMap(({ written }) => written ?? []))];
	let accepted = 0;
	const result = await fc.check(
		fc.asyncProperty(fc.constantFrom(...recorded), damage, async (state, one) => {
			if ((await readDamaged(state, one)) === 'accepted') accepted += 1;
		}),
		{ numRuns: count, seed },
	);
	const took = Math.round(performance.now() - since);
	say(`${result.failed ? 'FAIL' : 'ok  '} ${'recorded states'.padEnd(28)} ${took} ms`);
	say(
		`     ${count} damaged ones of ${recorded.length}: ${accepted} that every command can live with, the rest refused`,
	);
	if (result.failed) say(`     ${fc.defaultReportMessage(result)?.slice(0, 3000)}`);
	return !result.failed;
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
