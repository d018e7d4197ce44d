import type { Severity } from './finding.js';
import { severities } from './finding.js';
import type { FindingKind } from './kind.js';
import { findingKinds } from './run-checks.js';

/** One kind of finding in words, without any host; of the shape that an advisory's explanation has. */
export interface CheckExplanation {
	readonly id: string;
	readonly title: string;
	/** The worst that it may have. */
	readonly severity: Severity;
	readonly what: string;
	readonly texts: readonly string[];
	readonly why: string;
	readonly action: string;
	/** `<...>` stands for what differs from host to host. */
	readonly commands: readonly (readonly string[])[];
	/** Each severity with its condition, worst first. */
	readonly ranges: readonly string[];
	readonly source: string;
	readonly certainty: string;
}

/** What a finding of this id is about; undefined: no check reports it (an advisory's id is for `explainEntry`). */
export function explainCheck(id: string): CheckExplanation | undefined {
	const wanted = id.toLowerCase();
	const kind = findingKinds.find((each) => each.id === wanted);
	return kind && toExplanation(kind);
}

function toExplanation({ id, title, when, why, action, commands = [], source }: FindingKind): CheckExplanation {
	const possible = severities.filter((severity) => when[severity] !== undefined);
	return {
		id,
		title,
		severity: possible[0] ?? 'notice',
		what: `A check of this host: ${title[0]?.toLowerCase()}${title.slice(1)}.`,
		texts: [],
		why,
		action,
		commands,
		ranges: possible.map((severity) => `${severity}: ${when[severity]}`),
		source,
		certainty: 'observed on the host at the time of the check',
	};
}
