import { describe, expect, it } from 'vitest';
import { UnapprovedCommandError } from '../../src/engine/errors.js';
import type { Step, StepContext, StepRun } from '../../steps/step.js';
import { change, freshState, memoryStore, play, RecordingHost, sevenSteps, somePlan } from './fake-run.js';

const asking = (commands = [change('module.build')]): Partial<Step> => ({
	run: async function* (context) {
		const answer = yield* context.ask({
			id: 'module.approve',
			kind: 'confirm',
			title: 'Build?',
			body: [],
			commands,
		});
		if (answer.value !== true) {
			return { kind: 'waiting', waitingFor: 'administrator', text: 'declined' };
		}
		for (const command of commands) {
			yield* context.execute(command);
		}
		return { kind: 'done', evidence: 'built' };
	},
});

describe('a run', () => {
	it('walks all seven steps and ends with exit code 0', async () => {
		const store = memoryStore();
		const { outcome, session } = await play({ host: new RecordingHost(), steps: sevenSteps(), store });
		expect(outcome.exitCode).toBe(0);
		expect(Object.values(session.state.steps).map((step) => step.status)).toEqual(Array(7).fill('done'));
		expect(session.state.endedAt).not.toBeNull();
	});

	it('writes nothing at all when step 1 finds a blocker', async () => {
		const store = memoryStore();
		const blocked: Partial<Step> = {
			run: async function* () {
				return { kind: 'blocked', findings: [] };
			},
		};
		const host = new RecordingHost();
		const { outcome } = await play({ host, steps: sevenSteps({ check: blocked }), store });
		expect(outcome.exitCode).toBe(3);
		expect(store.saved).toEqual([]);
		expect(host.written.size).toBe(0);
	});

	it('refuses a command that nobody agreed to, and does not run it', async () => {
		const host = new RecordingHost();
		const rogue: Partial<Step> = {
			run: async function* (context) {
				yield* context.execute(change('module.rogue'));
				return { kind: 'done', evidence: '' };
			},
		};
		await expect(play({ host, steps: sevenSteps({ module: rogue }), store: memoryStore() })).rejects.toThrow(
			UnapprovedCommandError,
		);
		expect(host.ran).toEqual([]);
	});

	it('does not take a yes to one command for a yes to another', async () => {
		const host = new RecordingHost();
		const sly: Partial<Step> = {
			run: async function* (context) {
				yield* context.ask({ id: 'm', kind: 'confirm', title: 't', body: [], commands: [change('module.a')] });
				yield* context.execute(change('module.b'));
				return { kind: 'done', evidence: '' };
			},
		};
		const answer = () => true;
		await expect(play({ host, steps: sevenSteps({ module: sly }), store: memoryStore(), answer })).rejects.toThrow(
			'module.b',
		);
		expect(host.ran).toEqual([]);
	});

	it('has the intent on disk before a command runs and the outcome after it', async () => {
		const store = memoryStore();
		const log: Record<string, unknown>[] = [];
		const host = new RecordingHost();
		await play({ host, steps: sevenSteps({ module: asking() }), store, answer: () => true, log });
		const withIntent = store.saved.findIndex((state) => state.intent?.command.id === 'module.build');
		expect(withIntent).toBeGreaterThan(0);
		expect(store.saved.slice(withIntent + 1).some((state) => state.intent === null)).toBe(true);
		const types = log.map((entry) => entry.type);
		expect(types.indexOf('intent')).toBeLessThan(types.indexOf('outcome'));
	});

	it('strips control characters from output before anybody sees it', async () => {
		const steps = sevenSteps({ module: asking() });
		const { events } = await play({ host: new RecordingHost(), steps, store: memoryStore(), answer: () => true });
		const lines = events.flatMap((event) =>
			event.type === 'step-event' && event.event.type === 'output' ? [event.event.line] : [],
		);
		expect(lines).toEqual(['ran change']);
	});

	it('stops with exit code 5 when nobody answers, and says which question it was', async () => {
		const steps = sevenSteps({ module: asking() });
		const { outcome, session } = await play({ host: new RecordingHost(), steps, store: memoryStore() });
		expect(outcome.exitCode).toBe(5);
		expect(outcome.lines.join()).toContain('module.approve');
		expect(session.state.steps.module.status).toBe('waiting');
	});

	it('stops with exit code 4 while it waits for a reboot', async () => {
		const waits: Partial<Step> = {
			run: async function* () {
				return { kind: 'waiting', waitingFor: 'reboot', text: 'Reboot.' };
			},
		};
		const { outcome } = await play({
			host: new RecordingHost(),
			steps: sevenSteps({ reboot: waits }),
			store: memoryStore(),
		});
		expect(outcome.exitCode).toBe(4);
	});
});

describe('a step that an interruption left half done', () => {
	it('is brought to its end before the steps before it are judged', async () => {
		const ran: string[] = [];
		let isHalf = true;
		const done = { status: 'done', at: 1, evidence: 'test' } as const;
		const fresh = freshState();
		const store = memoryStore({
			...fresh,
			plan: somePlan,
			steps: {
				...fresh.steps,
				check: done,
				backup: done,
				module: done,
				reboot: done,
				verify: done,
				userspace: { status: 'running', since: 1, attempts: 1 },
			},
		});
		const { outcome } = await play({
			host: new RecordingHost(),
			store,
			steps: sevenSteps({
				module: {
					// Half a package transaction has taken the module away.
					probe: async () => (isHalf ? { state: 'todo', evidence: 'gone' } : { state: 'done', evidence: 'there' }),
					run: async function* () {
						ran.push('module');
						return { kind: 'done', evidence: 'built' };
					},
				},
				userspace: {
					probe: async () => (isHalf ? { state: 'partial', evidence: 'half' } : { state: 'done', evidence: 'whole' }),
					isInterrupted: async () => isHalf,
					run: async function* () {
						ran.push('userspace');
						isHalf = false;
						return { kind: 'done', evidence: 'whole' };
					},
				},
			}),
		});
		expect(outcome.exitCode).toBe(0);
		expect(ran).toEqual(['userspace']);
	});
});

describe('what is recorded as done', () => {
	it('was brought to the disk before', async () => {
		const host = new RecordingHost();
		const store = memoryStore();
		const syncsWhenDone: number[] = [];
		const write = store.write.bind(store);
		store.write = async (state) => {
			if (state.steps.module.status === 'done' && syncsWhenDone.length === 0) syncsWhenDone.push(...host.syncs);
			await write(state);
		};
		await play({ host, steps: sevenSteps({ module: asking() }), store, answer: () => true });
		expect(host.ran).toEqual([['change', 'module.build']]);
		expect(syncsWhenDone).toContain(1);
	});

	it('is not recorded when it cannot be brought to the disk', async () => {
		const host = new RecordingHost();
		host.syncCode = 1;
		const { outcome, session } = await play({
			host,
			steps: sevenSteps({ module: asking() }),
			store: memoryStore(),
			answer: () => true,
		});
		expect(outcome.exitCode).toBe(1);
		expect(outcome.title).toContain('could not be brought to the disk');
		expect(session.state.steps.backup.status).toBe('failed');
	});

	it('includes what a detached command did before its intent is settled', async () => {
		const host = new RecordingHost();
		const build = change('module.build', 'detached');
		await play({ host, steps: sevenSteps({ module: asking([build]) }), store: memoryStore(), answer: () => true });
		// One for the command, one for its step.
		expect(host.syncs.filter((count) => count === 1).length).toBeGreaterThanOrEqual(2);
	});
});

describe('a resumed run', () => {
	it('does again a step whose effect the host does not show, and says so', async () => {
		const store = memoryStore();
		await play({ host: new RecordingHost(), steps: sevenSteps(), store });
		let asked = 0;
		const vanished: Partial<Step> = {
			probe: async () => ({ state: asked++ === 0 ? 'todo' : 'done', evidence: 'No snapshot is there.' }),
		};
		const { events } = await play({ host: new RecordingHost(), steps: sevenSteps({ backup: vanished }), store });
		const warnings = events.flatMap((event) =>
			event.type === 'step-event' && event.event.type === 'log' ? [event.event.text] : [],
		);
		expect(warnings.join()).toContain('No snapshot is there.');
	});

	it('does not repeat a step that was interrupted after its effect was there', async () => {
		const state = freshState();
		const store = memoryStore({
			...state,
			plan: somePlan,
			steps: {
				...state.steps,
				check: { status: 'done', at: 1, evidence: '' },
				backup: { status: 'running', since: 2, attempts: 1 },
			},
		});
		let runs = 0;
		const backup: Partial<Step> = {
			probe: async () => ({ state: 'done', evidence: 'snapshots are there' }),
			run: async function* () {
				runs += 1;
				return { kind: 'done', evidence: '' };
			},
		};
		const { session } = await play({ host: new RecordingHost(), steps: sevenSteps({ backup }), store });
		expect(runs).toBe(0);
		expect(session.state.steps.backup).toMatchObject({ status: 'done', evidence: 'snapshots are there' });
	});

	it('halts after three interrupted tries instead of looping', async () => {
		const state = freshState();
		const store = memoryStore({
			...state,
			plan: somePlan,
			steps: {
				...state.steps,
				check: { status: 'done', at: 1, evidence: '' },
				backup: { status: 'running', since: 2, attempts: 3 },
			},
		});
		const { outcome } = await play({
			host: new RecordingHost(),
			steps: sevenSteps(),
			store,
			answer: (question) => (question.kind === 'choose' ? question.suggested : undefined),
		});
		expect(outcome.exitCode).toBe(6);
	});

	it('watches a job that ran on, and hands its result to the step instead of running it twice', async () => {
		const host = new RecordingHost();
		const command = change('module.build', 'detached');
		const state = freshState();
		const store = memoryStore({
			...state,
			plan: somePlan,
			approved: ['module.build'],
			intent: { command, jobId: 'module.build.1', at: 5, bootId: 'boot-1' },
			steps: {
				...state.steps,
				check: { status: 'done', at: 1, evidence: '' },
				backup: { status: 'done', at: 1, evidence: '' },
				module: { status: 'running', since: 2, attempts: 1 },
			},
		});
		host.jobs.set('module.build.1', { state: 'running', startedAt: 'then' });
		const { events, outcome } = await play({
			host,
			steps: sevenSteps({ module: asking([command]) }),
			store,
			answer: () => true,
		});
		expect(outcome.exitCode).toBe(0);
		expect(host.ran).toEqual([['change', 'module.build']]);
		expect(
			events.some(
				(event) => event.type === 'step-event' && event.event.type === 'command-started' && event.event.reattached,
			),
		).toBe(true);
	});

	it('believes nothing of a command that another boot interrupted', async () => {
		const host = new RecordingHost();
		const command = change('module.build', 'detached');
		const state = freshState();
		const store = memoryStore({
			...state,
			plan: somePlan,
			intent: { command, jobId: 'module.build.1', at: 5, bootId: 'boot-0' },
			steps: {
				...state.steps,
				check: { status: 'done', at: 1, evidence: '' },
				module: { status: 'running', since: 2, attempts: 1 },
			},
		});
		host.jobs.set('module.build.1', { state: 'running', startedAt: 'then' });
		const { events } = await play({ host, steps: sevenSteps(), store });
		expect(store.read()?.intent).toBeNull();
		expect(JSON.stringify(events)).toContain('The host went down in the middle of the last command (do module.build)');
	});

	it('says where it stands when it goes on after the reboot that it made itself, and warns of nothing', async () => {
		const command = change('reboot.systemctl-reboot');
		const done = { status: 'done', at: 1, evidence: '' } as const;
		const state = freshState();
		const store = memoryStore({
			...state,
			plan: somePlan,
			intent: { command, jobId: null, at: 5, bootId: 'boot-0' },
			steps: {
				...state.steps,
				check: done,
				backup: done,
				module: done,
				reboot: { status: 'running', since: 2, attempts: 1 },
			},
			evidence: { bootIdBeforeReboot: 'boot-0' },
		});
		const { events } = await play({ host: new RecordingHost(), steps: sevenSteps(), store });
		const said = events.flatMap((event) =>
			event.type === 'step-event' && event.event.type === 'log'
				? [[event.step, event.event.level, event.event.text]]
				: [],
		);
		expect(said.slice(0, 2)).toEqual([
			['reboot', 'info', 'The host was rebooted.'],
			['reboot', 'info', 'Reading the host, to see what is done already.'],
		]);
	});
});

describe('leaving a run', () => {
	it('finishes a foreground command and journals its outcome first', async () => {
		const host = new RecordingHost();
		const log: Record<string, unknown>[] = [];
		await play({
			host,
			steps: sevenSteps({ module: asking() }),
			store: memoryStore(),
			answer: () => true,
			log,
			leaveAfter: (event) => event.type === 'step-event' && event.event.type === 'output',
		});
		expect(host.ran).toEqual([['change', 'module.build']]);
		expect(log.at(-1)).toMatchObject({ type: 'outcome', command: 'module.build' });
	});

	it('cleans up behind a step that is left, and goes on with nothing else of it', async () => {
		const host = new RecordingHost();
		const commands = [change('smoke.work'), change('smoke.clean'), change('smoke.more')] as const;
		async function* inner(context: StepContext): StepRun<readonly string[]> {
			try {
				yield* context.execute(commands[0]);
				return ['worked'];
			} finally {
				yield* context.execute(commands[1]);
			}
		}
		const tidy: Partial<Step> = {
			run: async function* (context) {
				yield* context.ask({ id: 'm', kind: 'confirm', title: 't', body: [], commands: [...commands] });
				const [result] = yield* inner(context);
				yield* context.execute(commands[2]);
				return { kind: 'done', evidence: result ?? '' };
			},
		};
		const { outcome, session } = await play({
			host,
			steps: sevenSteps({ 'smoke-test': tidy }),
			store: memoryStore(),
			answer: () => true,
			leaveAfter: ({ type, ...rest }) =>
				type === 'step-event' && 'event' in rest && JSON.stringify(rest.event).includes('command-ended'),
		});
		expect(outcome.exitCode).toBe(130);
		expect(host.ran.map((argv) => argv.join(' '))).toEqual(['change smoke.work', 'change smoke.clean']);
		expect(session.state.steps['smoke-test'].status).toBe('running');
	});
});
