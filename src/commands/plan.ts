import { blocking } from '../checks/finding.js';
import { exitCodes } from '../engine/exit-codes.js';
import { shellText } from '../plan/shell-text.js';
import { renderCheckReport } from '../ui/text/check-report.js';
import { renderPlan } from '../ui/text/plan.js';
import { examineHost } from './examine-host.js';
import { print, printingOf, printJson } from './output.js';
import type { Invocation } from './parse.js';
import { planSteps } from './plan-steps.js';
import { openProgram } from './program.js';
import { runOptionsOf } from './run-options.js';

/** `plan`: route and every command of every step. Reads only. */
export async function execute(invocation: Invocation): Promise<number> {
	const options = runOptionsOf(invocation);
	const program = await openProgram(invocation);
	const examination = await examineHost(program, options);
	const { facts, findings, plan } = examination;
	const blockers = blocking(findings);
	const planned = plan.kind === 'plan' ? await planSteps(program, options, examination, plan.plan) : [];
	if (program.isJson) {
		printJson({
			schemaVersion: 1,
			plan: plan.kind === 'plan' ? plan.plan : null,
			verdict: blockers.length > 0 ? 'blocked' : plan.kind === 'nothing-to-do' ? 'nothing-to-do' : 'ready',
			blockers,
			steps: planned.map(({ step, commands }) => ({
				id: step.id,
				title: step.title,
				commands: commands.map((command) => ({
					id: command.id,
					why: command.why,
					effect: command.effect,
					mode: command.mode,
					argv: command.work.commands.map((one) => one.argv),
					shell: shellText(command.work),
					...(command.expectedSeconds === undefined ? {} : { expectedSeconds: command.expectedSeconds }),
				})),
			})),
		});
	} else if (plan.kind === 'plan') {
		const steps = planned.map(({ step, commands }) => ({ title: step.title, purpose: step.purpose, commands }));
		print(renderPlan(plan.plan, steps, printingOf(program)));
		if (blockers.length > 0)
			print(`Blocked by: ${blockers.map((finding) => finding.id).join(', ')}. See: ${program.commandLine('check')}`);
	} else {
		print(renderCheckReport(facts, findings, undefined, printingOf(program), program));
	}
	if (blockers.length > 0) return exitCodes.blocked;
	return plan.kind === 'nothing-to-do' ? exitCodes.nothingToDo : exitCodes.done;
}
