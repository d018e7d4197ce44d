import type { Explanation } from '../knowledge/explain.js';
import { severities } from './finding.js';
import type { FindingKind } from './kind.js';
import { findingKinds } from './run-checks.js';

/** What a finding of this id is about; undefined: no check reports it (an advisory's id is for `explainEntry`). */
export function explainCheck(id: string): Explanation | undefined {
	const wanted = id.toLowerCase();
	const kind = findingKinds.find((each) => each.id === wanted);
	return kind && toExplanation(kind);
}

function toExplanation({ id, title, when, why, action, commands = [], source }: FindingKind): Explanation {
	const possible = severities.filter((severity) => when[severity] !== undefined);
	return {
		id,
		title,
		severity: possible[0] ?? 'notice',
		what: `Reported as ${possible.map((severity) => `${severity} if ${when[severity]}`).join('; ')}.`,
		texts: [],
		why,
		action,
		commands,
		ranges: [],
		source,
		certainty: 'observed on the host at the time of the check',
	};
}
