import { severities } from '../../src/checks/finding.js';
import type { FindingKind } from '../../src/checks/kind.js';
import { planKinds } from '../../src/checks/kinds/plan.js';
import { runKinds } from '../../src/checks/kinds/run.js';
import { findingKinds } from '../../src/checks/run-checks.js';

/** The text of docs/findings.md, made from the data. */
export function renderFindingsDocument(): string {
	return [
		'# What is checked',
		'',
		'Every finding that `check`, `plan` and the steps of a run can report, with the severities that it may have.',
		'`zfs-lockstep explain ID` prints one in full, with its commands; `--ignore-check ID` lets a run begin in spite of',
		'one. What could not be read passes no check. Known faults of releases are in [advisories.md](advisories.md). A bare',
		'number behind openzfs/zfs is an issue there.',
		'',
		'This file is made from `src/checks`; after changing a kind of finding, run',
		'`npx vitest run test/checks/findings-document.test.ts --update`.',
		'',
		...section('The host', findingKinds),
		...section('The plan', planKinds),
		...section('A run', runKinds),
	].join('\n');
}

function section(title: string, kinds: readonly FindingKind[]): readonly string[] {
	return [
		`## ${title}`,
		'',
		'| id | what is looked at | reported as | why | what to do | source |',
		'|---|---|---|---|---|---|',
		...kinds.map(renderRow),
		'',
	];
}

function renderRow({ id, title, when, why, action, source }: FindingKind): string {
	const reported = severities
		.filter((severity) => when[severity] !== undefined)
		.map((severity) => `**${severity}** if ${when[severity]}`)
		.join('; ');
	return `| ${[`\`${id}\``, title, reported, why, action, source].map((cell) => cell.replaceAll('|', '\\|').replaceAll('<', '&lt;')).join(' | ')} |`;
}
