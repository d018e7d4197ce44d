import type { Step, StepOutcome } from '../../steps/step.js';
import { JobLeftError } from '../host/host.js';
import { HostError } from '../host/host-error.js';
import { fitRemedy } from '../plan/own-commands.js';
import { AnswerNeededError } from './errors.js';
import { exitCodes } from './exit-codes.js';
import type { RunOutcome } from './run-event.js';
import type { Session } from './session.js';

/** All seven steps are done. */
export function finished(session: Session): RunOutcome {
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

/** Records how a step ended. Returns what stops the run, or undefined to go on. */
export async function conclude(session: Session, step: Step, outcome: StepOutcome): Promise<RunOutcome | undefined> {
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
