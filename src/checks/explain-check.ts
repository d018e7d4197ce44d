import type { Explanation } from '../knowledge/explain.js';
import { severities } from './finding.js';
import type { FindingKind } from './kind.js';
import { planKinds } from './kinds/plan.js';
import { runKinds } from './kinds/run.js';
import { findingKinds } from './run-checks.js';

/** Everything that `check` and the steps of a run may report, advisories apart. */
const kinds: readonly FindingKind[] = [...findingKinds, ...planKinds, ...runKinds];

/** What a finding of this id is about; undefined: nothing reports it (an advisory's id is for `explainEntry`). */
export function explainCheck(id: string): Explanation | undefined {
	const wanted = id.toLowerCase();
	const kind = kinds.find((each) => each.id === wanted) ?? kinds.find((each) => isFamily(each, wanted));
	return kind && toExplanation(kind);
}

/** `smoke-test.*` stands for `smoke-test.raw-incremental` and all the others. */
function isFamily({ id }: FindingKind, wanted: string): boolean {
	return id.endsWith('*') && wanted.startsWith(id.slice(0, -1));
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
