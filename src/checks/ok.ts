import type { Finding } from './finding.js';

/** A finding that says that something was looked at and is as it should be. */
export function ok(id: string, title: string, detail: string, source: string): Finding {
	return { id, severity: 'ok', title, detail, remediation: [{ text: 'Nothing to do.' }], source };
}

/** A fact that a check needs could not be read: the check does not pass. */
export function unreadable(id: string, what: string, why: string, command: readonly string[]): Finding {
	return {
		id,
		severity: 'blocker',
		title: `${what} could not be read`,
		detail: `${why}. Without it nobody can say whether the upgrade is safe.`,
		remediation: [{ text: 'See what stands in the way, mend it and check again.', commands: [command] }],
		source: 'an unknown fact passes no check',
	};
}
