/** Worst first: a blocker stops the run (exit code 3) until it is mended or ignored by name. */
export const severities = ['blocker', 'warning', 'notice', 'ok'] as const;
export type Severity = (typeof severities)[number];

/** What to do about a finding: an instruction, and where there is one, the exact commands. */
export interface Remediation {
	readonly text: string;
	readonly commands?: readonly (readonly string[])[];
}

/** One observation about the host, with the measured values in `detail`. */
export interface Finding {
	/** Stable, `topic.name` in kebab-case: `versions.abi-break`. What `--ignore-check` and `explain` take. */
	readonly id: string;
	readonly severity: Severity;
	/** One line: what was found. */
	readonly title: string;
	/** Why it matters, with the measured values. */
	readonly detail: string;
	/** At least one; for `ok` it says that nothing is to be done. */
	readonly remediation: readonly [Remediation, ...Remediation[]];
	/** Where the rule comes from: issue number, manual page, measurement. */
	readonly source: string;
	/** Set when the administrator ignored this finding by name; it then blocks nothing. */
	readonly ignored?: true;
}

/** Counts by severity, as `check --json` prints them; ignored findings are counted under their own severity. */
export type FindingSummary = Readonly<Record<Severity, number>>;

export function summarize(findings: readonly Finding[]): FindingSummary {
	const counts = { blocker: 0, warning: 0, notice: 0, ok: 0 };
	for (const finding of findings) {
		counts[finding.severity] += 1;
	}
	return counts;
}

/** Findings that stop the run: blockers that were not ignored by name. */
export function blocking(findings: readonly Finding[]): readonly Finding[] {
	return findings.filter((finding) => finding.severity === 'blocker' && finding.ignored !== true);
}
