import type { FindingKind } from '../kind.js';

export const advisoryKinds = {
	fixedByUpgrade: {
		id: 'advisories.fixed-by-upgrade',
		title: 'Known faults that the upgrade mends',
		when: { notice: 'there are any' },
		why: 'This is what the upgrade is good for on this host.',
		action: 'Each can be read in full.',
		commands: [['zfs-lockstep', 'explain', '<id>']],
		source: 'the list of advisories: zfs-lockstep compat',
	},
	stillOpen: {
		id: 'advisories.open',
		title: 'Known faults that stay open',
		when: {
			warning: 'at least one that surely concerns this host does harm',
			notice: 'they are of little weight, or it cannot be told whether they concern this host',
		},
		why:
			'The release that runs after the upgrade, or today if nothing is planned, still has them. A later ' +
			'release of the same series usually mends most.',
		action: 'Prefer a later release where the archives have one; else follow what each says.',
		commands: [['zfs-lockstep', 'explain', '<id>']],
		source: 'the list of advisories: zfs-lockstep compat',
	},
	broughtByUpgrade: {
		id: 'advisories.brought-by-upgrade',
		title: 'What the upgrade brings that is to be known of',
		when: {
			notice: 'there is something of little weight, or of which it cannot be told whether it concerns this host',
		},
		why:
			'Changes of behaviour and open reports that begin with the new release. What does harm is reported one ' +
			'by one.',
		action: 'Read what concerns you.',
		commands: [['zfs-lockstep', 'explain', '<id>']],
		source: 'the list of advisories: zfs-lockstep compat',
	},
	none: {
		id: 'advisories.none',
		title: 'No known fault concerns this host and this upgrade',
		when: { ok: 'everything that an advisory depends on could be read, and none applies' },
		why: 'The list ends with the day on which it was collected.',
		action: 'Nothing is to be done.',
		source: 'the list of advisories: zfs-lockstep compat',
	},
} as const satisfies Readonly<Record<string, FindingKind>>;
