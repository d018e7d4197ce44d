import { describe, expect, it } from 'vitest';
import { fixture, locked } from '../../support/systems.js';
import type { CommandTable } from '../../support/table-host.js';
import { datasetWith } from '../facts.js';
import { judge, verdicts } from './judge.js';

const kernel = '6.1.0-56-amd64';
const lxdDatasets = ['containers', 'virtual-machines', 'images', 'custom'].map((folder) =>
	datasetWith({ name: `tank/${folder}` }),
);

describe('Incus', () => {
	const files = { '/var/lib/incus/database/local.db': '' };
	const units = fixture('incus/systemctl-show.txt');
	const list: CommandTable = [
		['incus --version', '6.0.5\n'],
		['incus storage list --format json', fixture('incus/storage-list.json')],
	];

	it('exports the pools that it was given as a whole, and only those', async () => {
		const [finding, ...others] = await judge({ files, units, commands: list });
		expect(finding).toMatchObject({
			id: 'incus.pool-export',
			severity: 'notice',
			title: 'Incus exports tank when it stops',
		});
		expect(others).toEqual([]);
	});

	it('is not asked where it does not run: its pools are concluded from their datasets', async () => {
		const stopped = units.replace('=active', '=inactive');
		const [finding] = await judge({ files, units: stopped }, { datasets: lxdDatasets });
		expect(finding?.title).toBe('Incus exports tank when it stops');
		expect(finding?.detail).toContain('Concluded from the names of the datasets');
	});

	it('that runs and does not answer is named', async () => {
		const commands: CommandTable = [['incus storage list --format json', { exit: 1, stderr: 'Error: no access\n' }]];
		expect(await verdicts({ files, units, commands })).toEqual(['warning incus.config-unreadable']);
	});

	it('without a pool of its own says nothing', async () => {
		const commands: CommandTable = [['incus storage list --format json', '[]']];
		expect(await verdicts({ files, units, commands })).toEqual([]);
	});
});

describe('the LXD snap', () => {
	const snap = { '/snap/lxd/current/meta/snap.yaml': fixture('lxd/snap.yaml') };
	const tools = (...series: readonly string[]) => ({
		...snap,
		...Object.fromEntries(series.map((each) => [`/snap/lxd/current/zfs-${each}/bin/zfs`, ''])),
	});
	const pools = { '/var/snap/lxd/common/lxd/disks/default.img': '' };

	it('needs tools of the series that will run', async () => {
		expect(await verdicts({ files: tools('2.1', '2.2', '2.3') })).toEqual(['ok lxd.ready']);
		const [finding] = await judge({ files: { ...tools('2.1', '2.2'), ...pools } });
		expect(finding).toMatchObject({ id: 'lxd.tools-missing', severity: 'blocker' });
		expect(finding?.detail).toContain('It has tools for 2.1, 2.2; zfs.external is false');
	});

	it('weighs less where LXD has no pool on ZFS', async () => {
		expect(await verdicts({ files: tools('2.2') })).toEqual(['warning lxd.tools-missing']);
		expect(await verdicts({ files: tools('2.2') }, { datasets: lxdDatasets })).toEqual(['blocker lxd.tools-missing']);
	});

	it("is fine with the host's tools", async () => {
		const files = { ...tools('2.2'), ...pools, '/var/snap/lxd/common/config': fixture('lxd/config') };
		expect(await verdicts({ files })).toEqual(['ok lxd.ready']);
	});

	it('that is not mounted, as below an alternate root, cannot be looked into', async () => {
		const [finding] = await judge({ kind: 'alternate-root', files: { '/snap/lxd/current': { link: '28155' } } });
		expect(finding).toMatchObject({ id: 'lxd.tools-missing', severity: 'warning' });
		expect(finding?.title).toContain('cannot be told');
	});

	it('with an unreadable manifest is named', async () => {
		const files = { '/snap/lxd/current/meta/snap.yaml': 'name: [lxd\n' };
		expect(await verdicts({ files })).toEqual(['warning lxd.config-unreadable']);
	});
});

describe('DRBD', () => {
	const files = { '/sys/module/drbd/version': '9.2.12\n', '/etc/drbd.d/vm-100.res': '' };
	const status = fixture('drbd/status.json');
	const modinfo = (version: string): CommandTable[number] => [`modinfo -k ${kernel} -F version drbd`, `${version}\n`];
	const drbd = (text: string, module = modinfo('9.2.12')) => ({
		files,
		kernels: [kernel],
		commands: [['drbdsetup status --json', text], module] as CommandTable,
	});
	const around = { nextKernel: kernel };

	it('can do without the node where another one is UpToDate', async () => {
		expect(await verdicts(drbd(status), around)).toEqual(['ok drbd.ready']);
	});

	it('cannot where only this node is', async () => {
		const alone = status.replace('"peer-disk-state": "UpToDate"', '"peer-disk-state": "Inconsistent"');
		const [finding] = await judge(drbd(alone), around);
		expect(finding).toMatchObject({ id: 'drbd.only-copy', severity: 'blocker' });
		expect(finding?.title).toContain('vm-100/0');
	});

	it('cannot where the other node is away', async () => {
		const away = status.replace('"peer-disk-state": "UpToDate"', '"peer-disk-state": "DUnknown"');
		expect(await verdicts(drbd(away), around)).toEqual(['blocker drbd.only-copy']);
	});

	it('is to be waited for where this node is behind', async () => {
		const behind = status.replace('"disk-state": "UpToDate"', '"disk-state": "Inconsistent"');
		expect(await verdicts(drbd(behind), around)).toEqual(['warning drbd.only-copy']);
	});

	it('has no say over volumes that were never replicated', async () => {
		const single = JSON.stringify([{ name: 'x', devices: [{ volume: 0, 'disk-state': 'UpToDate' }], connections: [] }]);
		expect(await verdicts(drbd(single), around)).toEqual(['ok drbd.ready']);
	});

	it('needs its module in the next kernel, of the same major version', async () => {
		const missing: CommandTable[number] = [
			`modinfo -k ${kernel} -F version drbd`,
			{ exit: 1, stderr: 'modinfo: ERROR: Module drbd not found.\n' },
		];
		expect(await verdicts(drbd(status, missing), around)).toEqual(['blocker drbd.module-missing']);
		const [finding] = await judge(drbd(status, modinfo('8.4.11')), around);
		expect(finding?.title).toBe(`${kernel} has DRBD 8.4.11, 9.2.12 is loaded`);
		expect(await verdicts(drbd(status), { nextKernel: '6.1.0-99-amd64' })).toEqual(['warning drbd.module-missing']);
	});

	it('whose state cannot be read is named', async () => {
		expect(await verdicts(drbd('{'), around)).toEqual(['warning drbd.config-unreadable']);
	});

	it('that is merely installed says nothing', async () => {
		expect(await verdicts({ files: { '/etc/drbd.d/global_common.conf': 'global {}\n' } })).toEqual([]);
	});
});

describe('LINSTOR', () => {
	const files = { '/var/lib/linstor.d/vm-100.res': '' };
	const units = fixture('linstor/systemctl-show.txt');
	const answers: CommandTable = [
		['linstor -m --output-version v1 storage-pool list', fixture('linstor/storage-pools.json')],
		['linstor -m --output-version v1 controller list-properties', fixture('linstor/properties.json')],
		[`modinfo -k ${kernel} -F version drbd`, '9.2.12\n'],
	];
	const linstor = { files, units, commands: answers, kernels: [kernel] };
	const encrypted = [datasetWith({ name: 'tank/linstor', encryption: 'aes-256-gcm' })];

	it('cannot clone onto an encrypted dataset', async () => {
		const [finding] = await judge(linstor, { datasets: encrypted, nextKernel: kernel });
		expect(finding).toMatchObject({ id: 'linstor.encrypted-pool', severity: 'warning' });
		expect(finding?.title).toContain('tank/linstor');
	});

	it('is fine without encryption and with eviction forbidden', async () => {
		const datasets = [datasetWith({ name: 'tank/linstor' })];
		expect(await verdicts(linstor, { datasets, nextKernel: kernel })).toEqual([]);
	});

	it('is known by its volumes where its controller is elsewhere', async () => {
		const datasets = [datasetWith({ name: 'tank/x/vm-100_00000', type: 'volume', encryption: 'aes-256-gcm' })];
		const elsewhere = { ...linstor, units: '' };
		const [first] = await judge(elsewhere, { datasets, nextKernel: kernel });
		expect(first?.title).toContain('tank/x/vm-100_00000');
		expect(await verdicts(elsewhere, { nextKernel: kernel })).toEqual(['warning linstor.auto-evict']);
	});

	it('evicts a node that is away, unless that is forbidden', async () => {
		const allowed = fixture('linstor/properties.json').replace('"False"', '"True"');
		const commands: CommandTable = [['linstor -m --output-version v1 controller list-properties', allowed], ...answers];
		const [finding] = await judge({ ...linstor, commands }, { nextKernel: kernel });
		expect(finding).toMatchObject({ id: 'linstor.auto-evict', severity: 'warning' });
		expect(finding?.detail).toContain('AutoEvictAllowEviction is True, AutoEvictAfterTime 60 minutes');
	});
});

describe('LINSTOR, when its folder cannot be read', () => {
	it('is named', async () => {
		const files = { '/etc/linstor/linstor.toml': '', '/var/lib/linstor.d': locked };
		expect(await verdicts({ files })).toContain('warning linstor.config-unreadable');
	});
});

describe('Harvester', () => {
	const release = '/etc/harvester-release.yaml';

	it('1.3.2 is warned of the way to 1.4.0, before the cluster is upgraded', async () => {
		const [finding] = await judge({ files: { [release]: fixture('harvester/release-1.3.2.yaml') } });
		expect(finding).toMatchObject({ id: 'harvester.upgrade-path', severity: 'blocker' });
		expect(finding?.remediation[0].commands?.[0]).toEqual([
			'kubectl',
			'get',
			'crd',
			'backingimages.longhorn.io',
			'-o',
			'yaml',
		]);
		expect(finding?.title).toContain('1.3.2 to 1.4.0');
	});

	it('of another release is not', async () => {
		const later = fixture('harvester/release-1.3.2.yaml').replaceAll('1.3.2', '1.5.1');
		expect(await verdicts({ files: { [release]: later } })).toEqual([]);
	});

	it('with an unreadable release is named', async () => {
		expect(await verdicts({ files: { [release]: 'installer: v1.3.2\n' } })).toEqual([
			'warning harvester.config-unreadable',
		]);
	});
});

describe('Longhorn', () => {
	const disk = '/var/lib/longhorn';
	const image = `${disk}/backing-images/default-image-7xk2p-5c6f2a0e`;
	const marked = { [`${disk}/longhorn-disk.cfg`]: '{"diskUUID":"1"}' };
	const whole = {
		...marked,
		[`${image}/backing`]: { text: '', size: 10737418240 },
		[`${image}/backing.cfg`]: fixture('longhorn/backing.cfg'),
	};

	it('does not belong on a ZFS filesystem', async () => {
		expect(await verdicts({ files: whole, mounts: { [disk]: 'tank/longhorn' } })).toEqual(['warning longhorn.on-zfs']);
		expect(await verdicts({ files: whole })).toEqual([]);
	});

	it('has lost a backing image whose file is missing or of another size or checksum', async () => {
		const { [`${image}/backing`]: _, ...missing } = whole;
		expect(await verdicts({ files: missing })).toEqual(['blocker longhorn.backing-image']);
		const short = { ...whole, [`${image}/backing`]: { text: '', size: 4096 } };
		const [finding] = await judge({ files: short });
		expect(finding?.detail).toContain('4096 bytes instead of 10737418240');
		const changed = { ...whole, [`${image}/backing.cfg`]: fixture('longhorn/backing.cfg').replace('9f2c', 'aaaa') };
		expect(await verdicts({ files: changed })).toEqual(['blocker longhorn.backing-image']);
	});

	it('may still be fetching an image that has no description yet', async () => {
		expect(await verdicts({ files: { ...marked, [`${image}/backing.tmp`]: '' } })).toEqual([]);
	});

	it('with an unreadable description is named', async () => {
		expect(await verdicts({ files: { ...whole, [`${image}/backing.cfg`]: '{"size":' } })).toEqual([
			'warning longhorn.backing-image',
		]);
	});

	it('whose folder cannot be read is named', async () => {
		const files = { ...marked, [`${disk}/backing-images`]: locked };
		expect(await verdicts({ files })).toEqual(['warning longhorn.config-unreadable']);
	});
});
