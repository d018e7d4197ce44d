import { TerminalSession } from './program.js';

/** Keys this soon after a question came into sight are type-ahead for the program. Milliseconds, with a margin. */
const guardTime = 750;

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** Titles of the questions of an upgrade, in order. */
export const questions = [
	'Which pools are to be snapshotted',
	'Send a full copy of the pools',
	'Make a pool checkpoint?',
	'Snapshot the pools and put replication on hold?',
	'Build and install the OpenZFS',
	'Reboot into the new kernel module?',
	'The host goes down now.',
	'Upgrade the userspace to OpenZFS',
	'Test zfs send and receive',
	'The smoke test is green.',
] as const;
type QuestionTitle = (typeof questions)[number];

/** What the screen waits for: one of the questions, or a key on the last page. */
export type Prompt = QuestionTitle | 'last page';

function promptOn(screen: string): Prompt | undefined {
	const isAsking = /Press y for yes|Enter choose|Enter accept|press Enter, or no/.test(screen);
	if (isAsking) return questions.find((title) => screen.includes(title));
	return /Enter leave/.test(screen) ? 'last page' : undefined;
}

/** The next prompt, when keys count for it; undefined once the program has ended. */
export async function nextPrompt(terminal: TerminalSession, seconds = 60): Promise<Prompt | undefined> {
	const end = Date.now() + seconds * 1000;
	while (Date.now() < end) {
		if (terminal.hasEnded) return undefined;
		const prompt = promptOn(terminal.text());
		if (prompt !== undefined) {
			await pause(guardTime);
			if (promptOn(terminal.text()) === prompt) return prompt;
		}
		await pause(30);
	}
	throw new Error(`nothing was asked within ${seconds} s:\n${terminal.text()}`);
}

/** Agrees, or takes what is suggested; at the reboot: now. Returns when the question is gone. */
export async function agree(terminal: TerminalSession, prompt: Prompt): Promise<void> {
	const screen = terminal.text();
	if (prompt === 'Reboot into the new kernel module?') {
		terminal.press('2');
		await terminal.waitFor(/▸ Now/);
		terminal.press('\r');
	} else if (screen.includes('Type reboot')) {
		// One key after the other: several at once are refused as a paste.
		for (const [index, key] of [...'reboot'].entries()) {
			terminal.press(key);
			await terminal.waitFor(new RegExp(`decline: ${'reboot'.slice(0, index + 1)}`));
		}
		terminal.press('\r');
	} else {
		terminal.press(screen.includes('Press y for yes') ? 'y' : '\r');
	}
	const end = Date.now() + 60_000;
	while (!terminal.hasEnded && promptOn(terminal.text()) === prompt && Date.now() < end) await pause(30);
}

/** Agrees to everything up to a prompt, or to the end. */
export async function agreeUntil(terminal: TerminalSession, last?: Prompt): Promise<readonly Prompt[]> {
	const seen: Prompt[] = [];
	for (;;) {
		const prompt = await nextPrompt(terminal);
		if (prompt === undefined || prompt === last) return seen;
		seen.push(prompt);
		await agree(terminal, prompt);
	}
}

export function openDemo(folder: string, options: { readonly speed?: string; readonly scenario?: string } = {}) {
	const { speed = '1000000', scenario = 'happy' } = options;
	const args = ['demo', '--scenario', scenario, '--state-dir', folder];
	return new TerminalSession(args, undefined, { ZFS_LOCKSTEP_DEMO_SPEED: speed });
}
