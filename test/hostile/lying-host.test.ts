import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findMistaken } from './dead-commands.js';
import { examineAll, simulatedHost } from './examination.js';
import { fitForTerminal } from './expectations.js';
import { lyingHost, questionsTo } from './hostile-host.js';
import { anyLies, oneLoss } from './lies.js';

/** A sample; the campaign `lying-host` does hundreds of each of eight scenarios. */
const sample = 15;

describe('a host whose commands and files lie', () => {
	it('neither ends the program nor reaches the terminal with control characters', async () => {
		const questions = await questionsTo(simulatedHost('held-jobs'), examineAll);
		await fc.assert(
			fc.asyncProperty(anyLies(questions), async (lies) => {
				fitForTerminal((await examineAll(lyingHost(simulatedHost('held-jobs'), lies))).shown);
			}),
			{ numRuns: sample },
		);
	});

	it.each(['degraded-pool', 'suspended-pool'])('never makes %s look ready by losing one answer', async (scenario) => {
		const questions = await questionsTo(simulatedHost(scenario), examineAll);
		await fc.assert(
			fc.asyncProperty(oneLoss(questions), async (lie) => {
				expect((await examineAll(lyingHost(simulatedHost(scenario), [lie]))).verdict).toBe('blocked');
			}),
			{ numRuns: sample },
		);
	});

	it('tells a command that died from one that had nothing to say', async () => {
		const { commands, mistaken } = await findMistaken('held-jobs');
		expect(mistaken).toEqual([]);
		expect(commands).toBeGreaterThan(10);
	}, 60_000);

	it('is a sound host when it does not lie: what is shown above comes from the lies', async () => {
		expect((await examineAll(simulatedHost('happy'))).verdict).toBe('ready');
	});
});
