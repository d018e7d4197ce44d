import process from 'node:process';
import { type Instance, render, useInput, usePaste } from 'ink';
import { type ReactNode, useSyncExternalStore } from 'react';
import { exitCodes } from '../engine/exit-codes.js';
import type { Run, RunOutcome } from '../engine/run-event.js';
import type { About } from './about.js';
import { App } from './components/app.js';
import { endLines } from './content.js';
import { drive, leftOutcome } from './drive.js';
import { pressedKey } from './pressed-key.js';
import type { Terminal } from './terminal.js';
import { printLines } from './text/line.js';
import { initialView } from './view.js';
import { createViewStore, type ViewStore } from './view-store.js';

export interface WizardOptions {
	readonly run: Run;
	readonly about: About;
	readonly terminal: Terminal;
	/** Aborted when the administrator leaves; the run holds its signal. */
	readonly leave: AbortController;
	/** What the host is asked just now. */
	readonly reading?: () => string | undefined;
	readonly stdin?: NodeJS.ReadStream;
	readonly stdout?: NodeJS.WriteStream;
	/** Milliseconds. */
	readonly now?: () => number;
}

/**
 * Shows a run on the terminal and answers it from the keyboard, to its end or until the administrator leaves; then prints
 * the outcome on the normal screen. The caller ends the process with its exit code. Rejects with what the run throws.
 */
export async function runWizard(options: WizardOptions): Promise<RunOutcome> {
	const { about, terminal, leave, stdin = process.stdin, stdout = process.stdout, now = Date.now } = options;
	const readSize = (): { columns: number; rows: number } => ({ columns: stdout.columns, rows: stdout.rows });
	const store = createViewStore(initialView({ about, terminal, size: readSize(), now: now() }));
	const resize = (): void => store.dispatch({ type: 'resize', ...readSize() });
	const nobodyThere = (): void => store.dispatch({ type: 'leave' });
	leave.signal.addEventListener('abort', nobodyThere);
	// A terminal that is gone answers writes with EIO and reads with an end; what runs must not die of it.
	stdout.on('error', nobodyThere);
	stdin.on('error', nobodyThere);
	stdin.on('end', nobodyThere);
	// Before Ink's own listener: the first frame of the new size is already laid out for it.
	stdout.on('resize', resize);
	const clock = setInterval(() => tick(store, now(), options.reading?.()), 1000);
	const ink = render(<Wizard store={store} now={now} />, {
		stdin,
		stdout,
		// With CI in the environment Ink would otherwise show nothing and wait.
		interactive: true,
		// A narrower terminal reflows what is on the normal screen and leaves ghosts (vadimdemedes/ink#711).
		alternateScreen: !terminal.screenReader,
		isScreenReaderEnabled: terminal.screenReader,
		exitOnCtrlC: false,
		patchConsole: false,
		// Lines are paced by the store; what is left is keys, and those are answered within a frame.
		maxFps: 60,
	});
	try {
		const broken = whenBroken(ink);
		const outcome = await Promise.race([follow(options, store, now), broken]);
		store.dispatch({ type: 'ended', outcome, at: now() });
		await Promise.race([store.when((view) => view.closed), broken]);
		await close(ink);
		stdout.write(`\n${printLines(endLines(store.current(), terminal.width), terminal.colour)}`);
		return outcome;
	} catch (error) {
		// Without a screen nobody can answer: nothing new begins, and what is detached goes on.
		leave.abort();
		throw error;
	} finally {
		clearInterval(clock);
		stdout.off('resize', resize);
		stdin.off('end', nobodyThere);
		leave.signal.removeEventListener('abort', nobodyThere);
		store.close();
		await close(ink);
	}
}

/** Every second while something runs; a question and the last page stand still, and so does what is read aloud. */
function tick(store: ViewStore, at: number, reading: string | undefined): void {
	const { asking, ended, terminal } = store.current();
	if (asking === undefined && ended === undefined && !terminal.screenReader) {
		store.dispatch({ type: 'tick', at, reading });
	}
}

/** Never resolves; rejects when the screen is gone before it was closed. */
async function whenBroken(ink: Instance): Promise<never> {
	await ink.waitUntilExit();
	return new Promise(() => {});
}

async function close(ink: Instance): Promise<void> {
	ink.unmount();
	// A broken screen has been reported by then.
	await ink.waitUntilExit().catch(() => undefined);
}

/** Drives the run from the view's answers. */
async function follow({ run, about, leave }: WizardOptions, store: ViewStore, now: () => number): Promise<RunOutcome> {
	const leaving = store.when((view) => view.leaving !== 'no').then(() => leave.abort());
	const atOnce = store
		.when((view) => view.leaving === 'at-once')
		.then((view) => leftOutcome(about.resumeCommand, view.command?.command.mode));
	const driven = drive(
		run,
		{
			show: (event) => store.dispatch({ type: 'event', event, at: now() }),
			async answer(question) {
				const view = await store.when(({ reply, leaving: how }) => reply?.questionId === question.id || how !== 'no');
				return view.reply;
			},
		},
		leave.signal,
		about.resumeCommand,
	);
	const outcome = await Promise.race([driven, atOnce, leaving.then(() => driven)]);
	return store.current().leaving === 'no' ? outcome : afterLeaving(outcome, store, about);
}

/** An open question is what the administrator left, not what she must be told about. */
function afterLeaving(outcome: RunOutcome, store: ViewStore, about: About): RunOutcome {
	if (outcome.exitCode !== exitCodes.answerNeeded) {
		return outcome;
	}
	return {
		exitCode: store.current().leaving === 'quit' ? exitCodes.answerNeeded : exitCodes.interrupted,
		title: 'Left at a question. Nothing is running.',
		lines: [`It is asked again when you come back with: ${about.resumeCommand}`],
	};
}

function Wizard({ store, now }: { readonly store: ViewStore; readonly now: () => number }): ReactNode {
	const view = useSyncExternalStore(store.subscribe, store.shown);
	// Always mounted: without a reader the terminal leaves raw mode, and Ctrl-C would reach running commands.
	useInput((input, key) => {
		const pressed = pressedKey(input, key);
		if (pressed !== undefined) {
			store.dispatch({ type: 'key', key: pressed, at: now() });
		}
	});
	usePaste((text) => store.dispatch({ type: 'paste', text, at: now() }));
	return <App view={view} />;
}
