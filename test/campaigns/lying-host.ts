/** `lying-host`: whole simulated hosts whose answers are bent or lost, read by all that `check` and `plan` read. */
import fc from 'fast-check';
import { findMistaken } from '../hostile/dead-commands.js';
import { type Examined, examineAll, simulatedHost } from '../hostile/examination.js';
import { fitForTerminal } from '../hostile/expectations.js';
import { type Lie, lyingHost, questionsTo } from '../hostile/hostile-host.js';
import { anyLies, oneLoss } from '../hostile/lies.js';
import type { Campaign } from './campaigns.js';

const usualCount = 400;
/** Scenarios that step 1 lets pass, and those that it must block whatever is lost. */
const sound = ['happy', 'held-jobs', 'encrypted'] as const;
const blocked = ['degraded-pool', 'suspended-pool', 'no-zfs-module', 'abi-mismatch', 'no-space'] as const;

export const campaign: Campaign = {
	summary: `simulated hosts that lie, ${usualCount} of each scenario: no crash, no wrong "ready", no death taken for silence`,
	async run({ seed, count = usualCount, operands, say }) {
		let isClean = true;
		const check = async (name: string, arbitrary: fc.Arbitrary<readonly Lie[]>, judge: (seen: Examined) => void) => {
			const since = performance.now();
			const result = await fc.check(
				fc.asyncProperty(arbitrary, async (lies) => judge(await examineAll(lyingHost(simulatedHost(name), lies)))),
				{ numRuns: count, seed, endOnFailure: false },
			);
			isClean &&= !result.failed;
			say(`${result.failed ? 'FAIL' : 'ok  '} ${name.padEnd(20)} ${Math.round(performance.now() - since)} ms`);
			if (result.failed) say(String(result.errorInstance).slice(0, 3000));
		};
		const wanted = (name: string) => operands.length === 0 || operands.includes(name);
		for (const name of [...sound, ...blocked].filter(wanted)) {
			const questions = await questionsTo(simulatedHost(name), examineAll);
			await check(name, anyLies(questions), ({ shown }) => fitForTerminal(shown));
		}
		for (const name of [...sound, ...blocked].filter(wanted)) {
			const { commands, mistaken } = await findMistaken(name);
			isClean &&= mistaken.length === 0;
			say(`${mistaken.length === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(20)} ${commands} commands that die`);
			for (const command of mistaken) say(`     taken for an empty answer when it died: ${command}`);
		}
		for (const name of blocked.filter(wanted)) {
			const questions = await questionsTo(simulatedHost(name), examineAll);
			await check(
				name,
				oneLoss(questions).map((lie) => [lie]),
				({ verdict }) => {
					if (verdict !== 'blocked') throw new Error(`${name} is "${verdict}" after one answer was lost`);
				},
			);
		}
		return isClean;
	},
};
