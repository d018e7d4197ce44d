import { exitCodes } from '../engine/exit-codes.js';
import { updateNotice } from '../engine/notice.js';
import { runReset } from '../engine/run-reset.js';
import { quoteForDisplay } from '../host/text.js';
import { answerPolicy } from './answers.js';
import { print } from './output.js';
import type { Invocation } from './parse.js';
import { openProgram } from './program.js';
import { journalOf, readRun } from './recorded-run.js';
import { runOptionsOf } from './run-options.js';
import { show } from './run-upgrade.js';
import { withSitting } from './sitting.js';

/** `reset`: ends a run: lets packages and jobs go, and asks what becomes of its snapshots. */
export async function execute(invocation: Invocation): Promise<number> {
	const program = await openProgram(invocation);
	if (invocation.switch('repair-state')) {
		const state = journalOf(program, 'write').restorePrevious();
		print(`The state of run ${state.id} from before the last change is back. See: ${program.commandLine('status')}`);
		return exitCodes.done;
	}
	if (readRun(program) === undefined) {
		print('No run is recorded: there is nothing to reset.');
		return exitCodes.nothingToDo;
	}
	const policy = answerPolicy(invocation);
	const screen = invocation.switch('yes') || invocation.value('answers') !== undefined ? 'lines' : 'wizard';
	const outcome = await withSitting(program, runOptionsOf(invocation), { reopen: true }, async (sitting) => {
		const ended = await show(program, sitting, runReset(sitting.session), screen, policy);
		if (ended.exitCode === exitCodes.done) await updateNotice(program.host, undefined, program);
		return ended;
	});
	if (outcome.exitCode === exitCodes.done) {
		const kept = journalOf(program, 'write').setAside();
		print(`The record of the run is kept as ${quoteForDisplay(kept)}.`);
	}
	return outcome.exitCode;
}
