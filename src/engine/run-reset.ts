import type { Step, StepRun } from '../../steps/step.js';
import type { PlannedCommand } from '../plan/planned-command.js';
import { shellText } from '../plan/shell-text.js';
import { carryOut } from './carry-out.js';
import { stopFor } from './conclude.js';
import { exitCodes } from './exit-codes.js';
import { forward } from './forward.js';
import type { Run, RunOutcome } from './run-event.js';
import type { Session } from './session.js';
import { settleIntent } from './settle-intent.js';

/** Ends a run where it is. The upgrade itself is not undone: that is `rollback`. */
export async function* runReset(session: Session): Run {
	yield { type: 'run', state: session.state, resumed: true };
	const step = session.steps.find((one) => one.id === 'backup') ?? session.steps[0];
	try {
		yield* forward(session, step, settleIntent(session));
		const stop = yield* forward(session, step, letGo(session, step));
		if (stop !== undefined) return stop;
	} catch (error) {
		return stopFor(session, error);
	}
	await session.apply({ type: 'ended', at: session.host.now() });
	return {
		exitCode: exitCodes.done,
		title: 'The run is ended. Nothing of it is on hold any more.',
		lines: [`A new one begins with: ${session.ownCommands.resumeCommand}`],
	};
}

async function* letGo(session: Session, backup: Step): StepRun<RunOutcome | undefined> {
	const { context } = session;
	const scratch = session.steps.find((one) => one.id === 'smoke-test');
	const leftovers = scratch === undefined ? [] : (await scratch.rollback(context)).flatMap((stage) => stage.commands);
	const stages = session.state.plan === null ? [] : await backup.rollback(context);
	const isSnapshots = (command: PlannedCommand) => command.id.startsWith('backup.');
	const commands = stages.flatMap((stage) => stage.commands);
	const holds = [...leftovers, ...commands.filter((command) => !isSnapshots(command))];
	const snapshots = commands.filter(isSnapshots);
	if (holds.length > 0) {
		const answer = yield* context.ask({
			id: 'reset.holds',
			kind: 'confirm',
			title: 'Let packages and jobs go, and remove scratch data?',
			body: ['Replication that runs while userspace and module differ may fail without a word.'],
			commands: holds,
		});
		if (answer.value !== true) return declined(session);
		const stop = yield* carryOut(session, holds, 'reset');
		if (stop !== undefined) return stop;
		const { heldPackages } = session.state.evidence;
		await context.record({
			heldJobs: [],
			scratch: [],
			heldPackages: { ours: [], administrators: heldPackages?.administrators ?? [] },
		});
	}
	if (snapshots.length === 0) return undefined;
	const answer = yield* context.ask({
		id: 'reset.snapshots',
		kind: 'choose',
		title: 'What becomes of the snapshots that this run took?',
		body: snapshots.map((command) => shellText(command.work)),
		choices: [
			{ value: 'keep', label: 'Keep them', hint: 'with their holds; the commands above remove them later' },
			{ value: 'destroy', label: 'Destroy them', hint: 'there is no way back to the data of before the upgrade then' },
		],
		suggested: 'keep',
	});
	if (answer.value !== 'destroy') return undefined;
	const sure = yield* context.ask({
		id: 'reset.destroy',
		kind: 'confirm',
		title: 'Destroy the snapshots? Type the word to go on.',
		body: [],
		commands: snapshots,
		typeWord: 'destroy',
	});
	return sure.value === true ? yield* carryOut(session, snapshots, 'reset') : undefined;
}

function declined(session: Session): RunOutcome {
	return {
		exitCode: exitCodes.answerNeeded,
		title: 'Declined: the run goes on to exist, and everything stays on hold.',
		lines: [`Where it stands: ${session.ownCommands.commandLine('status')}`],
	};
}
