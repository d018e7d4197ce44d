import type { Command } from '../../src/host/host.js';
import { type PlannedCommand, plan } from '../../src/plan/planned-command.js';
import type { Dataset } from '../../src/zfs/dataset.js';
import { createDataset, destroyDataset, loadKey, mountDataset } from '../../src/zfs/dataset-commands.js';
import { type PoolName, parsePoolName, poolOf } from '../../src/zfs/names.js';
import {
	claimDataset,
	type OwnedDataset,
	type OwnedSnapshot,
	ownDataset,
	ownedChild,
	ownedSnapshotOf,
} from '../../src/zfs/owned.js';
import { createSnapshots } from '../../src/zfs/snapshot-commands.js';

/** Names and folders of one pool's smoke test. Everything is below one dataset that carries the run's mark. */
export interface Scratch {
	readonly pool: PoolName;
	readonly root: OwnedDataset;
	readonly source: OwnedDataset;
	readonly child: OwnedDataset;
	readonly secret: OwnedDataset;
	/** Where `root` is mounted; the others below it by their names. */
	readonly mountpoint: string;
	/** Passphrase of the encrypted scratch dataset; it guards nothing. */
	readonly passphrase: string;
	readonly hasEncryption: boolean;
}

const label = 'smoke';
const passphrase = 'only-for-the-smoke-test';

/** @param folder private folder below which the scratch datasets are mounted */
export function scratchFor(pool: string, runId: string, folder: string, hasEncryption: boolean): Scratch {
	const name = parsePoolName(pool);
	const root = ownDataset(name, runId, label);
	const source = ownedChild(root, 'source');
	return {
		pool: name,
		root,
		source,
		child: ownedChild(source, 'child'),
		secret: ownedChild(root, 'secret'),
		mountpoint: `${folder}/smoke/${pool}`,
		passphrase,
		hasEncryption,
	};
}

/** Scratch datasets that an interrupted smoke test left in a pool, this run's or an earlier one's. */
export function findLeftovers(datasets: readonly Dataset[], pool: PoolName): readonly OwnedDataset[] {
	return datasets.flatMap((dataset) => {
		const runId = /^[^/]+\/zfs-lockstep-(\d{8}-\d{6})\.smoke$/.exec(dataset.name)?.[1];
		return runId !== undefined && poolOf(dataset.name) === pool ? [claimDataset(dataset.name, runId)] : [];
	});
}

export function change(
	scratch: Scratch,
	name: string,
	why: string,
	...commands: [Command, ...Command[]]
): PlannedCommand {
	const [first, ...rest] = commands;
	return { ...plan(`smoke-test.${scratch.pool}.${name}`, why, first), work: { commands: [first, ...rest] } };
}

export function removeCommand(scratch: Scratch, dataset: OwnedDataset): PlannedCommand {
	const id = dataset === scratch.root ? 'remove' : `remove-${dataset.split('/')[1]}`;
	return change(scratch, id, `Remove the scratch dataset ${dataset}`, destroyDataset(dataset));
}

export function setUpCommands(scratch: Scratch): readonly PlannedCommand[] {
	const { root, source, child, secret } = scratch;
	const properties = {
		mountpoint: scratch.mountpoint,
		canmount: 'on',
		quota: '512M',
		'com.sun:auto-snapshot': 'false',
	};
	const commands = [
		change(scratch, 'create', 'Make a scratch dataset with a quota of 512 MiB', createDataset(root, { properties })),
		change(scratch, 'create-source', 'Make the dataset to send', createDataset(source)),
		change(scratch, 'create-child', 'Make a child of it', createDataset(child)),
	];
	if (scratch.hasEncryption) {
		const encrypted = { encryption: 'on', keyformat: 'passphrase', keylocation: 'prompt' };
		commands.push(
			change(
				scratch,
				'create-secret',
				'Make an encrypted dataset to send',
				createDataset(secret, { properties: encrypted, key: scratch.passphrase }),
			),
		);
	}
	return commands;
}

/** The three moments of the source: at each, new data is written and a snapshot taken. */
export const moments = ['a', 'b', 'c'] as const;
export type Moment = (typeof moments)[number];

export function snapshotAt(dataset: OwnedDataset, moment: Moment): OwnedSnapshot {
	return ownedSnapshotOf(dataset, moment);
}

export function snapshotCommand(scratch: Scratch, moment: Moment): PlannedCommand {
	return change(
		scratch,
		`snapshot-${moment}`,
		`Take snapshot @${moment}`,
		createSnapshots([snapshotAt(scratch.root, moment)], { recursive: true }),
	);
}

/** Some new data at each moment: 4 MiB of random bytes, so that compression cannot hide a fault. */
export function dataCommands(scratch: Scratch, moment: Moment): readonly PlannedCommand[] {
	return dataFolders(scratch).map((folder) =>
		change(scratch, `write-${folder.label}-${moment}`, `Write 4 MiB of random data into ${folder.label}`, {
			argv: [
				'dd',
				'if=/dev/urandom',
				`of=${folder.path}/data-${moment}`,
				'bs=1M',
				'count=4',
				'status=none',
				'conv=fsync',
			],
		}),
	);
}

interface DataFolder {
	readonly dataset: OwnedDataset;
	readonly label: string;
	readonly path: string;
}

export function dataFolders(scratch: Scratch): readonly DataFolder[] {
	const { source, child, secret } = scratch;
	const datasets = scratch.hasEncryption ? [source, child, secret] : [source, child];
	return datasets.map((dataset) => ({
		dataset,
		label: dataset.slice(scratch.root.length + 1).replaceAll('/', '-'),
		path: mountpointOf(scratch, dataset),
	}));
}

export function mountpointOf(scratch: Scratch, dataset: OwnedDataset): string {
	return `${scratch.mountpoint}${dataset.slice(scratch.root.length)}`;
}

export function unlockCommand(scratch: Scratch, dataset: OwnedDataset, name: string): PlannedCommand {
	return change(scratch, `unlock-${name}`, `Load the key of ${dataset}`, loadKey(dataset, scratch.passphrase));
}

export function mountCommand(scratch: Scratch, dataset: OwnedDataset, name: string): PlannedCommand {
	return change(scratch, `mount-${name}`, `Mount ${dataset} to compare what arrived`, mountDataset(dataset));
}
