import { describe, expect, it } from 'vitest';
import type { Run, RunOutcome } from '../../src/engine/run-event.js';
import type { About } from '../../src/ui/about.js';
import { guardTime } from '../../src/ui/asking.js';
import { runWizard } from '../../src/ui/wizard.js';
import type { Answer, Question, StepEvent, StepId } from '../../steps/step.js';
import * as example from './example-run.js';
import { type FakeRunOptions, fakeRun } from './fake-run.js';
import { createXtermScreen, type XtermScreen } from './xterm-screen.js';

interface Shown {
	readonly screen: XtermScreen;
	readonly outcome: Promise<RunOutcome>;
	readonly leave: AbortController;
}

interface ShowOptions {
	readonly columns?: number;
	readonly rows?: number;
	readonly about?: Partial<About>;
	readonly unicode?: boolean;
	readonly colour?: boolean;
	readonly screenReader?: boolean;
	readonly reading?: () => string | undefined;
}

function show(run: (leave: AbortSignal) => Run, options: ShowOptions = {}): Shown {
	const { columns = 80, rows = 24, unicode = true, colour = false, screenReader = false } = options;
	const screen = createXtermScreen(columns, rows);
	const leave = new AbortController();
	const outcome = runWizard({
		run: run(leave.signal),
		about: { ...example.about, hostKind: 'simulated', ...options.about },
		terminal: { interactive: true, colour, unicode, screenReader, width: Math.min(columns, 110) },
		leave,
		stdin: screen.stdin,
		stdout: screen.stdout,
		now,
		...(options.reading === undefined ? {} : { reading: options.reading }),
	});
	return { screen, outcome, leave };
}

function showFake(
	fake: Partial<FakeRunOptions> = {},
	options: ShowOptions = {},
): Shown & { readonly answers: Answer[] } {
	const answers: Answer[] = [];
	const shown = show(
		(leave) => fakeRun({ pace: 0, ending: 'done', buildLines: 500, answers, leave, ...fake }),
		options,
	);
	return { ...shown, answers };
}

/** A run of a few events that waits for `gate` at its end. */
async function* small(step: StepId, events: readonly StepEvent[], gate: Promise<void>): Run {
	yield { type: 'run', state: example.runState(), resumed: false };
	yield { type: 'step', id: step, state: { status: 'running', since: 0, attempts: 1 } };
	yield { type: 'rollback', stages: example.rollback };
	for (const event of events) {
		yield { type: 'step-event', step, event };
	}
	await gate;
	return { exitCode: 0, title: 'The end.', lines: [] };
}

/** The screen's clock; a test that answers questions does not wait for their guard time. */
let skipped = 0;
const now = (): number => Date.now() + skipped;
const passGuardTime = (): void => {
	skipped += guardTime + 1;
};

async function answer(screen: XtermScreen, title: string, ...keys: readonly string[]): Promise<void> {
	await screen.sees(title);
	passGuardTime();
	for (const key of keys) {
		screen.type(key);
	}
}

const down = '\u001b[B';
const enter = '\r';
const escapeKey = '\u001b';
const ctrl = (letter: string): string => String.fromCharCode(letter.charCodeAt(0) - 96);

/** Answers everything until the module is being built. */
async function walkToModule(screen: XtermScreen): Promise<void> {
	await answer(screen, 'Which pools', enter);
	await answer(screen, 'Where should the stream', enter);
	await answer(screen, 'Take the snapshots', 'y');
	await answer(screen, 'Build and install', 'y');
}

describe('the wizard', () => {
	it('walks through all seven steps and says the outcome on the normal screen', async () => {
		const { screen, outcome, answers } = showFake({ buildLines: 5000 });
		await walkToModule(screen);
		await answer(screen, 'Reboot into the new', down, enter);
		await answer(screen, 'The host goes down now', ...'reboot', enter);
		await answer(screen, 'Upgrade userspace to', 'y');
		await screen.sees('All seven steps are done');
		expect(screen.buffer()).toBe('alternate');
		screen.type(enter);
		expect((await outcome).exitCode).toBe(0);
		await screen.sees('kernel module and userspace are in lockstep');
		expect(screen.buffer()).toBe('normal');
		expect(screen.isRaw()).toBe(false);
		expect(answers.map(({ questionId, value }) => [questionId, value])).toEqual([
			['backup.pools', ['tank', 'data pool']],
			['backup.destination', 'tank/backup/data-pool'],
			['backup.approve', true],
			['module.approve', true],
			['reboot.when', 'now'],
			['reboot.confirm', true],
			['userspace.approve', true],
		]);
		expect(answers.every(({ by }) => by === 'administrator')).toBe(true);
	});

	it('shows the failure with what to do and the decisive lines of the log, and ends with its exit code', async () => {
		const { screen, outcome } = showFake({ ending: 'build-fails' });
		await walkToModule(screen);
		await screen.sees('What to do:');
		await screen.sees('Cannot find UTS_RELEASE definition');
		expect(screen.text()).toContain('failed');
		screen.type(enter);
		expect((await outcome).exitCode).toBe(1);
		await screen.sees('did not build for kernel 6.1.0-56-amd64');
	});

	it('shows what blocks with its remediation', async () => {
		const { screen, outcome } = showFake({ ending: 'blocked' });
		await screen.sees('Blocked by 1 finding');
		expect(screen.text()).toContain('blocker  Pool tank is DEGRADED');
		expect(screen.text()).toContain('$ zpool wait -t resilver tank');
		expect(screen.text()).toContain('begin again with: zfs-lockstep');
		screen.type('q');
		expect((await outcome).exitCode).toBe(3);
	});

	it('says on the last page which step failed, also when the run was resumed at an earlier one', async () => {
		const { screen, outcome } = show(async function* () {
			const done = { status: 'done', at: 0, evidence: '' } as const;
			const waiting = { status: 'waiting', since: 0, waitingFor: 'reboot', text: '', attempts: 1 } as const;
			const state = example.runState({ check: done, backup: done, module: done, reboot: waiting });
			yield { type: 'run', state, resumed: true };
			yield { type: 'step', id: 'reboot', state: done };
			const failure = {
				what: 'The host booted another kernel.',
				why: 'It has no module.',
				todo: ['Boot the other one.'],
			};
			yield {
				type: 'step',
				id: 'verify',
				state: { status: 'failed', at: 0, failure, rollbackNeeded: true, attempts: 1 },
			};
			return { exitCode: 6, title: failure.what, lines: [] };
		});
		await screen.sees('What to do:');
		expect(screen.text()).toMatch(/Step 5 of 7: Verify +failed/);
		expect(screen.text()).not.toContain('All seven steps are done');
		screen.type(enter);
		expect((await outcome).exitCode).toBe(6);
	});

	it.each([
		[77, 'nothing to do'],
		[75, 'another program is at work'],
		[3, 'blocked'],
	] as const)('says beside the step that the run ended with %i: %s', async (exitCode, words) => {
		const { screen, outcome } = show(async function* () {
			yield { type: 'run', state: example.runState(), resumed: false };
			yield { type: 'step', id: 'check', state: { status: 'running', since: 0, attempts: 1 } };
			yield { type: 'step', id: 'check', state: { status: 'pending' } };
			return { exitCode, title: 'The end.', lines: [] };
		});
		await screen.sees('The end.');
		expect(screen.text()).toMatch(new RegExp(`Step 1 of 7: Check the versions +${words}`));
		screen.type(enter);
		await outcome;
	});

	it('says what a slow host is read by and for how long, where nothing else is going on', async () => {
		let end = (): void => {};
		const gate = new Promise<void>((resolve) => {
			end = resolve;
		});
		let reading: string | undefined = 'zpool status -P';
		const { screen, outcome } = show(() => small('verify', [], gate), { reading: () => reading });
		await screen.sees('Step 5 of 7');
		skipped += 60_000;
		await screen.sees('Reading this host for 1 min');
		expect(screen.text()).toContain('$ zpool status -P');
		reading = undefined;
		await screen.sees('Working for 1 min');
		end();
		await screen.sees('The end.');
		screen.type(enter);
		await outcome;
	});

	it('ends with 4 when a reboot is waited for', async () => {
		const { screen, outcome } = showFake({ ending: 'reboot' });
		await walkToModule(screen);
		await answer(screen, 'Reboot into the new', down, enter);
		await answer(screen, 'The host goes down now', ...'reboot', enter);
		await screen.sees('Go on afterwards with: zfs-lockstep');
		expect(screen.text()).toContain('waiting for a reboot');
		screen.type(enter);
		expect((await outcome).exitCode).toBe(4);
	});

	it('rejects with what the run throws, and leaves the terminal as it was', async () => {
		const { screen, outcome, leave } = show(async function* () {
			yield { type: 'run', state: example.runState(), resumed: false };
			throw new Error('no such luck');
		});
		await expect(outcome).rejects.toThrow('no such luck');
		expect(screen.buffer()).toBe('normal');
		expect(screen.isRaw()).toBe(false);
		expect(leave.signal.aborted).toBe(true);
	});
});

describe('questions', () => {
	it('are not answered by keys that were pressed before they came', async () => {
		let release = (): void => {};
		const gate = new Promise<void>((resolve) => {
			release = resolve;
		});
		const answers: Answer[] = [];
		const { screen, outcome } = show(async function* () {
			yield { type: 'run', state: example.runState(), resumed: false };
			await gate;
			const question: Question = {
				id: 'module.approve',
				kind: 'confirm',
				title: 'Really?',
				body: [],
				commands: [example.commands.build],
			};
			const given = yield { type: 'step-event', step: 'module', event: { type: 'question', question } };
			answers.push(given as Answer);
			return { exitCode: 0, title: 'The end.', lines: [] };
		});
		await screen.sees('Step 1 of 7');
		screen.type('y');
		release();
		await screen.sees('Really?');
		screen.type('y');
		screen.type('y');
		passGuardTime();
		expect(screen.text()).toContain('Really?');
		screen.type('n');
		await screen.sees('The end.');
		screen.type(enter);
		await outcome;
		expect(answers.map(({ value }) => value)).toEqual([false]);
	});

	it('take a dangerous word only key by key', async () => {
		const question: Question = {
			id: 'reboot.confirm',
			kind: 'confirm',
			title: 'The host goes down now.',
			body: [],
			commands: [example.commands.reboot],
			typeWord: 'reboot',
		};
		const { screen, outcome } = show(() => small('reboot', [{ type: 'question', question }], Promise.resolve()));
		await answer(screen, 'goes down now', 'reboot\r', enter);
		await screen.sees('Nothing was done');
		screen.type('\u001b[200~reboot\r\u001b[201~');
		await screen.sees('Pasted text is not taken');
		for (const key of 'reboot') {
			screen.type(key);
		}
		await screen.sees(': reboot');
		screen.type(enter);
		await screen.sees('The end.');
		screen.type(enter);
		await outcome;
	});
});

describe('a question longer than the screen', () => {
	it('keeps its prompt in sight and shows every command by scrolling', async () => {
		const commands = Array.from({ length: 40 }, (_, index) => ({
			...example.commands.hold,
			why: `Hold number ${index + 1}`,
		}));
		const question: Question = { id: 'a.b', kind: 'confirm', title: 'All of them?', body: ['Why.'], commands };
		const { screen, outcome } = show(() => small('backup', [{ type: 'question', question }], Promise.resolve()), {
			columns: 60,
			rows: 16,
		});
		await screen.sees('All of them?');
		await screen.sees('Press y for yes, n for no.');
		expect(screen.text()).not.toContain('Hold number 40');
		for (let page = 0; page < 60; page += 1) {
			screen.type('\u001b[6~');
		}
		await screen.sees('Hold number 40');
		expect(screen.text()).toContain('Press y for yes, n for no.');
		passGuardTime();
		screen.type('y');
		await screen.sees('The end.');
		screen.type(enter);
		await outcome;
	});
});

describe('pages', () => {
	it('are one key away while a command runs, and back with Escape', async () => {
		const never = new Promise<void>(() => {});
		const events: StepEvent[] = [
			...example.findings.map((finding): StepEvent => ({ type: 'finding', finding })),
			{ type: 'command-started', command: example.commands.build, reattached: false },
			{ type: 'output', commandId: example.commands.build.id, stream: 'stdout', line: 'configure: checking' },
		];
		const { screen, outcome } = show(() => small('module', events, never));
		await screen.sees('configure: checking');
		screen.type('r');
		await screen.sees("zfs release -r zfs-lockstep 'data pool@zfs-lockstep-20261122-213000'");
		screen.type('f');
		await screen.sees('Findings: 1 of 4');
		screen.type(down);
		await screen.sees('Findings: 2 of 4');
		screen.type('l');
		await screen.sees('Log: following');
		screen.type('?');
		await screen.sees('Nothing changes this host before');
		screen.type(escapeKey);
		await screen.sees('Step 3 of 7');
		screen.type(ctrl('c'));
		await screen.sees('Leave the wizard?');
		screen.type(ctrl('c'));
		screen.type(ctrl('c'));
		expect((await outcome).exitCode).toBe(130);
	});
});

describe('leaving', () => {
	it('lets a detached command go on and says how to come back', async () => {
		const { screen, outcome, leave } = showFake({ pace: 50 });
		await walkToModule(screen);
		await screen.sees('Building for');
		screen.type('q');
		await screen.sees('The command that is running goes on by itself');
		await screen.sees('Come back with: zfs-lockstep');
		screen.type('y');
		expect(await outcome).toMatchObject({ exitCode: 130, title: 'Left. What was running goes on by itself.' });
		expect(leave.signal.aborted).toBe(true);
		await screen.sees('Watch it with: zfs-lockstep log -f');
	});

	it('at a question is answered by nobody and ends with 5', async () => {
		const { screen, outcome } = show(async function* () {
			yield { type: 'run', state: example.runState(), resumed: false };
			const question: Question = { id: 'a.b', kind: 'confirm', title: 'Really?', body: [], commands: [] };
			const given = yield { type: 'step-event', step: 'module', event: { type: 'question', question } };
			expect(given).toBeUndefined();
			return { exitCode: 5, title: 'An answer is needed', lines: [] };
		});
		await screen.sees('Really?');
		screen.type('q');
		await screen.sees('The question stays open');
		screen.type('n');
		await screen.sees('Really?');
		screen.type('q');
		await screen.sees('Leave the wizard?');
		screen.type('y');
		expect(await outcome).toMatchObject({ exitCode: 5, title: 'Left at a question. Nothing is running.' });
	});
});

describe('a terminal that goes away', () => {
	it('leaves an open question to be asked again', async () => {
		const { screen, outcome, leave } = showFake();
		await screen.sees('Which pools');
		leave.abort();
		expect((await outcome).exitCode).toBe(130);
	});

	it('is noticed by its end and by its errors', async () => {
		for (const tell of [
			(screen: XtermScreen) => screen.stdin.emit('end'),
			(screen: XtermScreen) => screen.stdout.emit('error', new Error('write EIO')),
		]) {
			const { screen, outcome, leave } = showFake();
			await screen.sees('Which pools');
			tell(screen);
			expect((await outcome).exitCode).toBe(130);
			expect(leave.signal.aborted).toBe(true);
		}
	});
});

describe('a command that does not end', () => {
	it('is waited for after two Ctrl-C, and not after a third', async () => {
		const never = new Promise<void>(() => {});
		const started: StepEvent = { type: 'command-started', command: example.commands.install, reattached: false };
		const { screen, outcome } = show(() => small('module', [started], never));
		await screen.sees('dkms install');
		screen.type(ctrl('c'));
		await screen.sees('ends within moments and is waited for');
		screen.type(ctrl('c'));
		await screen.sees('leave at once');
		screen.type(ctrl('c'));
		expect((await outcome).exitCode).toBe(130);
	});
});

const sizes = [
	[80, 24],
	[200, 50],
	[60, 16],
] as const;

describe.each(sizes)('at %ix%i', (columns, rows) => {
	it('every screen says that the host is simulated and fits', async () => {
		const { screen, outcome } = showFake({ pace: 1, buildLines: 300 }, { columns, rows });
		const check = (): void => {
			expect(screen.text()).toContain('SIMULATED HOST - nothing here is real');
			// The last row stays free: a full frame would scroll.
			expect(screen.rows().at(-1)).toBe('');
			expect(screen.rows().at(-2)).toMatch(/\b(quit|leave|stay)$/);
		};
		for (const title of ['Which pools', 'Where should the stream']) {
			await answer(screen, title);
			check();
			screen.type(enter);
		}
		await answer(screen, 'Take the snapshots');
		check();
		for (const [key, text] of [
			['f', 'Findings: 1 of'],
			['r', 'The way back from here'],
			['l', 'Log: '],
			['?', 'Help'],
			['q', 'Leave the wizard?'],
		] as const) {
			screen.type(key);
			await screen.sees(text);
			check();
		}
		screen.type(escapeKey);
		await answer(screen, 'Take the snapshots', 'y');
		await answer(screen, 'Build and install', 'y');
		await screen.sees('Building for');
		check();
		await answer(screen, 'Reboot into the new');
		check();
		screen.type(down);
		screen.type(enter);
		await answer(screen, 'The host goes down now');
		check();
		for (const key of 'reboot') {
			screen.type(key);
		}
		screen.type(enter);
		await answer(screen, 'Upgrade userspace to', 'y');
		await screen.sees('All seven steps are done');
		expect(screen.text()).toContain('SIMULATED HOST');
		screen.type(enter);
		expect((await outcome).exitCode).toBe(0);
	}, 30_000);
});

describe('a resize in flight', () => {
	it('lays the screen out anew without leftovers, also below the smallest size and back', async () => {
		const { screen, outcome } = showFake({ pace: 1 });
		await walkToModule(screen);
		await screen.sees('Building for');
		for (const [columns, rows] of [
			[200, 50],
			[60, 16],
			[100, 30],
			[40, 10],
			[5, 2],
			[80, 24],
			[119, 30],
			[61, 40],
		] as const) {
			screen.resize(columns, rows);
			await screen.until((text) => text.includes(columns < 60 ? 'Ple' : 'Step '), `a screen of ${columns}x${rows}`);
			const once = screen.rows().filter((row) => row.includes('SIMULATED HOST'));
			expect(once.length).toBeLessThanOrEqual(1);
			if (columns >= 60) {
				await screen.until((text) => text.split('\n')[0]?.includes('SIMULATED HOST') === true, 'the header on top');
				expect(screen.rows().at(-1)).toBe('');
			}
		}
		screen.type(ctrl('c'));
		await screen.sees('Leave the wizard?');
		screen.type(ctrl('c'));
		expect((await outcome).exitCode).toBe(130);
	}, 30_000);
});

describe('plainer terminals', () => {
	it('get ASCII only where the console is not UTF-8', async () => {
		const { screen, outcome } = showFake({ pace: 1 }, { unicode: false });
		await walkToModule(screen);
		await screen.sees('Building for');
		await screen.sees('#');
		// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is what is asserted
		expect(screen.text()).toMatch(/^[\x00-\x7f]*$/);
		// Two quick ones may come as one chunk.
		screen.type(`${ctrl('c')}${ctrl('c')}`);
		expect((await outcome).exitCode).toBe(130);
	}, 15_000);

	it('get no colours where none are wanted', async () => {
		const { screen, outcome } = showFake({ ending: 'blocked' }, { colour: false });
		await screen.sees('Blocked by');
		screen.type(enter);
		await outcome;
		// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is looked for
		expect(screen.written.join('')).not.toMatch(/\x1b\[[0-9;]*3[0-7]/);
	});

	it('with a screen reader get sentences, roles and nothing drawn', async () => {
		const { screen, outcome } = showFake({}, { screenReader: true, rows: 50 });
		await screen.sees('checkbox: (checked, selected) tank');
		expect(screen.buffer()).toBe('normal');
		expect(screen.text()).toContain('Step 2 of 7: Snapshot and back up, waiting for you.');
		expect(screen.text()).toContain('SIMULATED HOST - nothing here is real.');
		await answer(screen, 'Which pools', enter);
		await answer(screen, 'Where should the stream', enter);
		await answer(screen, 'Take the snapshots', 'y');
		await answer(screen, 'Build and install');
		expect(screen.text()).toContain('Press y for yes, n for no.');
		expect(screen.text()).not.toMatch(/[│█░▸]/);
		screen.type(ctrl('c'));
		await screen.sees('Leave the wizard?');
		screen.type('y');
		await outcome;
	}, 15_000);
});
