/** An administrator at the console who reads each question of the wizard and agrees to what it suggests. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Terminal } from '../machine/terminal.ts';
import type { Scenario } from './scenario.ts';

/** A key that comes with a question is type-ahead to the wizard, not an answer: a person reads first. */
const readingMilliseconds = 2500;

/** What the wizard's last line offers, and what is pressed then. */
const answers: readonly {
	shown: RegExp;
	press: (terminal: Terminal, shown: RegExpExecArray) => Promise<void> | void;
}[] = [
	{ shown: /Type (\w+) and press Enter/, press: (terminal, shown) => typeWord(terminal, shown[1] ?? '') },
	{ shown: /Press y for yes/, press: (terminal) => terminal.type('y') },
	{ shown: /Enter (choose|accept|confirm)/, press: (terminal) => terminal.press('enter') },
];

/**
 * Answers questions as they come until the screen shows `end`.
 * @param before gets each question's screen first; returns true if it has answered it
 */
export async function agreeUntil(
	scenario: Scenario,
	terminal: Terminal,
	end: RegExp,
	seconds: number,
	before: (screen: string) => Promise<boolean> | boolean = () => false,
): Promise<string> {
	const deadline = Date.now() + seconds * 1000;
	for (;;) {
		const screen = terminal.text();
		if (end.test(screen)) {
			scenario.transcript.screen('end', screen);
			return screen;
		}
		expect(Date.now(), `the wizard did not get to ${String(end)}:\n${screen}`).toBeLessThan(deadline);
		const question = answers
			.map(({ shown, press }) => ({ shown: shown.exec(screen), press }))
			.find(({ shown }) => shown);
		if (question?.shown) {
			await sleep(readingMilliseconds);
			const stillThere = terminal.text();
			scenario.transcript.screen('question', stillThere);
			if (!(await before(stillThere))) {
				await question.press(terminal, question.shown);
			}
			await changed(terminal, stillThere);
		}
		await sleep(500);
	}
}

async function typeWord(terminal: Terminal, word: string): Promise<void> {
	for (const letter of word) {
		terminal.type(letter);
		await sleep(300);
	}
	terminal.press('enter');
}

/** Waits until the answer is seen to have had an effect, or for so long that it had none. */
async function changed(terminal: Terminal, screen: string): Promise<void> {
	for (let tries = 0; tries < 20 && terminal.text() === screen; tries += 1) {
		await sleep(500);
	}
}
