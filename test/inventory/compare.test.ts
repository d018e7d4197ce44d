import { beforeEach, describe, expect, it } from 'vitest';
import { compareInventories } from '../../src/inventory/compare.js';
import { describeDiff } from '../../src/inventory/describe.js';
import type { DiffEntry, InventoryDiff } from '../../src/inventory/diff.js';
import { takeInventory } from '../../src/inventory/take.js';
import { createInventoryHost, type InventoryHost } from './inventory-host.js';

const hex = 'a'.repeat(64);
const [beforeFolder, afterFolder] = ['/run-1/before', '/run-1/after'];

interface Dataset {
	readonly guid: string;
	readonly name: string;
	readonly origin?: string;
	readonly root?: string;
	readonly key?: string;
	readonly mounted?: string;
	readonly canmount?: string;
	readonly used?: string;
}

function dataset({
	guid,
	name,
	origin = '-',
	root = '-',
	key = '-',
	mounted = 'yes',
	canmount = 'on',
	used = '1',
}: Dataset) {
	return [guid, name, 'filesystem', origin, '-', root, key, mounted, canmount, used, used, '-'].join('\t');
}

function unit(id: string, state: string, { enabled = 'enabled', condition = 'yes', dropIns = '' } = {}): string {
	return `Id=${id}\nLoadState=loaded\nActiveState=${state}\nSubState=\nUnitFileState=${enabled}\nConditionResult=${condition}\nConditionTimestampMonotonic=5\nResult=success\nDropInPaths=${dropIns}\n`;
}

let machine: InventoryHost;
beforeEach(() => {
	machine = createInventoryHost(
		{
			pools: ['7000000000000000001\ttank\tONLINE\toff\t1000\t-'],
			poolProperties: [
				'tank\tashift\t12\tlocal',
				'tank\tfeature@async_destroy\tenabled\tlocal',
				'tank\tfeature@zstd_compress\tdisabled\tlocal',
				'tank\tfree\t500\t-',
			],
			datasets: [
				dataset({ guid: '100', name: 'tank' }),
				dataset({ guid: '18446744073709551615', name: 'tank/data' }),
				dataset({ guid: '300', name: 'tank/secret', root: 'tank/secret', key: 'available' }),
				dataset({ guid: '301', name: 'tank/secret/child', root: 'tank/secret', key: 'available' }),
				['400', 'tank/vol', 'volume', '-', '1073741824', '-', '-', '-', '-', '1', '1', '-'].join('\t'),
			],
			properties: ['tank\tcompression\tlz4\tlocal', 'tank/data\trecordsize\t131072\tlocal'],
			snapshots: [
				'9000\ttank/data@monday\t10\t0',
				'9001\ttank/data@autosnap_2026-11-21_00:00:01_daily\t11\t0',
				'9002\ttank/data@syncoid_backup_2026-11-21:01:00:00-GMT00:00\t12\t0',
				'9003\ttank/data@kept\t13\t1',
			],
			bookmarks: ['9000\ttank/data#monday\t10'],
			holds: ['tank/data@kept\tmine'],
			mounts: ['tank\t/tank', 'tank/data\t/srv/data', 'tank/secret\t/secret', 'tank/secret/child\t/secret/child'],
			exports: '/srv/data     \t10.0.0.0/8(sync,wdelay,hide)\n',
			units: [unit('zfs-mount.service', 'active'), unit('nginx.service', 'active')].join('\n'),
		},
		{ '/dev/zvol/tank/vol': { link: '../../zd0' }, '/dev/zvol/tank/vol-part1': { link: '../../zd0p1' } },
	);
});

/** Takes one inventory, changes the machine, takes another and compares. */
async function changed(change: () => unknown): Promise<InventoryDiff> {
	const first = await takeInventory(machine.host, beforeFolder);
	expect(first).toMatchObject({ known: true });
	await change();
	const second = await takeInventory(machine.host, afterFolder);
	expect(second).toMatchObject({ known: true });
	const diff = await compareInventories(machine.host, beforeFolder, afterFolder);
	if (!diff.known) throw new Error(diff.why);
	return diff.value;
}

function brief(entries: readonly DiffEntry[]): readonly string[] {
	return entries.map(({ severity, kind, subject }) => `${severity} ${kind} ${subject}`.trim());
}

function replace(
	list: 'pools' | 'poolProperties' | 'datasets' | 'properties' | 'snapshots' | 'mounts',
	one: string,
	other: string,
) {
	const rows = machine.printed[list];
	const next = rows.flatMap((row) => (row.includes(one) ? (other === '' ? [] : [row.replace(one, other)]) : [row]));
	expect(next).not.toEqual(rows);
	machine.printed[list] = next;
}

describe('two inventories of a host on which nothing happened', () => {
	it('do not differ', async () => {
		expect(await changed(() => {})).toEqual({ mustNotChange: [], mayChange: [] });
	});

	it('do not differ by the order in which zfs lists', async () => {
		const diff = await changed(() => {
			for (const list of ['datasets', 'snapshots', 'properties', 'poolProperties'] as const)
				machine.printed[list].reverse();
		});
		expect(diff).toEqual({ mustNotChange: [], mayChange: [] });
	});
});

describe('what must not change', () => {
	it('a pool that is not imported is told once, not for each dataset', async () => {
		const diff = await changed(async () => {
			Object.assign(machine.printed, {
				pools: [],
				poolProperties: [],
				datasets: [],
				properties: [],
				snapshots: [],
				bookmarks: [],
			});
			Object.assign(machine.printed, { holds: [], mounts: [] });
			await machine.removeAll('/dev/zvol');
		});
		expect(brief(diff.mustNotChange)).toEqual(['blocker pool tank']);
		expect(diff.mayChange).toEqual([]);
	});

	it('a pool of the same name with another guid is another pool', async () => {
		const diff = await changed(() => replace('pools', '7000000000000000001', '7000000000000000002'));
		expect(brief(diff.mustNotChange)).toContain('blocker pool tank');
	});

	it.each([
		['DEGRADED', 'warning'],
		['SUSPENDED', 'blocker'],
	])('a pool that became %s', async (health, severity) => {
		const diff = await changed(() => replace('pools', 'ONLINE', health));
		expect(brief(diff.mustNotChange)).toEqual([`${severity} pool tank`]);
	});

	it('a pool that is imported read-only', async () => {
		const diff = await changed(() => replace('pools', '\toff\t', '\ton\t'));
		expect(brief(diff.mustNotChange)).toEqual(['blocker pool tank']);
	});

	it('a feature that somebody enabled, for it takes the way back', async () => {
		const diff = await changed(() => replace('poolProperties', 'zstd_compress\tdisabled', 'zstd_compress\tenabled'));
		expect(brief(diff.mustNotChange)).toEqual(['warning property tank feature@zstd_compress']);
	});

	it('a property of the pool that somebody set', async () => {
		const diff = await changed(() => replace('poolProperties', 'ashift\t12', 'ashift\t9'));
		expect(brief(diff.mustNotChange)).toEqual(['warning property tank ashift']);
	});

	it('a dataset that is gone, without its snapshots and properties one by one', async () => {
		const diff = await changed(() => {
			for (const list of ['datasets', 'properties', 'snapshots', 'bookmarks', 'holds', 'mounts'] as const) {
				machine.printed[list] = machine.printed[list].filter((row) => !row.includes('tank/data'));
			}
		});
		expect(brief(diff.mustNotChange)).toEqual(['blocker dataset tank/data']);
	});

	it('a renamed dataset is not taken for a lost one, and neither are its snapshots', async () => {
		const diff = await changed(() => {
			for (const list of ['datasets', 'properties', 'snapshots', 'bookmarks', 'holds', 'mounts'] as const) {
				machine.printed[list] = machine.printed[list].map((row) => row.replace('tank/data', 'tank/moved'));
			}
		});
		expect(brief(diff.mustNotChange)).toEqual(['warning dataset tank/data']);
		expect(diff.mayChange).toEqual([]);
	});

	it('a renamed dataset whose property changed as well', async () => {
		const diff = await changed(() => {
			for (const list of ['datasets', 'properties', 'snapshots', 'bookmarks', 'holds', 'mounts'] as const) {
				machine.printed[list] = machine.printed[list].map((row) => row.replace('tank/data', 'tank/a-moved'));
			}
			replace('properties', '131072', '1048576');
		});
		expect(brief(diff.mustNotChange)).toEqual([
			'warning dataset tank/data',
			'warning property tank/a-moved recordsize',
		]);
	});

	it('children that were renamed with their parent are not told again', async () => {
		const diff = await changed(() => {
			for (const list of ['datasets', 'mounts'] as const) {
				machine.printed[list] = machine.printed[list].map((row) => row.replaceAll('tank/secret', 'tank/open'));
			}
		});
		expect(brief(diff.mustNotChange)).toEqual(['warning dataset tank/secret']);
	});

	it('a dataset that is not mounted any more', async () => {
		const diff = await changed(() => {
			machine.printed.datasets[1] = dataset({ guid: '18446744073709551615', name: 'tank/data', mounted: 'no' });
			replace('mounts', 'tank/data\t/srv/data', '');
		});
		expect(brief(diff.mustNotChange)).toEqual(['blocker mount tank/data']);
	});

	it('a dataset that is mounted somewhere else', async () => {
		const diff = await changed(() => replace('mounts', '/srv/data', '/mnt'));
		expect(diff.mustNotChange).toMatchObject([
			{ kind: 'mount', severity: 'blocker', before: '/srv/data', after: '/mnt' },
		]);
	});

	it('a key that is not loaded, told for its root and not for each child', async () => {
		const diff = await changed(() => {
			machine.printed.datasets = machine.printed.datasets.map((row) => row.replace('\tavailable\t', '\tunavailable\t'));
		});
		expect(brief(diff.mustNotChange)).toEqual(['warning key tank/secret']);
		expect(diff.mustNotChange[0]?.text).toContain("zfs load-key 'tank/secret'");
	});

	it.each([
		['changed', ['tank\tcompression\tlz4\tlocal'], ['tank\tcompression\tzstd\tlocal']],
		['set', [], ['tank\tquota\t5\tlocal']],
		['taken back', ['tank\tquota\t5\tlocal'], []],
		['turned from received into local', ['tank\tquota\t5\treceived'], ['tank\tquota\t5\tlocal']],
		['changed in a value with line breaks', ['tank\tuser:a\tone\ntwo\tlocal'], ['tank\tuser:a\tone\nthree\tlocal']],
	])('a property that was %s', async (_, before, after) => {
		machine.printed.properties = before;
		const diff = await changed(() => {
			machine.printed.properties = after;
		});
		expect(diff.mustNotChange).toMatchObject([{ kind: 'property', severity: 'warning' }]);
	});

	it('a snapshot that somebody made', async () => {
		const diff = await changed(() => replace('snapshots', '9000\ttank/data@monday\t10\t0', ''));
		expect(brief(diff.mustNotChange)).toEqual(['warning snapshot tank/data@monday']);
	});

	it('a snapshot that was held', async () => {
		const diff = await changed(() => replace('snapshots', '9003\ttank/data@kept\t13\t1', ''));
		expect(brief(diff.mustNotChange)).toContain('blocker snapshot tank/data@kept');
	});

	it('the snapshot that replication goes on from', async () => {
		const diff = await changed(() =>
			replace('snapshots', '9002\ttank/data@syncoid_backup_2026-11-21:01:00:00-GMT00:00\t12\t0', ''),
		);
		expect(brief(diff.mustNotChange)).toEqual([
			'blocker snapshot tank/data@syncoid_backup_2026-11-21:01:00:00-GMT00:00',
		]);
	});

	it('the newest one of a replication, although older ones are there', async () => {
		machine.printed.snapshots.push('8999\ttank/data@syncoid_backup_2026-11-20:01:00:00-GMT00:00\t5\t0');
		const diff = await changed(() =>
			replace('snapshots', '9002\ttank/data@syncoid_backup_2026-11-21:01:00:00-GMT00:00\t12\t0', ''),
		);
		expect(diff.mustNotChange).toMatchObject([{ severity: 'blocker', kind: 'snapshot' }]);
	});

	it('a snapshot that was destroyed and taken again under its old name', async () => {
		const diff = await changed(() => replace('snapshots', '9000\ttank/data@monday', '9999\ttank/data@monday'));
		expect(brief(diff.mustNotChange)).toEqual(['warning snapshot tank/data@monday']);
	});

	it('a copy of a snapshot in one of two datasets that share its guid', async () => {
		machine.printed.snapshots.push('9000\ttank/vol@monday\t44\t0');
		const diff = await changed(() => replace('snapshots', '9000\ttank/vol@monday\t44\t0', ''));
		expect(brief(diff.mustNotChange)).toEqual(['warning snapshot tank/vol@monday']);
	});

	it('a hold', async () => {
		const diff = await changed(() => {
			machine.printed.holds = [];
		});
		expect(brief(diff.mustNotChange)).toEqual(['warning hold tank/data@kept']);
	});

	it('the link of a volume, but not those of its partitions', async () => {
		const diff = await changed(() => machine.removeAll('/dev/zvol/tank'));
		expect(brief(diff.mustNotChange)).toEqual(['blocker zvol /dev/zvol/tank/vol']);
		expect(brief(diff.mayChange)).toEqual(['notice zvol /dev/zvol/tank/vol-part1']);
	});

	it('a share', async () => {
		const diff = await changed(() => {
			machine.printed.exports = '';
		});
		expect(brief(diff.mustNotChange)).toEqual(['warning share nfs /srv/data 10.0.0.0/8(sync,wdelay,hide)']);
	});

	it.each([
		[
			'was skipped because the module is not there',
			unit('zfs-mount.service', 'inactive', { condition: 'no' }),
			'blocker',
		],
		['failed', unit('zfs-mount.service', 'failed'), 'blocker'],
		['is inactive', unit('zfs-mount.service', 'inactive'), 'warning'],
	])('a unit that %s', async (_, text, severity) => {
		const diff = await changed(() => {
			machine.printed.units = [text, unit('nginx.service', 'active')].join('\n');
		});
		expect(brief(diff.mustNotChange)).toEqual([`${severity} unit zfs-mount.service`]);
	});

	it('a service that fails again and again', async () => {
		const diff = await changed(() => {
			machine.printed.units = machine.printed.units.replace(
				/(Id=nginx.*\n.*\n)ActiveState=active\nSubState=/,
				'$1ActiveState=activating\nSubState=auto-restart',
			);
		});
		expect(diff.mustNotChange).toMatchObject([{ subject: 'nginx.service', after: 'failed' }]);
	});

	it('what could not be read is told, never taken for unchanged', async () => {
		const diff = await changed(() => machine.fail('systemctl'));
		expect(brief(diff.mustNotChange)).toEqual(['warning not-compared units.tsv']);
	});
});

describe('Longhorn’s backing images', () => {
	const image = '/var/lib/harvester/defaultdisk/backing-images/ubuntu-5f3a';
	const cfg = (size: number) => JSON.stringify({ name: 'ubuntu', size, expectedChecksum: '', currentChecksum: 'cafe' });

	beforeEach(async () => {
		await machine.host.files.write(`${image}/backing`, 'x'.repeat(40));
		await machine.host.files.write(`${image}/backing.cfg`, cfg(40));
	});

	it('must not be gone', async () => {
		const diff = await changed(() => machine.removeAll(image));
		expect(brief(diff.mustNotChange)).toEqual([`blocker watched-file ${image}/backing`]);
	});

	it('must keep their size and that of their description', async () => {
		expect(brief((await changed(() => machine.host.files.write(`${image}/backing`, 'x'))).mustNotChange)).toHaveLength(
			1,
		);
		await machine.host.files.write(`${image}/backing`, 'x'.repeat(40));
		expect(
			brief((await changed(() => machine.host.files.write(`${image}/backing.cfg`, cfg(41)))).mustNotChange),
		).toHaveLength(1);
	});

	it('must keep their checksum', async () => {
		const diff = await changed(() => machine.host.files.write(`${image}/backing.cfg`, cfg(40).replace('cafe', 'beef')));
		expect(diff.mustNotChange).toMatchObject([{ kind: 'watched-file', text: expect.stringContaining('checksum') }]);
	});
});

describe('container runtimes', () => {
	it('must have as many images and containers as before', async () => {
		const index = '/var/lib/docker/image/zfs/repositories.json';
		await machine.host.files.write(index, JSON.stringify({ Repositories: { alpine: {}, nginx: {} } }));
		await machine.host.files.write('/var/lib/docker/containers/1/config', '');
		const diff = await changed(async () => {
			await machine.host.files.write(index, JSON.stringify({ Repositories: { alpine: {} } }));
			await machine.removeAll('/var/lib/docker/containers');
		});
		expect(brief(diff.mustNotChange)).toEqual(['blocker runtime docker containers', 'warning runtime docker images']);
	});

	it('may make and remove their own layers', async () => {
		machine.printed.mounts.push('tank/docker\t/var/lib/docker');
		machine.printed.datasets.push(dataset({ guid: '500', name: 'tank/docker' }));
		machine.printed.datasets.push(dataset({ guid: '501', name: `tank/docker/${hex}`, mounted: 'no' }));
		machine.printed.datasets.push(dataset({ guid: '502', name: 'tank/docker/volumes' }));
		const diff = await changed(() => {
			machine.printed.datasets = machine.printed.datasets.filter((row) => !/^50[12]/.test(row));
			machine.printed.datasets.push(dataset({ guid: '503', name: `tank/docker/${hex.replaceAll('a', 'b')}-init` }));
		});
		expect(brief(diff.mustNotChange)).toEqual(['blocker dataset tank/docker/volumes']);
		expect(diff.mayChange.map(({ text }) => text)).toEqual([
			'Layers of container runtimes that are gone: 1.',
			'New layers of container runtimes: 1.',
		]);
	});
});

describe('Incus', () => {
	beforeEach(() => {
		machine.printed.pools.push('7000000000000000009\tincus\tONLINE\toff\t1000\t-');
		for (const [index, folder] of ['containers', 'custom', 'images', 'virtual-machines', 'deleted'].entries()) {
			machine.printed.datasets.push(dataset({ guid: String(600 + index), name: `incus/${folder}`, mounted: 'no' }));
		}
	});
	function exportPool() {
		machine.printed.pools = machine.printed.pools.filter((row) => !row.includes('incus'));
		machine.printed.datasets = machine.printed.datasets.filter((row) => !row.includes('incus'));
	}

	it('may have exported its pool while it is stopped', async () => {
		const diff = await changed(exportPool);
		expect(diff.mustNotChange).toEqual([]);
		expect(brief(diff.mayChange)).toEqual(['notice pool incus']);
	});

	it('must have it imported when it runs', async () => {
		const diff = await changed(() => {
			exportPool();
			machine.printed.units += `\n${unit('incus.service', 'active')}`;
		});
		expect(brief(diff.mustNotChange)).toEqual(['blocker pool incus']);
	});
});

describe('what may change', () => {
	it.each([
		['sizes', () => replace('datasets', '\t1\t1\t-', '\t2\t1\t-'), 'Datasets that changed in size: 5.'],
		['new snapshots', () => machine.printed.snapshots.push('9100\ttank/data@new\t20\t0'), 'New snapshots: 1.'],
		[
			'automatic snapshots that were pruned',
			() => replace('snapshots', '9001\ttank/data@autosnap_2026-11-21_00:00:01_daily\t11\t0', ''),
			'Automatic snapshots that were pruned: 1.',
		],
		[
			'new datasets',
			() => machine.printed.datasets.push(dataset({ guid: '700', name: 'tank/new' })),
			'Dataset "tank/new" is new.',
		],
		[
			'features in use',
			() => replace('poolProperties', 'async_destroy\tenabled', 'async_destroy\tactive'),
			'Feature async_destroy of pool "tank" changed by use.',
		],
	])('%s', async (_, change, text) => {
		const diff = await changed(change);
		expect(diff.mustNotChange).toEqual([]);
		expect(diff.mayChange.map((entry) => entry.text)).toEqual([text]);
	});

	it('a pool that got well', async () => {
		replace('pools', 'ONLINE', 'DEGRADED');
		const diff = await changed(() => replace('pools', 'DEGRADED', 'ONLINE'));
		expect(diff.mustNotChange).toEqual([]);
		expect(brief(diff.mayChange)).toEqual(['notice pool tank']);
	});

	it('a replication that rotated its snapshots', async () => {
		const diff = await changed(() => {
			replace('snapshots', '9002\ttank/data@syncoid_backup_2026-11-21:01:00:00-GMT00:00\t12\t0', '');
			machine.printed.snapshots.push('9200\ttank/data@syncoid_backup_2026-11-22:01:00:00-GMT00:00\t30\t0');
		});
		expect(diff.mustNotChange).toEqual([]);
	});

	it('units that this program keeps from starting, that are still starting, or that others start', async () => {
		machine.printed.units += `\n${unit('zrepl.service', 'active')}\n${unit('packagekit.service', 'active', { enabled: 'static' })}`;
		const diff = await changed(() => {
			machine.printed.units = [
				unit('zfs-mount.service', 'active'),
				unit('nginx.service', 'activating'),
				unit('zrepl.service', 'inactive', { dropIns: '/etc/systemd/system/zrepl.service.d/zz-zfs-lockstep-hold.conf' }),
				unit('packagekit.service', 'inactive', { enabled: 'static' }),
			].join('\n');
		});
		expect(diff.mustNotChange).toEqual([]);
		expect(diff.mayChange.map(({ text }) => text)).toEqual([
			'Units that are still starting: 1.',
			'Units that others start and that are not active now: 1.',
		]);
	});
});

describe('a difference', () => {
	it('is one line for a human and plain data for a program', async () => {
		const diff = await changed(() => replace('properties', 'lz4', 'zstd\u001b[2J'));
		expect(describeDiff(diff)).toEqual([
			'Property compression of "tank" changed. Before: lz4 (local). After: zstd (local).',
		]);
		expect(JSON.parse(JSON.stringify(diff))).toEqual(diff);
	});

	it('of thousands is told by two hundred and a number', async () => {
		machine.printed.snapshots = Array.from(
			{ length: 3000 },
			(_, index) => `${10_000 + index}\ttank/data@s${index}\t1\t0`,
		);
		const diff = await changed(() => {
			machine.printed.snapshots = [];
		});
		expect(diff.mustNotChange).toHaveLength(201);
		expect(describeDiff(diff).at(-1)).toBe('More differences of this kind: 2800.');
	});
});

describe('an inventory that cannot be trusted', () => {
	it.each([
		['is not finished', () => machine.removeAll(`${beforeFolder}/manifest.json`)],
		['was edited', () => machine.host.files.write(`${beforeFolder}/snapshots.tsv`, '1\ttank@x\t1\t0\n')],
		['lost a file', () => machine.removeAll(`${beforeFolder}/datasets.tsv`)],
		['is of another program', () => machine.host.files.write(`${beforeFolder}/manifest.json`, '{"schemaVersion": 7}')],
		['is torn', () => machine.host.files.write(`${beforeFolder}/manifest.json`, '{"schemaVer')],
	])('because it %s makes the difference unknown', async (_, harm) => {
		await changed(() => {});
		await harm();
		const diff = await compareInventories(machine.host, beforeFolder, afterFolder);
		expect(diff).toMatchObject({ known: false });
		if (!diff.known) expect(diff.why).toContain(beforeFolder);
	});
});
