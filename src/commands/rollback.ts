import { exitCodes } from '../engine/exit-codes.js';
import { rollbackText, waysBack } from '../engine/rollback.js';
import { runRollback } from '../engine/run-rollback.js';
import { shellText } from '../plan/shell-text.js';
import { answerPolicy } from './answers.js';
import { print, printJson } from './output.js';
import type { Invocation } from './parse.js';
import { openProgram, type Program } from './program.js';
import { readRun } from './recorded-run.js';
import { runOptionsOf } from './run-options.js';
import { show } from './run-upgrade.js';
import { lookingSession, withSitting } from './sitting.js';

async function explainWayBack(program: Program): Promise<number> {
	const state = readRun(program);
	if (state === undefined || state.plan === null) {
		if (program.isJson) printJson({ schemaVersion: 1, run: null, stages: [] });
		else print('No run is recorded: there is nothing to undo.');
		return exitCodes.nothingToDo;
	}
	const session = lookingSession(program, state);
	const stages = await waysBack(session);
	if (program.isJson) {
		printJson({
			schemaVersion: 1,
			run: state.id,
			stages: stages.map((stage) => ({
				...stage,
				commands: stage.commands.map((command) => ({
					id: command.id,
					why: command.why,
					argv: command.work.commands.map((one) => one.argv),
					shell: shellText(command.work),
				})),
			})),
		});
	} else {
		print(rollbackText(session.context, stages));
	}
	return exitCodes.done;
}

/** `rollback`: the way back from the stage reached; with `--run` carried out, each stage after a yes. */
export async function execute(invocation: Invocation): Promise<number> {
	const program = await openProgram(invocation);
	if (!invocation.switch('run')) return explainWayBack(program);
	const state = readRun(program);
	if (state === undefined || state.plan === null) {
		print('No run is recorded: there is nothing to undo.');
		return exitCodes.nothingToDo;
	}
	const policy = answerPolicy(invocation);
	const outcome = await withSitting(program, runOptionsOf(invocation), { reopen: true }, (sitting) =>
		show(
			program,
			sitting,
			runRollback(sitting.session),
			invocation.switch('yes') ? 'lines' : 'wizard',
			policy,
			'rollback',
		),
	);
	return outcome.exitCode;
}
