import type { Answer, Failure, RollbackStage, Step, StepEvent, StepOutcome, StepRun } from '../../steps/step.js';
import { JobLeftError } from '../host/host.js';
import { HostError } from '../host/host-error.js';
import { fitFinding, fitRemedy } from '../plan/own-commands.js';
import { AnswerNeededError } from './errors.js';
import { exitCodes } from './exit-codes.js';
import { makeDurable } from './make-durable.js';
import { saveRollback, waysBack } from './rollback.js';
import type { Run, RunEvent, RunOutcome } from './run-event.js';
import type { Session } from './session.js';
import { settleIntent } from './settle-intent.js';
import { currentStep } from './status.js';
import { attemptsOf } from './transitions.js';

/** A step that was interrupted or failed so often is halted: no loop of reboots, no endless retry. */
const attemptsAllowed = 3;

/** Walks the seven steps, from the first that is not done on the host to the end or to whatever stops it. */
export async function* run(session: Session, options: { readonly resumed: boolean }): Run {
	yield { type: 'run', state: session.state, resumed: options.resumed };
	try {
		yield* forward(session, stepAt(session), settleIntent(session));
		if (options.resumed) yield* forward(session, stepAt(session), lookFirst());
		const half = await findInterrupted(session);
		for (const step of half === undefined ? session.steps : [half, ...session.steps]) {
			const stop = yield* runStep(session, step);
			if (stop !== undefined) {
				return stop;
			}
			if (session.context.options.until === step.id) {
				return {
					exitCode: exitCodes.done,
					title: `Stopped after "${step.title}", as asked.`,
					lines: [`Go on with: ${session.ownCommands.resumeCommand}`],
				};
			}
		}
	} catch (error) {
		return stopFor(session, error);
	}
	await session.apply({ type: 'ended', at: session.host.now() });
	yield { type: 'run', state: session.state, resumed: options.resumed };
	return finished(session);
}

/** Where the run stands: what is said before any step begins belongs there. */
export function stepAt({ state, steps }: Session): Step {
	return steps.find(({ id }) => id === currentStep(state)) ?? steps[0];
}

async function* lookFirst(): StepRun<void> {
	const event: StepEvent = { type: 'log', level: 'info', text: 'Reading the host, to see what is done already.' };
	yield event;
}

/** A step that was begun and must be brought to its end before the ones before it can be judged. */
async function findInterrupted(session: Session): Promise<Step | undefined> {
	for (const step of session.steps) {
		const { status } = session.state.steps[step.id];
		if (status !== 'running' && status !== 'failed') continue;
		if ((await step.isInterrupted?.(session.context)) === true) return step;
	}
	return undefined;
}

function finished(session: Session): RunOutcome {
	const plan = session.context.plan();
	const { snapshots = [], checkpoints = [] } = session.state.evidence;
	const kept = [
		...(snapshots.length === 0 ? [] : ['the snapshots of before the upgrade, on hold']),
		...(checkpoints.length === 0 ? [] : [`the checkpoint of ${checkpoints.join(', ')}`]),
	];
	return {
		exitCode: exitCodes.done,
		title: `OpenZFS ${plan.targetUpstream}: kernel module and userspace are in lockstep.`,
		lines: [
			`The whole story: ${session.ownCommands.commandLine('report')}`,
			'Do not run "zpool upgrade" while you may still want to go back.',
			...(kept.length === 0
				? []
				: [
						`Kept for the way back: ${kept.join(' and ')}.`,
						`When you are sure, give that up with: ${session.ownCommands.commandLine('reset')}`,
					]),
		],
	};
}

/** Errors that stop a run in good order; anything else is a bug and goes on to the one place that shows bugs. */
export function stopFor(session: Session, error: unknown): RunOutcome {
	if (error instanceof HostError) {
		return {
			exitCode: exitCodes.error,
			title: error.message,
			lines: [
				'It stopped there; what was done before stays done. Mend the cause, then start the same command again.',
				...error.remediation.map((line) => fitRemedy(line, session.ownCommands)),
			],
		};
	}
	if (error instanceof AnswerNeededError) {
		return {
			exitCode: exitCodes.answerNeeded,
			title: `An answer is needed: ${error.question.title}`,
			lines: [
				`Question ${error.question.id} has nobody to answer it.`,
				`Answer it on a terminal: ${session.ownCommands.resumeCommand}`,
				`Or agree to everything beforehand: ${session.ownCommands.commandLine('run --yes')}`,
				`Or answer it in a file: ${session.ownCommands.commandLine('run --answers FILE')}`,
			],
		};
	}
	if (error instanceof JobLeftError) {
		session.log.append({ type: 'left', job: error.jobId }, { durable: true });
		return {
			exitCode: exitCodes.interrupted,
			title: 'Left. What was running goes on by itself.',
			lines: [
				`Come back with: ${session.ownCommands.resumeCommand}`,
				`Watch it with: ${session.ownCommands.commandLine('log -f')}`,
			],
		};
	}
	throw error;
}

/** Passes a step's events on, with the state whenever it changed, and carries the answers back. */
export async function* forward<Result>(
	session: Session,
	step: Step,
	inner: StepRun<Result>,
): AsyncGenerator<RunEvent, Result, Answer | undefined> {
	let shown = session.state;
	let answer: Answer | undefined;
	try {
		for (;;) {
			const next = await inner.next(answer);
			if (session.state !== shown) {
				const isUndoingOther = session.state.evidence !== shown.evidence;
				shown = session.state;
				yield { type: 'run', state: shown, resumed: false };
				// A host that goes down in the middle of this step must find what it has done so far in the guidance.
				if (isUndoingOther) yield* renewRollback(session);
			}
			if (next.done === true) {
				return next.value;
			}
			answer = yield { type: 'step-event', step: step.id, event: fitEvent(session, next.value) };
		}
	} finally {
		await leave(inner);
	}
}

/** Goes through a step that is left early, past its clean-up, to whoever left it. */
class StepLeft extends Error {
	override readonly name = 'StepLeft';
}

/**
 * Ends a step where it stands. What it does in its `finally` may yield events like everything else. It is ended by an
 * exception: a generator that is told to return and yields while it cleans up looks afterwards, to the one that
 * delegated to it, as if it had come to its end with nothing, and that one would go on.
 */
async function leave<Result>(inner: StepRun<Result>): Promise<void> {
	const left = new StepLeft('The step was left.');
	try {
		let rest = await inner.throw(left);
		while (rest.done !== true) rest = await inner.next();
	} catch (error) {
		if (error !== left) throw error;
	}
}

function fitEvent({ ownCommands }: Session, event: StepEvent): StepEvent {
	return event.type === 'finding' ? { ...event, finding: fitFinding(event.finding, ownCommands) } : event;
}

async function* announce(session: Session, step: Step): AsyncGenerator<RunEvent, void, Answer | undefined> {
	yield { type: 'step', id: step.id, state: session.state.steps[step.id] };
	yield* renewRollback(session);
}

async function* renewRollback(session: Session): AsyncGenerator<RunEvent, void, Answer | undefined> {
	if (session.state.plan === null) return;
	const stages: readonly RollbackStage[] = await waysBack(session);
	await saveRollback(session.context, await waysBack(session, 'ahead'));
	yield { type: 'rollback', stages };
}

/** Brings one step to its end. Returns what stops the run, or undefined to go on. */
async function* runStep(
	session: Session,
	step: Step,
): AsyncGenerator<RunEvent, RunOutcome | undefined, Answer | undefined> {
	const recorded = session.state.steps[step.id];
	if (recorded.status === 'skipped') {
		return undefined;
	}
	if (recorded.status !== 'pending') {
		const probe = await step.probe(session.context);
		if (probe.state === 'done') {
			if (recorded.status !== 'done') {
				await session.apply({ type: 'step-done', step: step.id, at: session.host.now(), evidence: probe.evidence });
				yield* announce(session, step);
			}
			return undefined;
		}
		if (recorded.status === 'done') {
			await session.apply({ type: 'step-undone', step: step.id });
			yield* forward(session, step, contradicted(step, probe.evidence));
		} else if (attemptsOf(recorded) >= attemptsAllowed) {
			const halted = yield* forward(session, step, offerAnotherTry(session, step, attemptsOf(recorded)));
			if (halted !== undefined) {
				return halted;
			}
			await session.apply({ type: 'attempts-forgiven', step: step.id });
		}
	}
	await session.apply({ type: 'step-started', step: step.id, at: session.host.now() });
	session.log.append({ type: 'step-started', step: step.id }, { durable: true });
	yield* announce(session, step);
	session.passStep(step.id, 'enter');
	const outcome = yield* forward(session, step, attempt(session, step));
	session.passStep(step.id, 'leave');
	const stop = await conclude(session, step, outcome);
	await session.forgetStaleFacts();
	session.log.append({ type: 'step-ended', step: step.id, outcome }, { durable: true });
	if (outcome.kind === 'waiting') {
		// Nothing changed since the way back was told, and a host that goes down must not be asked anything more.
		yield { type: 'step', id: step.id, state: session.state.steps[step.id] };
	} else {
		yield* announce(session, step);
	}
	return stop;
}

/** The step's own run, with a fault of the host turned into a failure that can be read. */
async function* attempt(session: Session, step: Step): StepRun<StepOutcome> {
	try {
		const outcome = yield* step.run(session.context);
		// What is recorded as done must be there after a power cut. Step 1 changes nothing.
		if (outcome.kind === 'done' && step.id !== 'check') await makeDurable(session.host);
		return outcome;
	} catch (error) {
		if (error instanceof HostError) {
			const failure: Failure = {
				what: error.message,
				why: `"${step.title}" needs it and stopped; nothing more was changed.`,
				todo: error.remediation.map((line) => fitRemedy(line, session.ownCommands)),
			};
			return { kind: 'failed', failure, rollbackNeeded: false };
		}
		if (error instanceof AnswerNeededError) {
			await session.apply({
				type: 'step-waits',
				step: step.id,
				at: session.host.now(),
				waitingFor: 'administrator',
				text: error.question.title,
			});
		}
		throw error;
	}
}

async function* contradicted(step: Step, evidence: string): StepRun<void> {
	const event: StepEvent = {
		type: 'log',
		level: 'warning',
		text: `"${step.title}" was recorded as done, but the host says otherwise: ${evidence} It is done again.`,
	};
	yield event;
}

async function* offerAnotherTry(session: Session, step: Step, attempts: number): StepRun<RunOutcome | undefined> {
	const { commandLine } = session.ownCommands;
	const answer = yield* session.context.ask({
		id: `${step.id}.another-try`,
		kind: 'choose',
		title: `"${step.title}" was begun ${attempts} times without success. Try again?`,
		body: [`Nothing more is done by itself after three tries. Look at the log first: ${commandLine('log')}`],
		choices: [
			{
				value: 'stop',
				label: 'Stop here',
				hint: `the host stays as it is; the way back is shown by: ${commandLine('rollback')}`,
			},
			{ value: 'again', label: 'Try again', hint: 'the cause is mended' },
		],
		suggested: 'stop',
	});
	if (answer.value === 'again') {
		return undefined;
	}
	return {
		exitCode: exitCodes.rollbackNeeded,
		title: `Halted at "${step.title}" after ${attempts} tries.`,
		lines: [`The way back from here: ${commandLine('rollback')}`, `What happened: ${commandLine('log')}`],
	};
}

async function conclude(session: Session, step: Step, outcome: StepOutcome): Promise<RunOutcome | undefined> {
	const at = session.host.now();
	const { resumeCommand, commandLine } = session.ownCommands;
	switch (outcome.kind) {
		case 'done':
			await session.apply({ type: 'step-done', step: step.id, at, evidence: outcome.evidence });
			return undefined;
		case 'skipped':
			await session.apply({ type: 'step-skipped', step: step.id, at, why: outcome.why });
			return undefined;
		case 'waiting':
			await session.apply({
				type: 'step-waits',
				step: step.id,
				at,
				waitingFor: outcome.waitingFor,
				text: outcome.text,
			});
			return {
				exitCode: outcome.waitingFor === 'reboot' ? exitCodes.waitingForReboot : exitCodes.answerNeeded,
				title: outcome.text,
				lines: [`Go on afterwards with: ${resumeCommand}`, `The way back from here: ${commandLine('rollback')}`],
			};
		case 'blocked':
			await session.apply({ type: 'step-undone', step: step.id });
			return {
				exitCode: exitCodes.blocked,
				title: `Blocked by ${outcome.findings.length} finding${outcome.findings.length === 1 ? '' : 's'}. Nothing was changed.`,
				lines: [
					...outcome.findings.map((finding) => `${finding.id}: ${finding.title}`),
					`Mend what is named, then begin again with: ${resumeCommand}`,
				],
			};
		case 'nothing-to-do':
			await session.apply({ type: 'step-undone', step: step.id });
			return { exitCode: exitCodes.nothingToDo, title: outcome.text, lines: [] };
		case 'busy':
			await session.apply({ type: 'step-undone', step: step.id });
			return {
				exitCode: exitCodes.busy,
				title: outcome.text,
				lines: [`Nothing was begun beside it. Go on when it has finished, with: ${resumeCommand}`],
			};
		case 'failed':
			await session.apply({
				type: 'step-failed',
				step: step.id,
				at,
				failure: outcome.failure,
				rollbackNeeded: outcome.rollbackNeeded,
			});
			return {
				exitCode: outcome.rollbackNeeded ? exitCodes.rollbackNeeded : exitCodes.error,
				title: outcome.failure.what,
				lines: [
					outcome.failure.why,
					...outcome.failure.todo,
					...(outcome.failure.lines ?? []),
					`The way back from here: ${commandLine('rollback')}`,
				],
			};
	}
}
