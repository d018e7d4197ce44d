import type { Finding, Remediation } from '../../checks/finding.js';
import { argvWords } from '../../plan/shell-text.js';
import { commandRows } from './command.js';
import { hang, type Line, line, paragraph, printLines } from './line.js';
import type { Printing } from './printing.js';
import { severityLabel, worstFirst } from './severity.js';

/** Severity and title: one finding in a list. */
export function findingTitle(finding: Finding, width: number): readonly Line[] {
	const title = finding.ignored === true ? `${finding.title} (ignored by name)` : finding.title;
	return hang(severityLabel(finding.severity), title, width, finding.severity === 'ok' ? 'plain' : 'strong');
}

function remediationLines(remediation: Remediation, width: number, indent: number): readonly Line[] {
	const prefix = `${' '.repeat(indent)}  $ `;
	return [
		...paragraph(remediation.text, width, 'plain', indent),
		...(remediation.commands ?? []).flatMap((argv) =>
			commandRows(argvWords(argv), width, { prefix }).map((row) => line(row, 'strong')),
		),
	];
}

/** Measured values, what to do, name and source: everything below the title. */
export function findingDetails(finding: Finding, width: number, indent = 9): readonly Line[] {
	return [
		...paragraph(finding.detail, width, 'plain', indent),
		...finding.remediation.flatMap((remediation) => remediationLines(remediation, width, indent)),
		...paragraph(`${finding.id} (source: ${finding.source})`, width, 'faint', indent),
	];
}

/** A finding in full, as `explain` and the reports show it. */
export function findingLines(finding: Finding, width: number): readonly Line[] {
	return [...findingTitle(finding, width), ...findingDetails(finding, width)];
}

/** One finding in full as text. */
export function renderFinding(finding: Finding, { colour, width }: Printing): string {
	return printLines(findingLines(finding, width), colour);
}

/** Findings worst first: those that ask for something in full, the `ok` ones by their titles. */
export function findingListLines(findings: readonly Finding[], width: number): readonly Line[] {
	return worstFirst(findings).flatMap((finding) =>
		finding.severity === 'ok' ? findingTitle(finding, width) : [...findingLines(finding, width), []],
	);
}
