import type { Finding, Remediation } from '../../src/checks/finding.js';
import { compareInventories } from '../../src/inventory/compare.js';
import { describeDiff } from '../../src/inventory/describe.js';
import type { DiffEntry } from '../../src/inventory/diff.js';
import { takeInventory } from '../../src/inventory/take.js';
import type { Dataset } from '../../src/zfs/dataset.js';
import type { StepContext } from '../step.js';
import { advise, fine, goBack, source } from './advice.js';

/** What to do about one difference, with the commands for exactly this subject. */
function adviseOn({ kind, subject }: DiffEntry): readonly [Remediation, ...Remediation[]] {
	const [dataset = ''] = subject.split(/[@#]/);
	const pool = dataset.split('/')[0] ?? '';
	const history = advise('See who did it, and when.', ['zpool', 'history', '-il', pool]);
	switch (kind) {
		case 'pool':
			return [advise('See what is wrong with it.', ['zpool', 'status', '-v', subject])];
		case 'dataset':
			return [history, advise('Snapshots of this run keep its data; destroy none of them.'), goBack];
		case 'snapshot':
		case 'bookmark':
			return [history, advise('See whether its replication still finds a snapshot that both sides have.')];
		case 'hold':
			return [history, advise('Hold it again, by the tag that is named above.', ['zfs', 'hold', '<tag>', subject])];
		case 'property':
			return adviseProperty(subject);
		case 'mount':
			return [
				advise(
					'See what stands in the way, then mount it.',
					['zfs', 'get', 'canmount,mountpoint,mounted,keystatus', subject],
					['zfs', 'mount', subject],
				),
			];
		case 'key':
			return [advise('Load it and mount what it unlocks.', ['zfs', 'load-key', subject], ['zfs', 'mount', '-a'])];
		case 'zvol':
			return [
				advise(
					'Let udev make the link, then look.',
					['udevadm', 'trigger', '--subsystem-match=block', '--action=add'],
					['udevadm', 'settle'],
					['ls', '-l', subject],
				),
			];
		case 'share':
			return [advise('Share it again, then look.', ['zfs', 'share', '-a'], ['exportfs', '-v'])];
		case 'unit':
			return [
				advise('See why.', ['systemctl', 'status', '--no-pager', subject], ['journalctl', '-b', '-u', subject]),
				advise('When the cause is mended, start it.', ['systemctl', 'restart', subject]),
			];
		case 'watched-file':
			return [advise('Leave what uses it stopped, and restore it from its source.', ['ls', '-l', subject])];
		case 'runtime':
			return [advise('Leave it stopped until its store is mounted.', ['findmnt', '-t', 'zfs'], ['zfs', 'mount'])];
		case 'not-compared':
			return [advise('Look by eye.', ['zfs', 'list', '-o', 'name,mounted,keystatus'])];
	}
}

function adviseProperty(subject: string): readonly [Remediation, ...Remediation[]] {
	const at = subject.lastIndexOf(' ');
	const [name, property] = [subject.slice(0, at), subject.slice(at + 1)];
	return name === ''
		? [advise('Compare by eye.', ['zfs', 'get', '-s', 'local,received', 'all'])]
		: [
				advise(
					'See who set it, and set it back if nobody wanted it.',
					[property.startsWith('feature@') || !name.includes('/') ? 'zpool' : 'zfs', 'get', property, name],
					['zpool', 'history', '-il', name.split('/')[0] ?? ''],
				),
			];
}

/** Datasets that a key which is not loaded keeps unmounted belong to its finding: it is one fact. */
function joinKeys(entries: readonly DiffEntry[], datasets: readonly Dataset[]): readonly Finding[] {
	const rootOf = new Map(datasets.map((dataset) => [String(dataset.name), String(dataset.encryptionRoot ?? '')]));
	const keys = entries.filter(({ kind }) => kind === 'key');
	const isLocked = (entry: DiffEntry, key: DiffEntry) =>
		entry.kind === 'mount' && (entry.subject === key.subject || rootOf.get(entry.subject) === key.subject);
	const joined = keys.map((key): Finding => {
		const locked = entries.filter((entry) => isLocked(entry, key));
		const names = locked.map(({ subject }) => `"${subject}"`).join(', ');
		return {
			id: 'verify.inventory-key',
			severity: locked.some(({ severity }) => severity === 'blocker') ? 'blocker' : key.severity,
			title: `The key of "${key.subject}" is not loaded`,
			detail: locked.length === 0 ? 'It was before the reboot.' : `So not mounted any more: ${names}.`,
			remediation: adviseOn(key),
			source,
		};
	});
	const others = entries.filter((entry) => entry.kind !== 'key' && !keys.some((key) => isLocked(entry, key)));
	return [...joined, ...others.map(toFinding)];
}

function toFinding(entry: DiffEntry): Finding {
	const [detail = ''] = describeDiff({ mustNotChange: [entry], mayChange: [] });
	return {
		id: `verify.inventory-${entry.kind}`,
		severity: entry.severity,
		title: entry.text.replace(/\.$/, ''),
		detail: detail === entry.text ? 'It was otherwise before the reboot.' : detail.slice(entry.text.length + 1),
		remediation: adviseOn(entry),
		source,
	};
}

/**
 * What differs from before the reboot, by guid.
 * @param told subjects of findings that say it already: names of pools and units
 */
export async function examineInventory(context: StepContext, told: ReadonlySet<string>): Promise<readonly Finding[]> {
	const before = context.state().evidence.inventory;
	if (before === undefined) {
		return [
			{
				id: 'verify.inventory-absent',
				severity: 'warning',
				title: 'There is no inventory from before the reboot',
				detail: 'Nothing can be compared.',
				remediation: [advise('Compare by eye.', ['zfs', 'list', '-o', 'name,mounted,keystatus'])],
				source,
			},
		];
	}
	const after = `${context.runDirectory}/inventory-after-reboot`;
	const taken = await takeInventory(context.host, after);
	const diff = taken.known ? await compareInventories(context.host, before, after) : taken;
	if (!diff.known) {
		return [
			{
				id: 'verify.inventory-unknown',
				severity: 'blocker',
				title: 'The inventories could not be compared',
				detail: `${diff.why}. A dataset or snapshot that is missing would not be noticed.`,
				remediation: [advise('See whether the pools answer.', ['zpool', 'status'], ['zfs', 'list'])],
				source,
			},
		];
	}
	const { mustNotChange, mayChange } = diff.value;
	const untold = mustNotChange.filter(
		({ kind, subject }) => !((kind === 'pool' || kind === 'unit') && told.has(subject)),
	);
	if (mustNotChange.length === 0) {
		const title = 'Pools, datasets, snapshots, properties and mounts are as before';
		return [fine('verify.inventory', title, `${mayChange.length} changes that may be.`)];
	}
	const { datasets } = await context.facts();
	return joinKeys(untold, datasets.known ? datasets.value : []);
}
