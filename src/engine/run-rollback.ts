import { holdForWayBack } from '../../steps/hold-for-way-back.js';
import { differingHalves } from '../../steps/observe.js';
import type { RollbackStage, Step, StepRun } from '../../steps/step.js';
import { carryOut } from './carry-out.js';
import { stopFor } from './conclude.js';
import { exitCodes } from './exit-codes.js';
import { forward } from './forward.js';
import { waysBack } from './rollback.js';
import { stepAt } from './run.js';
import type { Run, RunOutcome } from './run-event.js';
import type { Session } from './session.js';
import { settleIntent } from './settle-intent.js';

async function bootIdOf(session: Session): Promise<string | undefined> {
	return (await session.host.files.read('/proc/sys/kernel/random/boot_id'))?.trim();
}

/** Carries out the way back, stage by stage, each after a yes; goes on after a reboot where it stopped. */
export async function* runRollback(session: Session): Run {
	yield { type: 'run', state: session.state, resumed: true };
	try {
		yield* forward(session, stepAt(session), settleIntent(session));
		const pending = session.state.evidence.rollbackBootId;
		if (pending !== undefined && pending === (await bootIdOf(session))) return waitForReboot(session);
		const last = session.steps.at(-1) ?? session.steps[0];
		const unheld = yield* forward(session, last, holdFirst(session, last));
		if (unheld !== undefined) return unheld;
		for (let before: RollbackStage | undefined; ; ) {
			session.context.refresh();
			const stages = await waysBack(session);
			yield { type: 'rollback', stages };
			const [stage] = stages;
			if (stage === undefined) break;
			if (stage.title === before?.title) return withoutEffect(session, stage);
			before = stage;
			const step = session.steps.find((one) => one.id === stage.undoes[0]) ?? session.steps[0];
			yield { type: 'step', id: step.id, state: session.state.steps[step.id] };
			const stop = yield* forward(session, step, goBack(session, step, stage));
			if (stop !== undefined) return stop;
		}
	} catch (error) {
		return stopFor(session, error);
	}
	await session.apply({ type: 'ended', at: session.host.now() });
	yield { type: 'run', state: session.state, resumed: true };
	return {
		exitCode: exitCodes.done,
		title: `Everything that the run changed is undone; OpenZFS is at ${session.context.plan().fromVersion}.`,
		lines: [`The whole story: ${session.ownCommands.commandLine('report')}`],
	};
}

/** A finished run has let packages and jobs go; its last step is undone by holding them again. */
async function* holdFirst(session: Session, last: Step): StepRun<RunOutcome | undefined> {
	const end = yield* holdForWayBack(session.context, () => session.apply({ type: 'step-undone', step: last.id }));
	const again = `Then go on with: ${session.ownCommands.commandLine('rollback --run')}`;
	switch (end?.kind) {
		case undefined:
			return undefined;
		case 'failed': {
			const { what, why, todo, lines = [] } = end.failure;
			return { exitCode: exitCodes.error, title: what, lines: [why, ...todo, ...lines, again] };
		}
		case 'waiting':
			return { exitCode: exitCodes.answerNeeded, title: end.text, lines: [again] };
		default:
			throw new Error(`Holding for the way back ended with "${end?.kind}".`);
	}
}

/** Its commands succeeded, and yet the host says that it is still to be done: never again and again. */
function withoutEffect(session: Session, stage: RollbackStage): RunOutcome {
	return {
		exitCode: exitCodes.error,
		title: `"${stage.title}" was carried out, but the host does not show it.`,
		lines: [
			'Nothing more was undone after it. See what its commands said:',
			session.ownCommands.commandLine('log'),
			`Mend the cause, then: ${session.ownCommands.commandLine('rollback --run')}`,
		],
	};
}

function waitForReboot(session: Session): RunOutcome {
	return {
		exitCode: exitCodes.waitingForReboot,
		title: 'The host must be rebooted before the way back goes on.',
		lines: ['Reboot: systemctl reboot', `Then go on with: ${session.ownCommands.commandLine('rollback --run')}`],
	};
}

async function* goBack(session: Session, step: Step, stage: RollbackStage): StepRun<RunOutcome | undefined> {
	if (step.id === 'backup') {
		// Jobs and packages are let go only when both halves match again.
		const differing = await differingHalves(session.host);
		if (differing !== undefined) {
			return {
				exitCode: exitCodes.error,
				title: 'The halves of OpenZFS do not match yet, so jobs and packages stay on hold.',
				lines: [
					`${differing}.`,
					`Reboot if that is due, then go on with: ${session.ownCommands.commandLine('rollback --run')}`,
				],
			};
		}
	}
	const answer = yield* session.context.ask({
		id: `rollback.${stage.undoes.join('-')}.${stage.commands[0]?.id ?? 'notes'}`,
		kind: 'confirm',
		title: `${stage.title}?`,
		body: [stage.why, ...stage.notes],
		commands: stage.commands,
	});
	if (answer.value !== true) {
		return {
			exitCode: exitCodes.answerNeeded,
			title: `"${stage.title}" was declined.`,
			lines: [`Go on with: ${session.ownCommands.commandLine('rollback --run')}`],
		};
	}
	const failed = yield* carryOut(session, stage.commands, 'rollback --run', stage.mayFail);
	if (failed !== undefined) return failed;
	for (const id of stage.undoes) {
		await session.apply({ type: 'step-undone', step: id });
	}
	if (step.id === 'backup') await session.context.record(forgotten(session, stage));
	if (!stage.rebootAfter) return undefined;
	const bootId = await bootIdOf(session);
	if (bootId !== undefined) await session.context.record({ rollbackBootId: bootId });
	return waitForReboot(session);
}

/** The backup step has two stages, one after the other; the record says which is left. */
function forgotten(session: Session, stage: RollbackStage) {
	const isSnapshots = stage.commands.some((command) => command.id.startsWith('backup.'));
	const { heldPackages } = session.state.evidence;
	return isSnapshots
		? { snapshots: [], checkpoints: [] }
		: { heldJobs: [], heldPackages: { ours: [], administrators: heldPackages?.administrators ?? [] } };
}
