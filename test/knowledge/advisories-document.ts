import { ADVISORIES } from '../../src/knowledge/advisories/index.js';
import { type Advisory, CERTAINTY_MEANINGS, CONDITION_MEANINGS } from '../../src/knowledge/advisory.js';
import { describeAffects } from '../../src/knowledge/explain.js';
import { KNOWLEDGE_DATE } from '../../src/knowledge/releases.js';

/** The text of docs/advisories.md, made from the data. */
export function renderAdvisoriesDocument(): string {
	return [
		'# What is known to go wrong',
		'',
		`Every fault that zfs-lockstep knows, as of ${KNOWLEDGE_DATE}: of OpenZFS itself, of userspace and module that do not`,
		'fit each other, of ways from one version to another, and of the systems that sit on ZFS. `check` and `plan` show',
		'those that concern the host at hand; `zfs-lockstep explain ID` prints one in full. A bare `#number` is an issue of',
		'openzfs/zfs.',
		'',
		'This file is made from `src/knowledge/advisories`; after changing an entry, run',
		'`npx vitest run test/knowledge/advisories-document.test.ts --update`.',
		'',
		'| id | what | who is affected | only if | fixed in | severity | certainty | source |',
		'|---|---|---|---|---|---|---|---|',
		...ADVISORIES.map(renderRow),
		'',
		'## How sure',
		'',
		...Object.entries(CERTAINTY_MEANINGS).map(([name, meaning]) => `- **${spaced(name)}**: ${meaning}.`),
		'',
		'## Conditions',
		'',
		...Object.entries(CONDITION_MEANINGS).map(([name, meaning]) => `- \`${name}\`: ${meaning}.`),
		'',
	].join('\n');
}

function renderRow(advisory: Advisory): string {
	const { id, title, component, affects, kernel, requires = [], fixedIn, severity, certainty, sources } = advisory;
	const conditions = [...requires, ...(kernel === undefined ? [] : [`kernel ${kernel}`])];
	const cells = [
		id,
		title,
		`${component}: ${describeAffects(affects)}`,
		conditions.join(', '),
		fixedIn.join(', '),
		severity,
		spaced(certainty),
		sources.join(', '),
	];
	return `| ${cells.map((cell) => (cell === '' ? '-' : cell.replaceAll('|', '\\|'))).join(' | ')} |`;
}

function spaced(name: string): string {
	return name.replaceAll('-', ' ');
}
