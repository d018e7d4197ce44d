import type { Finding, Remediation, Severity } from './finding.js';

/**
 * What is generally true of a finding, whatever host it is found on: `explain` prints it, and each finding of the kind
 * takes its id, its source and, where the check says nothing better, its remediation from here. So no finding can be
 * without an explanation.
 */
export interface FindingKind {
	/** Stable, `topic.name` in kebab-case. */
	readonly id: string;
	/** What was looked at, in one line. */
	readonly title: string;
	/** The severities that it may have, each with its condition. A check cannot report any other. */
	readonly when: Partial<Readonly<Record<Severity, string>>>;
	/** What goes wrong if it is left as it is. */
	readonly why: string;
	readonly action: string;
	/** Commands of the action; `<...>` stands for what differs from host to host. */
	readonly commands?: readonly (readonly string[])[];
	/** Where the rule comes from: issue number, manual page, measurement. */
	readonly source: string;
}

/** What a check adds to the kind: what was found on this host. */
interface Observation {
	readonly title: string;
	/** With the measured values. */
	readonly detail: string;
	/** Without it the kind's own action, which then must hold no `<...>`. */
	readonly remediation?: readonly [Remediation, ...Remediation[]];
}

export function found<K extends FindingKind>(
	kind: K,
	severity: keyof K['when'] & Severity,
	{ title, detail, remediation }: Observation,
): Finding {
	const { id, action, commands, source } = kind;
	return {
		id,
		severity,
		title,
		detail,
		remediation: remediation ?? [{ text: action, ...(commands !== undefined && { commands }) }],
		source,
	};
}

/** Something was looked at and is as it should be. */
export function fine<K extends FindingKind & { readonly when: { readonly ok: string } }>(
	kind: K,
	title: string,
	detail: string,
): Finding {
	return { id: kind.id, severity: 'ok', title, detail, remediation: [{ text: 'Nothing to do.' }], source: kind.source };
}
