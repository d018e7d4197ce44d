import { answerPolicy } from './answers.js';
import type { Invocation } from './parse.js';
import { execute as plan } from './plan.js';
import { openProgram } from './program.js';
import { runOptionsOf } from './run-options.js';
import { runUpgrade } from './run-upgrade.js';

/** `run`: the same steps without a screen. */
export async function execute(invocation: Invocation): Promise<number> {
	if (invocation.switch('dry-run')) return plan(invocation);
	const options = runOptionsOf(invocation);
	const policy = answerPolicy(invocation);
	return (await runUpgrade(await openProgram(invocation), options, 'lines', policy)).exitCode;
}
