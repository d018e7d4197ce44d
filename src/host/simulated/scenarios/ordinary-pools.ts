/** The pools of an ordinary host: `tank`, a mirror with data of every kind, and `backup`, one disk. */
import { addBookmark, addDataset, takeSnapshots } from '../dataset-changes.js';
import { withDataset } from '../dataset-names.js';
import type { Machine, Tree } from '../machine.js';
import { directory, file } from '../node.js';
import { addPool } from '../pool-create.js';
import type { Series } from '../zfs-version.js';

const gibibyte = 1024n ** 3n;

/** Some files that together have this size. */
export function someFiles(label: string, gibibytes: bigint, mtime: number): Tree {
	return {
		data: directory(0o755, mtime),
		[`data/${label}.img`]: file(`${label} contents`, { mtime, bytes: gibibytes * gibibyte }),
		README: file(`What is kept in ${label}.\n`, { mtime }),
	};
}

/** Adds to a dataset's contents, as its users do between snapshots. */
function writeSome(machine: Machine, name: string, label: string, gibibytes: bigint): Machine {
	const dataset = machine.pools[name.split('/')[0] ?? '']?.datasets[name];
	if (dataset === undefined) return machine;
	const node = file(`${label} contents`, { mtime: Math.floor(machine.clock), bytes: gibibytes * gibibyte });
	return withDataset(machine, name, { ...dataset, content: { ...dataset.content, [`${label}.img`]: node } });
}

function later(machine: Machine, seconds: number): Machine {
	return { ...machine, clock: machine.clock + seconds };
}

const day = 86_400;

/** Both pools with their data, snapshots and a replica, as they came to be over some days. */
export function addOrdinaryPools(machine: Machine, series: Series): Machine {
	const { clock } = machine;
	let made = addPool(machine, 'tank', { disks: ['sda', 'sdb'], sizeBytes: 1800n * gibibyte, series });
	made = addPool(made, 'backup', { disks: ['sdc'], sizeBytes: 3600n * gibibyte, series });
	made = addDataset(made, 'tank/home', {
		properties: { compression: 'lz4' },
		content: someFiles('home', 24n, Math.floor(clock)),
	});
	made = addDataset(made, 'tank/srv', {
		properties: { compression: 'zstd', recordsize: '1048576' },
		content: someFiles('srv', 60n, Math.floor(clock)),
	});
	made = addDataset(made, 'tank/vm', { properties: { canmount: 'off' } });
	made = addDataset(made, 'tank/vm/web', {
		type: 'volume',
		properties: { volsize: String(32n * gibibyte), refreservation: String(33n * gibibyte) },
		content: { '': { ...file('web disk', { bytes: 11n * gibibyte }), device: true } },
	});
	made = addDataset(made, 'backup/replica', { properties: { readonly: 'on', canmount: 'noauto' } });
	for (const age of [3, 2, 1]) {
		made = later(made, day);
		made = writeSome(made, 'tank/home', `mail-${age}`, 1n);
		made = takeSnapshots(
			made,
			['tank/home', 'tank/srv', 'tank/vm/web'].map((name) => `${name}@daily-${4 - age}`),
		);
	}
	made = addBookmark(made, 'tank/home@daily-1', 'tank/home#daily-1');
	made = addReplica(made, 'tank/home', 'backup/replica/home');
	return { ...later(made, day / 2), poolEvents: [] };
}

/** What replication made of a dataset: the same snapshots with the same guids. */
function addReplica(machine: Machine, from: string, to: string): Machine {
	const source = machine.pools[from.split('/')[0] ?? '']?.datasets[from];
	if (source === undefined) return machine;
	const newest = source.snapshots['daily-3'];
	const made = addDataset(machine, to, { content: newest?.content ?? {}, properties: { readonly: 'on' } });
	const dataset = made.pools[to.split('/')[0] ?? '']?.datasets[to];
	return dataset === undefined ? machine : withDataset(made, to, { ...dataset, snapshots: source.snapshots });
}
