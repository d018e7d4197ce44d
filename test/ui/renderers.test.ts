import { describe, expect, it } from 'vitest';
import type { Run, RunEvent } from '../../src/engine/run-event.js';
import { drive } from '../../src/ui/drive.js';
import { runJson } from '../../src/ui/json.js';
import { jsonText } from '../../src/ui/json-text.js';
import { runPlain } from '../../src/ui/plain.js';
import type { Answer, Question } from '../../steps/step.js';
import * as example from './example-run.js';
import { type FakeRunOptions, fakeRun, resultOf } from './fake-run.js';

const neverLeave = new AbortController().signal;

/** Answers as `--yes` does. */
const agree = (question: Question): Answer => ({
	questionId: question.id,
	value: question.kind === 'confirm' ? true : question.kind === 'choose' ? 'now' : question.suggested,
	by: 'yes-flag',
});

async function plainText(
	fake: Partial<FakeRunOptions>,
	answerQuestion: (question: Question) => Answer | undefined = agree,
): Promise<{ text: string; exitCode: number }> {
	let text = '';
	const { exitCode } = await runPlain({
		run: fakeRun({ pace: 0, ending: 'done', buildLines: 100, ...fake }),
		about: { ...example.about, hostKind: 'simulated' },
		printing: { colour: false, width: 80 },
		leave: neverLeave,
		answerQuestion,
		write: (piece) => {
			text += piece;
		},
		now: () => 0,
	});
	return { text, exitCode };
}

describe('plain lines', () => {
	it('tell the whole upgrade, each step by number and name', async () => {
		const { text, exitCode } = await plainText({});
		expect(exitCode).toBe(0);
		expect(text.startsWith('SIMULATED HOST - nothing here is real\n')).toBe(true);
		for (const [index, { title }] of example.about.steps.entries()) {
			expect(text).toContain(`\n[${index + 1}/7] ${title}\n`);
			expect(text).toContain(`[${index + 1}/7] ${title}: done.`);
		}
		expect(text.trimEnd().split('\n').slice(-3)[0]).toBe('OpenZFS 2.3.2: kernel module and userspace are in lockstep.');
	});

	it('show each command before its output, and how it ended', async () => {
		const { text } = await plainText({});
		expect(text).toContain('$ dkms install -m zfs -v 2.3.2 -k 6.1.0-56-amd64 --force\n  | zfs.ko.xz:\n');
		expect(text).toContain('  exit 0 after 3 min 12 s');
	});

	it('say what was answered and by whom', async () => {
		const { text } = await plainText({});
		expect(text).toContain('Question reboot.confirm: The host goes down now.');
		expect(text).toContain('  Answer: yes, by --yes.');
	});

	it('keep progress to a line for each tenth', async () => {
		const { text } = await plainText({ buildLines: 1000 });
		const lines = text.split('\n').filter((row) => row.startsWith('  Building for'));
		expect(lines.length).toBeGreaterThan(5);
		expect(lines.length).toBeLessThanOrEqual(11);
	});

	it('stop at a question that nobody answers, and say how to answer it', async () => {
		const { text, exitCode } = await plainText({}, (question) =>
			question.kind === 'choose-many' ? agree(question) : undefined,
		);
		expect(exitCode).toBe(5);
		expect(text).toContain("Question backup.destination: Where should the stream of 'data pool' go?");
		expect(text).toContain('  {"backup.destination":"tank/backup/data-pool"}\n');
	});

	it('show findings with what to do', async () => {
		const { text, exitCode } = await plainText({ ending: 'blocked' });
		expect(exitCode).toBe(3);
		expect(text).toContain('blocker  Pool tank is DEGRADED');
		expect(text).toContain('$ zpool wait -t resilver tank');
	});
});

describe('JSON lines', () => {
	it('are documents of one schema version, the last one the outcome', async () => {
		const lines: string[] = [];
		await runJson({
			resumeCommand: 'zfs-lockstep',
			run: fakeRun({ pace: 0, ending: 'done', buildLines: 20 }),
			leave: neverLeave,
			answerQuestion: agree,
			write: (text) => lines.push(text),
			now: () => 1,
		});
		expect(lines.every((text) => text.endsWith('\n') && text.indexOf('\n') === text.length - 1)).toBe(true);
		const events = lines.map((text) => JSON.parse(text) as Record<string, unknown>);
		expect(events.every(({ schemaVersion, at }) => schemaVersion === 1 && at === 1)).toBe(true);
		expect(events[0]?.type).toBe('run');
		expect(events.at(-1)).toMatchObject({ type: 'ended', outcome: { exitCode: 0 } });
		expect(events.filter(({ type }) => type === 'answer')).toHaveLength(7);
	});

	it('say that a question was not answered', async () => {
		const lines: string[] = [];
		const outcome = await runJson({
			resumeCommand: 'zfs-lockstep',
			run: fakeRun({ pace: 0, ending: 'done', buildLines: 20 }),
			leave: neverLeave,
			answerQuestion: () => undefined,
			write: (text) => lines.push(text),
			now: () => 1,
		});
		expect(outcome.exitCode).toBe(5);
		expect(lines.some((text) => text.includes('"type":"answer","questionId":"backup.pools","answer":null'))).toBe(true);
	});

	it('keep numbers beyond 2^53, maps and sets', () => {
		const value = { guid: 16_140_901_064_495_857_664n, features: new Map([['a', 'active']]), names: new Set(['x']) };
		expect(jsonText(value)).toBe('{"guid":"16140901064495857664","features":{"a":"active"},"names":["x"]}');
	});
});

describe('leaving a run', () => {
	const event = (one: Extract<RunEvent, { type: 'step-event' }>['event']): RunEvent => ({
		type: 'step-event',
		step: 'module',
		event: one,
	});
	const outputOf = (id: string): RunEvent => event({ type: 'output', commandId: id, stream: 'stdout', line: 'x' });

	it('waits for a foreground command and begins nothing after it', async () => {
		const leave = new AbortController();
		const seen: string[] = [];
		const command = example.commands.install;
		async function* run(): Run {
			yield event({ type: 'command-started', command, reattached: false });
			leave.abort();
			yield outputOf(command.id);
			yield event({ type: 'command-ended', command, result: resultOf(command, 0) });
			seen.push('went on');
			return { exitCode: 0, title: '', lines: [] };
		}
		const outcome = await drive(
			run(),
			{ show: (one) => seen.push(one.type === 'step-event' ? one.event.type : one.type), answer: () => undefined },
			leave.signal,
			'zfs-lockstep',
		);
		expect(seen).toEqual(['command-started', 'output', 'command-ended']);
		expect(outcome.exitCode).toBe(130);
	});

	it('lets a detached command go at its next line', async () => {
		const leave = new AbortController();
		leave.abort();
		const command = example.commands.build;
		let closed = false;
		async function* run(): Run {
			try {
				yield event({ type: 'command-started', command, reattached: false });
				yield outputOf(command.id);
				return { exitCode: 0, title: '', lines: [] };
			} finally {
				closed = true;
			}
		}
		expect(
			(await drive(run(), { show: () => {}, answer: () => undefined }, leave.signal, 'zfs-lockstep')).exitCode,
		).toBe(130);
		expect(closed).toBe(true);
	});
});
