import { runMatrix } from '../../steps/7-smoke-test/smoke-test.js';
import type { SmokeResult } from '../../steps/7-smoke-test/test-pool.js';
import { stopFor } from '../engine/conclude.js';
import { exitCodes } from '../engine/exit-codes.js';
import { forward } from '../engine/forward.js';
import type { Run, RunOutcome } from '../engine/run-event.js';
import type { Session } from '../engine/session.js';
import { answerPolicy } from './answers.js';
import type { Invocation } from './parse.js';
import { openProgram } from './program.js';
import { runOptionsOf } from './run-options.js';
import { show } from './run-upgrade.js';
import { withSitting } from './sitting.js';

/** Step 7's matrix alone: nothing of a run is read or recorded. */
async function* runSmokeTest(session: Session): Run {
	const step = session.steps.find((one) => one.id === 'smoke-test') ?? session.steps[0];
	yield { type: 'run', state: session.state, resumed: false };
	yield { type: 'step', id: step.id, state: { status: 'running', since: session.host.now(), attempts: 1 } };
	try {
		const results = yield* forward(session, step, runMatrix(session.context));
		if (results === undefined)
			return { exitCode: exitCodes.answerNeeded, title: 'The smoke test was declined.', lines: [] };
		const failed = results.filter((result) => result.verdict === 'failed');
		const passed = results.filter((result) => result.verdict === 'passed').length;
		if (passed + failed.length === 0) return nothingTested(session, results);
		return {
			exitCode: failed.length > 0 ? exitCodes.error : exitCodes.done,
			title: `${passed} tests passed, ${failed.length} failed, ${results.length - passed - failed.length} were skipped.`,
			lines: failed.map((result) => `"${result.pool}": ${result.title}: ${result.detail}`),
		};
	} catch (error) {
		return stopFor(session, error);
	}
}

/** Without a pool that can be written nothing is proven. */
async function nothingTested({ context, ownCommands }: Session, results: readonly SmokeResult[]): Promise<RunOutcome> {
	const { pools } = await context.facts();
	const why = results.map(({ pool, detail }) => `"${pool}" was skipped: ${detail}.`);
	const none = pools.known ? 'No such pool is imported.' : `The pools could not be read: ${pools.why}.`;
	return {
		exitCode: exitCodes.blocked,
		title: 'Nothing was tested: there is no pool that a test could write to.',
		lines: [...(why.length > 0 ? why : [none]), `See what is wrong: ${ownCommands.commandLine('check')}`],
	};
}

/** `smoke-test`: proves on any host, at any time, that zfs send and receive work. */
export async function execute(invocation: Invocation): Promise<number> {
	const program = await openProgram(invocation);
	const policy = answerPolicy(invocation);
	const outcome = await withSitting(program, runOptionsOf(invocation), { detachedFromRun: true }, (sitting) =>
		show(program, sitting, runSmokeTest(sitting.session), invocation.switch('yes') ? 'lines' : 'wizard', policy),
	);
	return outcome.exitCode;
}
