import { blocking, type Finding, summarize } from '../../checks/finding.js';
import { valueOr } from '../../facts/fact.js';
import type { HostFacts } from '../../facts/host-facts.js';
import type { OwnCommands } from '../../plan/own-commands.js';
import type { UpgradePlan } from '../../plan/upgrade-plan.js';
import { findingListLines } from './finding.js';
import { emptyLine, type Line, line, paragraph, printLines } from './line.js';
import type { Printing } from './printing.js';
import { count, formatTime } from './quantities.js';
import { summaryText } from './severity.js';
import { versionReport } from './versions.js';

/** Host, distribution and time of the reading. */
function hostLine(facts: HostFacts): Line {
	const distribution = valueOr(facts.machine.distribution, undefined)?.prettyName ?? 'distribution unknown';
	return line(`${facts.machine.hostname}, ${distribution}, read ${formatTime(facts.takenAt)}`, 'strong');
}

function verdictLines(
	findings: readonly Finding[],
	plan: UpgradePlan | undefined,
	width: number,
	{ resumeCommand }: OwnCommands,
): readonly Line[] {
	const blockers = blocking(findings);
	if (blockers.length > 0) {
		const what = blockers.length === 1 ? 'this blocker' : `these ${count(blockers.length, 'blocker')}`;
		return paragraph(
			`Blocked: mend ${what}, then check again: ${blockers.map(({ id }) => id).join(', ')}`,
			width,
			'bad',
		);
	}
	return plan === undefined
		? paragraph('Nothing is to be upgraded.', width)
		: paragraph(`Nothing blocks the upgrade. Start it with: ${resumeCommand}`, width, 'good');
}

/** What `check` prints: the versions, the route, the findings worst first, and the verdict last. */
export function renderCheckReport(
	facts: HostFacts,
	findings: readonly Finding[],
	plan: UpgradePlan | undefined,
	{ colour, width }: Printing,
	own: OwnCommands,
): string {
	const route = plan === undefined ? [] : [...paragraph(`Route ${plan.route}: ${plan.reason}`, width), emptyLine];
	return printLines(
		[
			hostLine(facts),
			emptyLine,
			...versionReport(facts, plan, width),
			emptyLine,
			...route,
			...findingListLines(findings, width),
			emptyLine,
			line(`${summaryText(summarize(findings))}.`),
			...verdictLines(findings, plan, width, own),
		],
		colour,
	);
}
