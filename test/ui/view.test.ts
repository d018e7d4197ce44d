import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/engine/run-event.js';
import { guardTime } from '../../src/ui/asking.js';
import { panelLines } from '../../src/ui/content.js';
import { feedEntries, newestEntries } from '../../src/ui/feed.js';
import type { Keypress } from '../../src/ui/keypress.js';
import { layoutOf, roomOf } from '../../src/ui/layout.js';
import { initialView, reduceView, type View } from '../../src/ui/view.js';
import type { Question, StepEvent, StepId } from '../../steps/step.js';
import * as example from './example-run.js';
import { buildFailure, fakeRun, resultOf } from './fake-run.js';

const start = initialView({
	about: example.about,
	terminal: { colour: false, unicode: false, screenReader: false },
	size: { columns: 80, rows: 24 },
	now: 0,
});
const seen = (view: View, event: RunEvent, at = view.now): View => reduceView(view, { type: 'event', event, at });
const happens = (view: View, step: StepId, ...events: readonly StepEvent[]): View =>
	events.reduce((each, event) => seen(each, { type: 'step-event', step, event }), view);
const press = (view: View, ...keys: readonly (string | Keypress['name'])[]): View =>
	keys.reduce((each, key) => reduceView(each, { type: 'key', key: keyOf(key), at: each.now }), view);
const later = (view: View, milliseconds: number): View =>
	reduceView(view, { type: 'tick', at: view.now + milliseconds, reading: undefined });

function keyOf(key: string): Keypress {
	if (key.startsWith('ctrl-')) {
		return { name: 'text', text: key.slice(5), ctrl: true };
	}
	return key.length === 1
		? { name: 'text', text: key, ctrl: false }
		: { name: key as Keypress['name'], text: '', ctrl: false };
}

const confirm: Question = {
	id: 'module.approve',
	kind: 'confirm',
	title: 'Build?',
	body: [],
	commands: [example.commands.build],
};
const running = seen(seen(start, { type: 'run', state: example.runState(), resumed: false }), {
	type: 'step',
	id: 'module',
	state: { status: 'running', since: 0, attempts: 1 },
});
const asked = happens(running, 'module', { type: 'question', question: confirm });

describe('a terminal of another size', () => {
	it('shows the same part of what was scrolled', () => {
		const output = Array.from({ length: 300 }, (_, index) => ({
			type: 'output' as const,
			commandId: 'build',
			stream: 'stdout' as const,
			line: `line ${index} of a build with a sentence so long that a narrow window has to break it twice`,
		}));
		const scrolled = press(happens(running, 'module', ...output), 'l', 'page-up', 'page-up', 'page-up');
		const first = (view: View): number => {
			if (view.panel?.kind !== 'log') throw new Error('The log is not open.');
			const rows = panelLines(view, view.panel, roomOf(view).width).slice(view.panel.top);
			const text = rows.map((row) => row.map((span) => span.text).join('')).find((row) => row.includes('line '));
			return Number(/line (\d+)/.exec(text ?? '')?.[1]);
		};
		const before = first(scrolled);
		for (const [columns, rows] of [
			[200, 50],
			[60, 18],
			[80, 24],
		] as const) {
			expect(Math.abs(first(reduceView(scrolled, { type: 'resize', columns, rows })) - before)).toBeLessThan(2);
		}
	});
});

describe('what the run says', () => {
	it('moves the screen to the step at work', () => {
		expect(running.step).toBe('module');
		expect(running.steps.module.status).toBe('running');
	});

	it('begins a resumed run where it stopped, and says that it goes on', () => {
		const done = { status: 'done', at: 0, evidence: '' } as const;
		const state = example.runState({ check: done, backup: done });
		const view = seen(start, { type: 'run', state, resumed: true });
		expect(view.step).toBe('module');
		expect(feedEntries(view.feed)[0]?.text).toMatch(/^Going on with run 20261122-213000, begun /);
	});

	it('keeps findings worst first and one of each', () => {
		const view = happens(
			running,
			'check',
			...[...example.findings, example.blocker, example.blocker].map(
				(finding) => ({ type: 'finding', finding }) as const,
			),
		);
		expect(view.findings.map(({ severity }) => severity)).toEqual(['blocker', 'warning', 'warning', 'notice', 'ok']);
	});

	it('shows a command while it runs, and how it ended', () => {
		const command = example.commands.install;
		const during = happens(running, 'module', { type: 'command-started', command, reattached: false });
		expect(during.command?.command.id).toBe(command.id);
		const after = happens(during, 'module', { type: 'command-ended', command, result: resultOf(command, 10) });
		expect(after.command).toBeUndefined();
		expect(feedEntries(after.feed).at(-1)).toMatchObject({ text: 'exit 10 after 3 min 12 s', tone: 'warning' });
	});

	it('replaces a bar by its id and drops it when the next command begins', () => {
		const bar = (done: number): StepEvent => ({ type: 'progress', id: 'a', label: 'A', done, unit: 'percent' });
		const command = example.commands.install;
		const view = happens(running, 'module', bar(1), bar(2));
		expect(view.bars.map(({ progress }) => progress.done)).toEqual([2]);
		const next = happens(
			view,
			'module',
			{ type: 'command-ended', command, result: resultOf(command, 0) },
			{ type: 'command-started', command, reattached: false },
		);
		expect(next.bars).toEqual([]);
	});

	it('strips control characters at the door', () => {
		const view = happens(running, 'module', {
			type: 'output',
			commandId: 'x',
			stream: 'stdout',
			line: 'a\u001b[2J\tb\rc',
		});
		expect(feedEntries(view.feed).at(-1)?.text).toBe('a    bc');
	});

	it('keeps the newest lines of a long log and forgets the oldest', () => {
		let view = running;
		for (let index = 0; index < 5000; index += 1) {
			view = happens(view, 'module', { type: 'output', commandId: 'x', stream: 'stdout', line: `line ${index}` });
		}
		const kept = feedEntries(view.feed);
		expect(kept.length).toBeLessThan(2200);
		expect(kept.at(-1)?.text).toBe('line 4999');
		expect(view.feed.total).toBe(5001);
		expect(newestEntries(view.feed, 150).map(({ text }) => text)).toEqual(kept.slice(-150).map(({ text }) => text));
		expect(newestEntries(view.feed, 0)).toEqual([]);
	});
});

describe('a question', () => {
	it('is not answered within its guard time', () => {
		expect(press(asked, 'y').asking).toBeDefined();
		expect(press(later(asked, guardTime - 1), 'y').asking).toBeDefined();
		expect(press(later(asked, guardTime), 'y').reply).toEqual({
			questionId: 'module.approve',
			value: true,
			by: 'administrator',
		});
	});

	it('guards itself anew when a page is closed over it', () => {
		const back = press(later(asked, guardTime), 'f', 'escape');
		expect(back.panel).toBeUndefined();
		expect(press(back, 'y').reply).toBeUndefined();
		expect(press(later(back, guardTime), 'y').reply?.value).toBe(true);
	});

	it('is not answered by keys pressed on a page', () => {
		expect(press(later(asked, guardTime), 'r', 'y', 'enter').reply).toBeUndefined();
	});

	it('forgets the answer to the one before', () => {
		const answered = press(later(asked, guardTime), 'y');
		const again = happens(answered, 'module', { type: 'question', question: confirm });
		expect(again.reply).toBeUndefined();
		expect(again.asking?.question).toBe(confirm);
	});

	it('for a text takes letters, and opens pages with Ctrl', () => {
		const question: Question = {
			id: 'a.b',
			kind: 'text',
			title: 'Where?',
			body: [],
			suggested: '',
			problem: () => undefined,
		};
		const view = later(happens(running, 'backup', { type: 'question', question }), guardTime);
		expect(press(view, 'r', 'f', 'q').asking?.draft).toMatchObject({ text: 'rfq' });
		expect(press(view, 'ctrl-r').panel?.kind).toBe('rollback');
		expect(press(view, 'ctrl-f').panel?.kind).toBe('findings');
	});
});

describe('leaving', () => {
	it('is asked about, and Escape stays', () => {
		expect(press(running, 'q').panel?.kind).toBe('quit');
		expect(press(running, 'q', 'escape')).toMatchObject({ panel: undefined, leaving: 'no' });
		expect(press(running, 'q', 'y').leaving).toBe('quit');
	});

	it('takes two Ctrl-C, and a third does not wait', () => {
		expect(press(running, 'ctrl-c')).toMatchObject({ leaving: 'no', panel: { kind: 'quit' } });
		expect(press(running, 'ctrl-c', 'ctrl-c').leaving).toBe('interrupted');
		expect(press(running, 'ctrl-c', 'ctrl-c', 'ctrl-c').leaving).toBe('at-once');
	});

	it('works at every question and on every page', () => {
		for (const opener of ['r', 'f', 'l', '?', 'q']) {
			expect(press(asked, opener, 'ctrl-c', 'ctrl-c').leaving).not.toBe('no');
		}
		expect(press(asked, 'ctrl-c', 'ctrl-c').leaving).toBe('interrupted');
	});

	it('is what a lost terminal means', () => {
		expect(reduceView(asked, { type: 'leave' }).leaving).toBe('interrupted');
		const ended = reduceView(running, { type: 'ended', outcome: { exitCode: 0, title: '', lines: [] }, at: 1 });
		expect(reduceView(ended, { type: 'leave' }).closed).toBe(true);
	});

	it('does not keep who left on a last page', () => {
		const left = press(running, 'q', 'y');
		expect(reduceView(left, { type: 'ended', outcome: { exitCode: 130, title: '', lines: [] }, at: 1 }).closed).toBe(
			true,
		);
	});
});

describe('pages', () => {
	it('scroll no further than their ends', () => {
		const view = { ...running, rollback: Array.from({ length: 20 }, () => example.rollback).flat() };
		const opened = press(view, 'r');
		const end = press(opened, 'end');
		expect(press(end, 'down', 'page-down').panel).toEqual(end.panel);
		expect(press(end, 'up', 'down').panel).toEqual(end.panel);
		expect(press(end, 'home', 'up').panel).toEqual(opened.panel);
	});

	it('of findings go from one to the next', () => {
		const view = happens(
			running,
			'check',
			...example.findings.map((finding) => ({ type: 'finding', finding }) as const),
		);
		expect(press(view, 'f', 'down', 'down').panel).toMatchObject({ selected: 2 });
		expect(press(view, 'f', 'end', 'down').panel).toMatchObject({ selected: 3 });
		expect(press(view, 'f', 'up').panel).toMatchObject({ selected: 0 });
	});

	it('of the log stand still while somebody reads further up, and follow again at the end', () => {
		const line = (text: string): StepEvent => ({ type: 'output', commandId: 'x', stream: 'stdout', line: text });
		const long = happens(running, 'module', ...Array.from({ length: 100 }, (_, index) => line(`line ${index}`)));
		const reading = press(long, 'l', 'up');
		expect(reading.panel).toMatchObject({ frozen: long.feed });
		const grown = happens(reading, 'module', line('newest'));
		expect(grown.panel).toEqual(reading.panel);
		expect(press(grown, 'end').panel).toMatchObject({ frozen: undefined });
	});

	it('open and close by the same key', () => {
		for (const key of ['r', 'f', 'l', '?']) {
			expect(press(running, key).panel).toBeDefined();
			expect(press(running, key, key).panel).toBeUndefined();
		}
	});
});

describe('the last page', () => {
	it('stands at the step that failed and is closed by Enter', () => {
		const state = example.runState({
			module: { status: 'failed', at: 0, failure: buildFailure, rollbackNeeded: false, attempts: 1 },
		});
		const failed = seen(running, { type: 'run', state, resumed: false });
		const ended = reduceView(failed, { type: 'ended', outcome: { exitCode: 1, title: 'x', lines: [] }, at: 1 });
		expect(ended.closed).toBe(false);
		expect(press(ended, 'r').panel?.kind).toBe('rollback');
		expect(press(ended, 'enter').closed).toBe(true);
	});
});

describe('the layout', () => {
	it('fills every terminal that is large enough exactly, with room for the body', async () => {
		const views: View[] = [];
		let view = start;
		const run = fakeRun({ pace: 0, ending: 'done', buildLines: 50 });
		for (let next = await run.next(); next.done !== true; ) {
			view = seen(view, next.value);
			views.push(view);
			const { asking } = view;
			next = await run.next(
				asking === undefined ? undefined : { questionId: asking.question.id, value: true, by: 'administrator' },
			);
		}
		const size = fc.record({ columns: fc.integer({ min: 60, max: 300 }), rows: fc.integer({ min: 16, max: 120 }) });
		fc.assert(
			fc.property(fc.constantFrom(...views), size, fc.boolean(), (each, { columns, rows }, isPanel) => {
				const layout = layoutOf({
					...each,
					size: { columns, rows },
					panel: isPanel ? { kind: 'help', top: 0 } : undefined,
				});
				expect(layout.kind).toBe('screen');
				if (layout.kind === 'screen') {
					expect(layout.bodyRows).toBeGreaterThanOrEqual(8);
					expect(layout.width).toBeLessThanOrEqual(columns - 2);
				}
			}),
		);
	});

	it('asks for more room below 60x16', () => {
		expect(layoutOf({ ...start, size: { columns: 59, rows: 24 } }).kind).toBe('too-small');
		expect(layoutOf({ ...start, size: { columns: 80, rows: 15 } }).kind).toBe('too-small');
	});
});

describe('any keys at any time', () => {
	it('never break the screen', () => {
		const keys = [
			'y',
			'n',
			'q',
			'r',
			'f',
			'l',
			'?',
			' ',
			'enter',
			'escape',
			'up',
			'down',
			'page-up',
			'page-down',
			'home',
			'end',
			'backspace',
			'ctrl-c',
			'ctrl-r',
		];
		fc.assert(
			fc.property(
				fc.array(fc.constantFrom(...keys), { maxLength: 40 }),
				fc.constantFrom(start, running, asked),
				(pressed, view) => {
					expect(() => press(view, ...pressed)).not.toThrow();
				},
			),
		);
	});
});
