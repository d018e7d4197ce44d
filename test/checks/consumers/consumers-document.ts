import { consumerTopics } from '../../../src/checks/consumers/index.js';
import { severities } from '../../../src/checks/finding.js';
import { jobsTopic } from '../../../src/checks/jobs.js';
import type { FindingKind } from '../../../src/checks/kind.js';
import { findingKinds } from '../../../src/checks/run-checks.js';
import { ADVISORIES } from '../../../src/knowledge/advisories/index.js';
import { describeAffects } from '../../../src/knowledge/explain.js';

/** What concerns these systems and is found by checks of another subject. */
const elsewhere: readonly (readonly [system: string, id: string])[] = [
	['Proxmox VE', 'machine.proxmox'],
	['swap on a zvol', 'data.swap-on-zvol'],
	['keys that are typed in', 'data.key-prompt'],
	['interrupted receives', 'data.partial-receive'],
	['units of OpenZFS', 'units.skipped'],
	['automatic upgrades', 'packages.automatic-upgrades'],
];

/** The text of docs/consumers.md, made from the data beside the checks. */
export function renderConsumersDocument(): string {
	return [
		'# The systems that sit on ZFS',
		'',
		'An upgrade goes wrong in the systems around ZFS as often as in ZFS. `check` looks for those below, offline and',
		'without changing anything: one look tells whether a system is there, and only then are its files read, with the',
		'precedence that the system itself gives them. Its own programs are run where they merely print (`containerd config',
		'dump`), and asked for their state only where they are running already. Every finding can be read in full by',
		'`zfs-lockstep explain ID`; a bare `#number` is an issue of openzfs/zfs.',
		'',
		'This file is made from `src/checks/consumers`, `src/checks/jobs.ts` and `src/knowledge/advisories`; after a change',
		'there, run `npx vitest run test/checks/consumers/consumers-document.test.ts --update`.',
		'',
		'## What is detected',
		'',
		'| system | detected by |',
		'|---|---|',
		...consumerTopics.map(({ system, detected }) => row(system, detected)),
		row(
			'sanoid, syncoid, zrepl, znapzend, pyznap, zfs-auto-snapshot, zfs-autobackup, Proxmox replication, scrubs, home-made jobs',
			'systemctl (units, timers and their drop-ins), cron tables and folders, crontabs of users, replication.cfg, properties of datasets, /proc',
		),
		row(
			'TrueNAS, Harvester, Unraid, NixOS, Guix, ostree and transactional systems',
			'os-release and marker files; the plan refuses and names their own way to upgrade',
		),
		'',
		'## What is reported',
		'',
		'A system whose files cannot be read or parsed, or are refused by its own program, is reported with file, line and',
		`problem as a warning, and nothing else is concluded from it: ${unreadableIds.map((id) => `\`${id}\``).join(', ')}.`,
		'',
		...tableHead,
		...consumerTopics.flatMap(({ system, kinds }) =>
			kinds.filter(({ id }) => !unreadableIds.includes(id)).map((kind) => renderKind(system, kind)),
		),
		'',
		'## Jobs that run by themselves',
		'',
		...tableHead,
		...jobsTopic.kinds.map((kind) => renderKind('jobs', kind)),
		'',
		'## Reported by other checks',
		'',
		...tableHead,
		...elsewhere.map(([system, id]) => renderKind(system, kindOf(id))),
		'',
		'## Known faults of releases',
		'',
		'Shown where the system is on the host and its release, or a release that could not be told, is affected. Those that',
		'a check above decides with values of the host are reported by that check instead.',
		'',
		'| system | advisory | condition | severity | what to do | source |',
		'|---|---|---|---|---|---|',
		...ADVISORIES.filter(({ component }) => !component.startsWith('zfs-')).map(
			({ component, id, title, affects, requires = [], severity, action, sources }) =>
				row(
					component,
					`\`${id}\`: ${title}`,
					[describeAffects(affects), ...requires].join('; '),
					severity,
					action,
					sources.join(', '),
				),
		),
		'',
	].join('\n');
}

const tableHead = [
	'| system | finding | severity and condition | what to do | source |',
	'|---|---|---|---|---|',
] as const;

const unreadableIds = consumerTopics
	.flatMap(({ kinds }) => kinds.map(({ id }) => id))
	.filter((id) => id.endsWith('.config-unreadable'));

function renderKind(system: string, { id, title, when, action, source }: FindingKind): string {
	const conditions = severities.flatMap((severity) =>
		when[severity] === undefined ? [] : [`**${severity}**: ${when[severity]}`],
	);
	return row(system, `\`${id}\`: ${title}`, conditions.join('<br>'), action, source);
}

function kindOf(id: string): FindingKind {
	const kind = findingKinds.find((each) => each.id === id);
	if (kind === undefined) throw new Error(`no check reports ${id}`);
	return kind;
}

function row(...cells: readonly string[]): string {
	return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
