/** `lock`: real processes that fight for the lock of one host. Operand: the number of one fight to repeat. */
import type { Campaign } from './campaigns.js';
import { chance, mixSeed } from './chance.js';
import { type FightResult, fight } from './lock/fight.js';

const usualCount = 30;

export const campaign: Campaign = {
	summary: `real processes that fight for one lock, ${usualCount} times: started at once, killed, with a file of dead holders`,
	async run({ seed, count = usualCount, operands, say }) {
		const numbers =
			operands[0] === undefined ? Array.from({ length: count }, (_, index) => index) : [Number(operands[0])];
		const results: FightResult[] = [];
		for (const number of numbers) {
			const result = await fight({ draw: chance(mixSeed(seed, number)) });
			results.push(result);
			for (const problem of result.problems) {
				say(`FAIL fight ${number}: ${problem}`);
				say(`     repeat: npm run campaign -- lock ${number} --seed ${seed}`);
			}
		}
		const sum = (of: (result: FightResult) => number) => results.reduce((total, each) => total + of(each), 0);
		const found = sum(({ problems }) => problems.length);
		say(
			`${results.length} fights of ${sum(({ contenders }) => contenders)} processes: ` +
				`${sum(({ turnedAway }) => turnedAway)} turned away, ${found} violations`,
		);
		return found === 0;
	},
};
