import { describeWayBackHold } from '../../steps/hold-for-way-back.js';
import type { Answer, RollbackStage, RollbackTime, StepContext } from '../../steps/step.js';
import { singleLine } from '../host/text.js';
import { shellText } from '../plan/shell-text.js';
import type { RunEvent } from './run-event.js';
import type { Session } from './session.js';

/**
 * The way back from where the run is: the last step's undoing first. Each step knows from the record and the host
 * whether it left anything. Reads only.
 */
export async function waysBack(session: Session, when: RollbackTime = 'now'): Promise<readonly RollbackStage[]> {
	const stages: RollbackStage[] = [];
	for (const step of [...session.steps].reverse()) {
		stages.push(...(await step.rollback(session.context, when)));
	}
	const needsHold = stages.some(({ undoes }) => undoes.includes('userspace'));
	const onHold = needsHold ? await describeWayBackHold(session.context) : undefined;
	if (onHold === undefined) return stages;
	const isLast = ({ undoes }: RollbackStage): boolean => undoes.includes('backup');
	return [
		onHold.hold,
		...stages.filter((stage) => !isLast(stage)),
		...(onHold.release === undefined ? [] : [onHold.release]),
		...stages.filter(isLast),
	];
}

/**
 * Guidance that a rescue shell can read and run: comments, then the exact commands. Written before each risky step,
 * because a host that does not come back has no wizard to ask.
 */
export function rollbackText(context: StepContext, stages: readonly RollbackStage[]): string {
	const state = context.state();
	const plan = context.plan();
	const lines = [
		'# zfs-lockstep: the way back',
		comment(
			`Run ${state.id} on ${state.host.hostname}: OpenZFS ${plan.fromVersion} -> ${plan.targetVersion} (${plan.route}).`,
		),
		'# Run the commands as root, in this order, and read each comment first.',
		'# One that finds nothing to undo says so ("No such file", "no instances"): go on with the next.',
		'',
	];
	if (stages.length === 0) {
		lines.push('# Nothing was changed yet: there is nothing to undo.', '');
	}
	for (const [index, stage] of stages.entries()) {
		lines.push(comment(`${index + 1}. ${stage.title}`), comment(`   ${stage.why}`));
		lines.push(...stage.notes.map((note) => comment(`   ${note}`)));
		for (const command of stage.commands) {
			const mayFail = stage.mayFail?.includes(command.id) === true ? ' If it fails, go on with the next one.' : '';
			lines.push(comment(`${command.why}${mayFail}`), shellText(command.work));
		}
		if (stage.rebootAfter) {
			lines.push('# Reboot now, then go on with what follows.', 'systemctl reboot');
		}
		lines.push('');
	}
	return lines.join('\n');
}

/** Whatever a title quotes: a line break in it must not begin a command. */
function comment(text: string): string {
	return `# ${singleLine(text)}`;
}

/** Keeps the guidance where a rescue shell finds it: `<state folder>/runs/<run>/ROLLBACK.txt`. */
async function saveRollback(context: StepContext, stages: readonly RollbackStage[]): Promise<void> {
	if (context.state().steps.check.status !== 'done') {
		return;
	}
	const file = `${context.runDirectory}/ROLLBACK.txt`;
	const text = rollbackText(context, stages);
	if ((await context.host.files.read(file)) === text) return;
	await context.host.files.makeDirectory(context.runDirectory, { mode: 0o700 });
	await context.host.files.write(file, text, { mode: 0o600 });
}

/** Says the way back anew and keeps it on disk, for the moment at which the next thing goes wrong. */
export async function* renewRollback(session: Session): AsyncGenerator<RunEvent, void, Answer | undefined> {
	if (session.state.plan === null) return;
	const stages: readonly RollbackStage[] = await waysBack(session);
	await saveRollback(session.context, await waysBack(session, 'ahead'));
	yield { type: 'rollback', stages };
}
