import { describe, expect, it } from 'vitest';
import { type Failpoint, failpoints } from '../../src/engine/failpoints.js';
import type { RunState } from '../../steps/run-state.js';
import { type Question, type Step, type StepId, stepIds } from '../../steps/step.js';
import { change, freshState, memoryStore, type Played, play, RecordingHost, sevenSteps, somePlan } from './fake-run.js';

class Died extends Error {}

/** A step that asks, changes the host by one command, and is done. */
const acting = (id: StepId): Partial<Step> => ({
	run: async function* (context) {
		const command = change(`${id}.act`);
		const answer = yield* context.ask({
			id: `${id}.approve`,
			kind: 'confirm',
			title: 'Act?',
			body: [],
			commands: [command],
		});
		if (answer.value !== true) return { kind: 'waiting', waitingFor: 'administrator', text: 'declined' };
		yield* context.execute(command);
		await context.record({ hostFiles: '/kept' });
		return { kind: 'done', evidence: `${id} acted` };
	},
});

const looking = (): Partial<Step> => ({
	run: async function* (context) {
		await context.record({});
		return { kind: 'done', evidence: 'looked' };
	},
});

const allActing = () =>
	sevenSteps({
		backup: acting('backup'),
		module: acting('module'),
		reboot: acting('reboot'),
		verify: looking(),
		userspace: acting('userspace'),
		'smoke-test': acting('smoke-test'),
	});

function failingOnce(): Partial<Step> {
	let isFirst = true;
	return {
		run: async function* () {
			if (!isFirst) return { kind: 'done', evidence: 'mended' };
			isFirst = false;
			return { kind: 'failed', rollbackNeeded: false, failure: { what: 'It failed.', why: 'Test.', todo: [] } };
		},
	};
}

function recorded(steps: Partial<RunState['steps']>): RunState {
	const done = { status: 'done', at: 1, evidence: 'test' } as const;
	const fresh = freshState();
	return { ...fresh, plan: somePlan, steps: { ...fresh.steps, check: done, ...steps } };
}

interface Story {
	readonly steps: () => readonly [Step, ...Step[]];
	readonly state?: RunState;
}

/** Between them these come by every failpoint. */
const stories: readonly Story[] = [
	{ steps: allActing },
	{
		steps: () =>
			sevenSteps({
				check: {
					run: async function* (context) {
						await context.record({});
						await context.adopt(somePlan, ['tank'], { userspace: 'a', module: 'b', kernel: 'c' });
						return { kind: 'done', evidence: 'planned' };
					},
				},
			}),
	},
	{
		steps: () =>
			sevenSteps({
				verify: {
					run: async function* () {
						return { kind: 'skipped', why: 'test' };
					},
				},
			}),
	},
	{ steps: () => sevenSteps({ module: failingOnce() }) },
	{
		steps: () => {
			let isFirst = true;
			const waitsOnce = acting('module').run;
			return sevenSteps({
				module: {
					run: async function* (context) {
						if (!isFirst)
							return yield* waitsOnce?.(context) ??
								(() => {
									throw new Error('none');
								})();
						isFirst = false;
						return { kind: 'waiting', waitingFor: 'administrator', text: 'later' };
					},
				},
			});
		},
	},
	{
		steps: () => {
			let isLost = true;
			return sevenSteps({
				backup: {
					probe: async () => (isLost ? { state: 'todo', evidence: 'gone' } : { state: 'done', evidence: 'there' }),
					run: async function* () {
						isLost = false;
						return { kind: 'done', evidence: 'done again' };
					},
				},
			});
		},
		state: recorded({ backup: { status: 'done', at: 1, evidence: 'test' } }),
	},
	{ steps: allActing, state: recorded({ backup: { status: 'running', since: 1, attempts: 3 } }) },
];

const willing = ({ id }: Question) => (id.endsWith('.another-try') ? 'again' : true);

/** Goes on until the run ends, as an administrator who comes back. */
async function goOn(parts: Parameters<typeof play>[0]): Promise<Played> {
	for (let sittings = 0; ; sittings += 1) {
		const played = await play(parts);
		if (played.outcome.exitCode === 0 || sittings === 5) return played;
	}
}

/** The stories in which the program dies at the failpoint, each carried to its end afterwards. */
async function dieOnce(name: Failpoint): Promise<readonly Played[]> {
	const ends: Played[] = [];
	for (const { steps, state } of stories) {
		const [host, store, seven] = [new RecordingHost(), memoryStore(state), steps()];
		let isArmed = true;
		const failpoint = (passed: Failpoint) => {
			if (passed !== name || !isArmed) return;
			isArmed = false;
			throw new Died(name);
		};
		const parts = { host, store, steps: seven, answer: willing, failpoint };
		for (let sittings = 0; isArmed && sittings < 3; sittings += 1) {
			await play(parts).catch((error: unknown) => {
				if (!(error instanceof Died)) throw error;
			});
		}
		if (!isArmed) ends.push(await goOn(parts));
	}
	return ends;
}

describe('failpoints', () => {
	it('are at least sixty, each with a name of its own', () => {
		expect(failpoints.length).toBeGreaterThanOrEqual(60);
		expect(new Set(failpoints).size).toBe(failpoints.length);
	});

	it.each(failpoints)('a run that dies once at %s goes on to its end', async (name) => {
		const ends = await dieOnce(name);
		// Coverage: every failpoint is met by one of the stories.
		expect(ends.length).toBeGreaterThan(0);
		for (const { outcome } of ends) expect(outcome.exitCode).toBe(0);
	});

	const stepMoments = stepIds
		.slice(1)
		.flatMap((id) => (['enter', 'body', 'leave'] as const).map((one) => [id, one] as const));

	it.each(stepMoments)('a run that dies every time in %s at its %s halts after three tries', async (id, moment) => {
		const host = new RecordingHost();
		const store = memoryStore();
		let hits = 0;
		const failpoint = (passed: Failpoint) => {
			if (passed !== `step.${id}.${moment}`) return;
			hits += 1;
			throw new Died();
		};
		const patient = ({ id: asked }: Question) => (asked.endsWith('.another-try') ? 'stop' : true);
		for (let sittings = 0; sittings < 10; sittings += 1) {
			const played = await play({ host, store, steps: allActing(), answer: patient, failpoint }).catch(() => undefined);
			if (played === undefined) continue;
			expect(played.outcome).toMatchObject({ exitCode: 6, title: expect.stringContaining('after 3 tries') });
			break;
		}
		expect(hits).toBe(3);
	});

	it('a run that dies every time in step 1 records nothing, and changes nothing', async () => {
		const host = new RecordingHost();
		const store = memoryStore();
		const failpoint = (passed: Failpoint) => {
			if (passed === 'step.check.leave') throw new Died();
		};
		for (let sittings = 0; sittings < 5; sittings += 1) {
			await expect(play({ host, store, steps: allActing(), answer: willing, failpoint })).rejects.toThrow(Died);
		}
		expect(store.saved).toEqual([]);
		expect(host.ran).toEqual([]);
	});
});
