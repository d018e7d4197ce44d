import { exitCodes } from '../engine/exit-codes.js';
import { answerPolicy } from './answers.js';
import { print, printError, printJson } from './output.js';
import { type Invocation, UsageError } from './parse.js';
import { openDemo } from './program.js';
import { runOptionsOf } from './run-options.js';
import { runUpgrade } from './run-upgrade.js';

/** `demo`: the same wizard on a simulated host; its reboot goes through the same recorded state as a real one. */
export async function execute(invocation: Invocation): Promise<number> {
	const { scenarios } = await import('../host/simulated/scenarios.js');
	const name = invocation.value('scenario') ?? 'happy';
	if (name === 'list') {
		const list = scenarios.map(({ name: id, title, description }) => ({ name: id, title, description }));
		if (invocation.switch('json')) printJson({ schemaVersion: 1, scenarios: list });
		else print(list.map((one) => `${one.name.padEnd(30)} ${one.title}`).join('\n'));
		return exitCodes.done;
	}
	if (!scenarios.some((scenario) => scenario.name === name)) {
		throw new UsageError(`There is no scenario "${name}". See: zfs-lockstep demo --scenario list`);
	}
	const options = runOptionsOf(invocation);
	// Only the simulated host is rebooted by a mere --yes.
	const policy = answerPolicy(invocation, { 'reboot.when': 'now' });
	const isAttended = !invocation.switch('yes') && invocation.value('answers') === undefined;
	for (;;) {
		const program = await openDemo(invocation);
		const outcome = await runUpgrade(program, options, isAttended ? 'wizard' : 'lines', policy);
		if (outcome.exitCode !== exitCodes.waitingForReboot || program.simulated?.isDown !== true) return outcome.exitCode;
		printError('The simulated host goes down and boots again.');
	}
}
