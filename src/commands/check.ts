import type { Examination } from '../../steps/examine.js';
import { blocking, summarize } from '../checks/finding.js';
import { exitCodes } from '../engine/exit-codes.js';
import { renderCheckReport } from '../ui/text/check-report.js';
import { version } from './about.js';
import { examineHost } from './examine-host.js';
import { print, printingOf, printJson } from './output.js';
import type { Invocation } from './parse.js';
import { openProgram, type Program } from './program.js';
import { runOptionsOf } from './run-options.js';
import { versionsDocument } from './versions-document.js';

/** What `check --json` prints; schema: docs/schema/check.schema.json. */
function checkDocument(program: Program, { facts, findings, plan }: Examination) {
	const blockers = blocking(findings);
	return {
		schemaVersion: 1,
		tool: { name: 'zfs-lockstep', version },
		host: {
			hostname: facts.machine.hostname,
			kind: program.host.kind,
			distribution: facts.machine.distribution.known ? facts.machine.distribution.value.prettyName : 'unknown',
			takenAt: facts.takenAt,
		},
		versions: versionsDocument(facts),
		route:
			plan.kind === 'plan'
				? { name: plan.plan.route, reason: plan.plan.reason, target: plan.plan.targetVersion }
				: null,
		findings,
		summary: summarize(findings),
		verdict: blockers.length > 0 ? 'blocked' : plan.kind === 'nothing-to-do' ? 'nothing-to-do' : 'ready',
	};
}

/** `check`: reads only. 0 when nothing blocks, 3 when something does, 77 when there is nothing to do. */
export async function execute(invocation: Invocation): Promise<number> {
	const options = runOptionsOf(invocation);
	const program = await openProgram(invocation);
	const examination = await examineHost(program, options);
	const { facts, findings, plan } = examination;
	if (program.isJson) printJson(checkDocument(program, examination));
	else
		print(
			renderCheckReport(facts, findings, plan.kind === 'plan' ? plan.plan : undefined, printingOf(program), program),
		);
	if (blocking(findings).length > 0) return exitCodes.blocked;
	return plan.kind === 'nothing-to-do' ? exitCodes.nothingToDo : exitCodes.done;
}
