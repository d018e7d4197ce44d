/** An administrator at the console who reads each question of the wizard and agrees to what it suggests. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Key, Terminal } from '../machine/terminal.ts';
import type { Scenario } from './scenario.ts';

/** A key that comes with a question is type-ahead to the wizard, not an answer: a person reads first. */
const readingMilliseconds = 2500;
/** Between two keys: several that arrive at once are taken for a paste. */
const keyMilliseconds = 400;

/** What the wizard's last line offers, and what is pressed then. */
const answers: readonly {
	shown: RegExp;
	press: (terminal: Terminal, shown: RegExpExecArray) => Promise<void> | void;
}[] = [
	{ shown: /Type (\w+) and press Enter/, press: (terminal, shown) => typeKeys(terminal, shown[1] ?? '', 'enter') },
	{ shown: /Press y for yes/, press: (terminal) => terminal.type('y') },
	{ shown: /Enter (choose|accept|confirm)/, press: (terminal) => terminal.press('enter') },
];

/** Types letter by letter, then presses the keys. */
export async function typeKeys(terminal: Terminal, letters: string, ...then: readonly Key[]): Promise<void> {
	for (const letter of letters) {
		terminal.type(letter);
		await sleep(keyMilliseconds);
	}
	for (const key of then) {
		terminal.press(key);
		await sleep(keyMilliseconds);
	}
}

/** Keeps what the screen shows, each page as a file of its own, in the order of the scenario. */
export class ScreenAlbum {
	readonly #scenario: Scenario;
	#pages = 0;
	#last = '';

	constructor(scenario: Scenario) {
		this.#scenario = scenario;
	}

	/** Keeps a screen once; the same one with another clock or another line of output counts as the same page. */
	keep(name: string, terminal: Terminal): void {
		const page = `${name}\n${headingOf(terminal)}`;
		if (page === this.#last) return;
		this.#last = page;
		this.#pages += 1;
		const { columns, rows } = terminal.size;
		const number = String(this.#pages).padStart(2, '0');
		const fileName = name.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase();
		this.#scenario.transcript.keep(`screen-${number}-${fileName}-${columns}x${rows}.txt`, `${terminal.text()}\n`);
		this.#scenario.transcript.screen(name, terminal.text());
	}
}

/** Where the wizard is, without what counts up: the seven steps, the heading, the command at work. */
function headingOf(terminal: Terminal): string {
	const [, rail = '', , heading = ''] = terminal.lines();
	const command = terminal.lines().findLast((line) => line.startsWith(' $ '));
	return [rail, heading.split(/ {3,}/)[0], command].join('\n');
}

export interface Agreeing {
	/** Shown on the screen when there is nothing more to agree to. */
	readonly end: RegExp;
	readonly seconds: number;
	readonly album: ScreenAlbum;
	/** Gets each question's screen first; true: it has answered it. */
	readonly before?: (screen: string) => Promise<boolean>;
}

/** Answers questions as they come until the screen shows the end. */
export async function agreeUntil(terminal: Terminal, agreeing: Agreeing): Promise<string> {
	const deadline = Date.now() + agreeing.seconds * 1000;
	for (;;) {
		const screen = terminal.text();
		if (agreeing.end.test(screen)) {
			agreeing.album.keep('end', terminal);
			return screen;
		}
		expect(Date.now(), `the wizard did not get to ${String(agreeing.end)}:\n${screen}`).toBeLessThan(deadline);
		const question = answers
			.map(({ shown, press }) => ({ shown: shown.exec(screen), press }))
			.find(({ shown }) => shown);
		if (question?.shown) {
			await sleep(readingMilliseconds);
			const stillThere = terminal.text();
			agreeing.album.keep(`question ${stillThere.split('\n').slice(4, 8).join(' ').trim().slice(0, 40)}`, terminal);
			if ((await agreeing.before?.(stillThere)) !== true) {
				await question.press(terminal, question.shown);
			}
			await changed(terminal, stillThere);
		} else {
			agreeing.album.keep('at work', terminal);
		}
		await sleep(500);
	}
}

/** Waits until the answer is seen to have had an effect, or for so long that it had none. */
async function changed(terminal: Terminal, screen: string): Promise<void> {
	for (let tries = 0; tries < 20 && terminal.text() === screen; tries += 1) {
		await sleep(500);
	}
}
