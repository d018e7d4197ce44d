import type { Answer, Failure, Step, StepEvent, StepOutcome, StepRun } from '../../steps/step.js';
import { HostError } from '../host/host-error.js';
import { fitRemedy } from '../plan/own-commands.js';
import { conclude } from './conclude.js';
import { AnswerNeededError } from './errors.js';
import { exitCodes } from './exit-codes.js';
import { forward } from './forward.js';
import { makeDurable } from './make-durable.js';
import { renewRollback } from './rollback.js';
import type { RunEvent, RunOutcome } from './run-event.js';
import type { Session } from './session.js';
import { attemptsOf } from './transitions.js';

/** A step that was interrupted or failed so often is halted: no loop of reboots, no endless retry. */
const attemptsAllowed = 3;

async function* announce(session: Session, step: Step): AsyncGenerator<RunEvent, void, Answer | undefined> {
	yield { type: 'step', id: step.id, state: session.state.steps[step.id] };
	yield* renewRollback(session);
}

/** Brings one step to its end. Returns what stops the run, or undefined to go on. */
export async function* runStep(
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
