import { type Finding, type FindingSummary, type Severity, severities } from '../../checks/finding.js';
import { type Span, span, type Tone } from './line.js';
import { count } from './quantities.js';

export const severityTones: Readonly<Record<Severity, Tone>> = {
	blocker: 'bad',
	warning: 'warning',
	notice: 'notice',
	ok: 'good',
};

/** `blocker`, `warning`, `notice` or `ok`, filled up to one width: the same words on the screen, in JSON and in the docs. */
export function severityLabel(severity: Severity): Span {
	return span(`${severity.padEnd('blocker'.length)}  `, severityTones[severity]);
}

/** Worst first; findings of one severity keep their order. */
export function worstFirst(findings: readonly Finding[]): readonly Finding[] {
	return [...findings].sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
}

/** `1 blocker, 2 warnings, 14 ok`; severities without a finding are left out. */
export function summaryText(summary: FindingSummary): string {
	const parts = severities
		.filter((severity) => summary[severity] > 0)
		.map((severity) => (severity === 'ok' ? `${summary.ok} ok` : count(summary[severity], severity)));
	return parts.length === 0 ? 'no findings' : parts.join(', ');
}
