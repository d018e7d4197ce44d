import { describe, expect, it } from 'vitest';
import { loadRecording } from '../../fixtures/load.js';
import { fixture } from '../../support/systems.js';
import type { CommandTable } from '../../support/table-host.js';
import { datasetWith } from '../facts.js';
import { judge, verdicts } from './judge.js';

const recorded = (name: string) => loadRecording(`consumers/containerd/1.6.20/${name}.txt`);
const config = '/etc/containerd/config.toml';
const root = '/var/lib/containerd/io.containerd.snapshotter.v1.zfs';
const mounts = { [root]: 'tank/containerd' };
const old = 'containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1+deb12u3\n';
const current = 'containerd github.com/containerd/containerd/v2 v2.1.4 75cb2b7193e4e490e9fbdc236c0e811ccaba3376\n';

function program(version: string, dump: CommandTable[number][1]): CommandTable {
	return [
		['containerd --version', version],
		['containerd config dump', dump],
	];
}

describe('the zfs snapshotter of containerd', () => {
	const files = { [config]: fixture('containerd/zfs.toml') };
	const commands = program(old, recorded('zfs'));

	it('is fine on a dataset of its own', async () => {
		const [finding, ...others] = await judge({ files, mounts, commands });
		expect(finding).toMatchObject({ id: 'containerd.ready', severity: 'ok' });
		expect(finding?.title).toContain('tank/containerd');
		expect(others).toEqual([]);
	});

	it('is skipped where its folder is not on ZFS, and CRI with it', async () => {
		const bare = { ...files, [`${root}/metadata.db`]: '' };
		const [finding] = await judge({ files: bare, commands });
		expect(finding).toMatchObject({ id: 'containerd.zfs-mount', severity: 'blocker' });
		expect(finding?.title).toContain('is not on ZFS');
	});

	it('is skipped where its folder is not there, and the dataset that belongs there is named', async () => {
		const datasets = [datasetWith({ name: 'tank/containerd', mountpoint: root, isMounted: false })];
		const [finding] = await judge({ files, commands }, { datasets });
		expect(finding).toMatchObject({ id: 'containerd.zfs-mount', severity: 'blocker' });
		expect(finding?.remediation[0].commands).toEqual([['zfs', 'mount', 'tank/containerd']]);
	});

	it('of a mounted system may merely not be mounted now', async () => {
		expect(await verdicts({ files, commands }, { environment: 'alternate-root' })).toEqual([
			'warning containerd.zfs-mount',
		]);
	});

	it('without a mount of its own makes layers in the dataset above', async () => {
		const above = {
			files: { ...files, [`${root}/metadata.db`]: '' },
			mounts: { '/var/lib': 'rpool/var/lib' },
			commands,
		};
		const [finding] = await judge(above);
		expect(finding).toMatchObject({ id: 'containerd.parent-mount', severity: 'warning' });
		expect(finding?.title).toContain('rpool/var/lib');
	});

	it('is lost when an imported file sets anything else of CRI, as containerd 1.6 really does', async () => {
		const imported = {
			[config]: fixture('containerd/zfs-with-imports.toml'),
			'/etc/containerd/conf.d/20-more.toml': fixture('containerd/downloads.toml'),
		};
		const replaced = program(old, recorded('section-replaced-by-import'));
		expect(await verdicts({ files: imported, mounts, commands: replaced })).toEqual([
			'warning containerd.config-overridden',
		]);
	});

	it('is ignored in a file without version, as containerd 1.6 really does', async () => {
		const bare = { [config]: fixture('containerd/no-version.toml') };
		const [finding] = await judge({ files: bare, mounts, commands: program(old, recorded('no-version')) });
		expect(finding).toMatchObject({ id: 'containerd.config-no-version', severity: 'warning' });
		expect(finding?.title).toBe(`containerd uses overlayfs, though ${config} says zfs`);
	});

	it('that is disabled is not found by CRI', async () => {
		const disabled = `disabled_plugins = ["io.containerd.snapshotter.v1.zfs"]\n${fixture('containerd/zfs.toml')}`;
		expect(await verdicts({ files: { [config]: disabled }, mounts })).toContain('blocker containerd.zfs-disabled');
	});
});

describe('pulls by CRI', () => {
	const files = { [config]: fixture('containerd/zfs.toml') };
	const dump = fixture('containerd/dump-2.1.toml');
	const unpack = `${dump}\n[[plugins.'io.containerd.transfer.v1.local'.unpack_config]]\nplatform = 'linux/amd64'\nsnapshotter = 'zfs'\ndiffer = 'walking'\n`;

	it('fail with containerd 2.1, which unpacks into overlayfs only', async () => {
		const [finding, ...others] = await judge({ files, mounts, commands: program(current, dump) });
		expect(finding).toMatchObject({ id: 'containerd.unpack-zfs', severity: 'blocker' });
		expect(others).toEqual([]);
	});

	it('work once the transfer service unpacks into zfs', async () => {
		expect(await verdicts({ files, mounts, commands: program(current, unpack) })).toEqual(['ok containerd.ready']);
	});

	it.each([
		['use_local_image_pull = false', 'use_local_image_pull = true'],
		['disable_snapshot_annotations = true', 'disable_snapshot_annotations = false'],
		['discard_unpacked_layers = false', 'discard_unpacked_layers = true'],
		['image_pull_with_sync_fs = false', 'image_pull_with_sync_fs = true'],
		['    max_concurrent_downloads = 3\n    image', '    max_concurrent_downloads = 5\n    image'],
		[
			"config_path = ''\n\n  [plugins.'io.containerd.snap",
			"mirrors = { 'docker.io' = {} }\n\n  [plugins.'io.containerd.snap",
		],
	])('work where CRI pulls by itself: %s', async (from, to) => {
		expect(dump).toContain(from);
		const commands = program(current, dump.replace(from, to));
		expect(await verdicts({ files, mounts, commands })).toEqual(['ok containerd.ready']);
	});

	it('fail from the first 2.1 on', async () => {
		const first = 'containerd github.com/containerd/containerd/v2 v2.1.0 061792f0\n';
		expect(await verdicts({ files, mounts, commands: program(first, dump) })).toEqual([
			'blocker containerd.unpack-zfs',
		]);
	});

	it('are no trouble before 2.1', async () => {
		const before = 'containerd github.com/containerd/containerd/v2 v2.0.5 fb4c30d4\n';
		expect(await verdicts({ files, mounts, commands: program(before, dump) })).toEqual(['ok containerd.ready']);
	});

	it('may fail where the version cannot be told', async () => {
		expect(await verdicts({ files, mounts })).toEqual(['warning containerd.unpack-zfs']);
	});
});

describe("containerd's files", () => {
	it('that containerd itself refuses are shown with its own words', async () => {
		const files = { [config]: 'version = 2\n[plugins."x\n' };
		const [finding] = await judge({ files, commands: program(old, recorded('torn')) });
		expect(finding).toMatchObject({ id: 'containerd.config-unreadable', severity: 'warning' });
		expect(finding?.detail).toContain('/etc/containerd/config.toml: (2, 2): unexpected token');
	});

	it('with a short plugin name in version 2 are refused by containerd, and by us without it', async () => {
		const files = { [config]: 'version = 2\ndisabled_plugins = ["cri"]\n' };
		const asked = await judge({ files, commands: program(old, recorded('short-plugin-name')) });
		expect(asked[0]?.detail).toContain('invalid disabled plugin URI "cri"');
		expect((await judge({ files }))[0]?.id).toBe('containerd.config-unreadable');
	});

	it('of a host without any are not asked for: containerd fails without them', async () => {
		const commands = program(old, recorded('no-file'));
		expect(await verdicts({ files: { '/usr/bin/containerd': '' }, commands })).toEqual([]);
	});

	it('as Debian ships them say nothing of ZFS', async () => {
		const files = { [config]: 'version = 2\n' };
		expect(await verdicts({ files, commands: program(old, recorded('debian-default')) })).toEqual([]);
	});

	it('that switch CRI off, as those of Docker do, say nothing of it', async () => {
		expect(await verdicts({ files: { [config]: 'disabled_plugins = ["cri"]\n' } })).toEqual([]);
	});
});

describe('k3s', () => {
	const files = { '/var/lib/rancher/k3s/agent/etc/containerd/config.toml': fixture('containerd/k3s.toml') };
	const folder = '/var/lib/rancher/k3s/agent/containerd/io.containerd.snapshotter.v1.zfs';

	it('has a containerd of its own, which is held to the same', async () => {
		expect(await verdicts({ files, mounts: { [folder]: 'tank/k3s' } })).toEqual(['ok containerd.ready']);
		const [finding] = await judge({ files });
		expect(finding?.title).toContain(`The zfs snapshotter of k3s has no dataset: ${folder}`);
	});
});

describe('nerdctl', () => {
	const files = { [config]: fixture('containerd/zfs.toml'), '/usr/local/bin/nerdctl': '' };
	const commands: CommandTable = [...program(old, recorded('zfs')), ['nerdctl --version', 'nerdctl version 1.7.6\n']];

	it('that pulls into another snapshotter than CRI is named, set or not', async () => {
		const unset = await judge({ files, mounts, commands });
		expect(unset.map(({ id }) => id)).toContain('containerd.tools-split');
		const kubespray = { ...files, '/etc/nerdctl/nerdctl.toml': fixture('nerdctl/kubespray.toml') };
		const split = (await judge({ files: kubespray, mounts, commands })).find(({ id }) => id.endsWith('tools-split'));
		expect(split).toMatchObject({ severity: 'warning', title: 'nerdctl uses overlayfs, CRI of containerd uses zfs' });
	});

	it('that uses zfs as well is fine', async () => {
		const same = { ...files, '/etc/nerdctl/nerdctl.toml': 'snapshotter = "zfs"\n' };
		expect(await verdicts({ files: same, mounts, commands })).toEqual(['ok containerd.ready']);
	});

	it('with an unreadable file is named', async () => {
		const broken = { ...files, '/etc/nerdctl/nerdctl.toml': 'snapshotter = zfs\n' };
		expect(await verdicts({ files: broken, mounts, commands })).toContain('warning nerdctl.config-unreadable');
	});
});

describe('Kubespray', () => {
	const all = '/root/kubespray/inventory/prod/group_vars/all/containerd.yml';
	const cluster = '/root/kubespray/inventory/prod/group_vars/k8s_cluster/k8s-cluster.yml';

	it('needs both variables', async () => {
		const files = { [all]: fixture('kubespray/all-containerd.yml') };
		expect(await verdicts({ files })).toEqual(['warning kubespray.snapshotter-vars']);
		expect(await verdicts({ files: { ...files, [cluster]: fixture('kubespray/k8s-cluster.yml') } })).toEqual([]);
	});

	it('without zfs in its inventory says nothing', async () => {
		expect(await verdicts({ files: { [cluster]: 'container_manager: containerd\n' } })).toEqual([]);
	});

	it('with YAML that cannot be read is named with its line', async () => {
		const [finding] = await judge({ files: { [all]: 'a: 1\nb: [1,\n' } });
		expect(finding).toMatchObject({ id: 'kubespray.config-unreadable', severity: 'warning' });
		expect(finding?.detail).toContain(`${all}, line `);
	});
});
