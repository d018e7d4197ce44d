import { describe, expect, it } from 'vitest';
import { fixture, plainDisk } from '../../support/systems.js';
import { datasetWith } from '../facts.js';
import { judge, verdicts } from './judge.js';

const storageConf = '/etc/containers/storage.conf';
const podman = { '/usr/bin/podman': '' };
const said = [['podman --version', 'podman version 4.3.1\n']] as const;
const onZfs = { ...podman, [storageConf]: fixture('containers/storage-zfs.conf') };
const units = fixture('crio/systemctl-show.txt');

describe('podman with the zfs driver', () => {
	it('is fine where the folder above graphroot lies on ZFS too', async () => {
		const mounts = { '/var/lib/containers': 'tank/containers' };
		expect(await verdicts({ files: onZfs, mounts, commands: said })).toEqual(['ok containers-storage.ready']);
	});

	it('is fine with root on ZFS', async () => {
		expect(await verdicts({ files: onZfs, mounts: { '/': 'rpool/ROOT/debian' }, commands: said })).toEqual([
			'ok containers-storage.ready',
		]);
	});

	it('does not start where graphroot itself is the mount point on an ext4 disk', async () => {
		const [finding] = await judge({ files: onZfs, mounts: { '/var/lib/containers/storage': 'tank/storage' } });
		expect(finding).toMatchObject({ id: 'containers-storage.graphroot-parent', severity: 'blocker' });
		expect(finding?.title).toContain('/var/lib/containers');
		expect(finding?.remediation[0].text).toContain('fsname = "tank/storage"');
	});

	it('is fine there once the dataset is named', async () => {
		const named = fixture('containers/storage-zfs.conf').replace('mountopt', 'fsname = "tank/storage"\nmountopt');
		const files = { ...podman, [storageConf]: named };
		expect(await verdicts({ files, mounts: { '/var/lib/containers/storage': 'tank/storage' } })).toEqual([
			'ok containers-storage.ready',
		]);
	});

	it('does not start without its dataset, and the one that belongs there is named', async () => {
		const datasets = [
			datasetWith({ name: 'tank/storage', mountpoint: '/var/lib/containers/storage', isMounted: false }),
		];
		const [finding] = await judge({ files: onZfs }, { datasets });
		expect(finding).toMatchObject({ id: 'containers-storage.graphroot-not-zfs', severity: 'blocker' });
		expect(finding?.remediation[0].commands).toEqual([['zfs', 'mount', 'tank/storage']]);
	});

	it('of a mounted system may merely not be mounted now', async () => {
		expect(await verdicts({ files: onZfs }, { environment: 'alternate-root' })).toEqual([
			'warning containers-storage.graphroot-not-zfs',
		]);
	});

	it('is warned that an unnamed driver may change', async () => {
		const unnamed = fixture('containers/storage-zfs.conf').replace('driver = "zfs"', 'driver = ""');
		const layers = { '/var/lib/containers/storage/zfs/graph/x': '' };
		const files = { ...podman, ...layers, [storageConf]: unnamed };
		const mounts = { '/var/lib/containers': 'tank/containers' };
		expect(await verdicts({ files, mounts })).toEqual(['warning containers-storage.driver-auto']);
	});
});

describe('storage.conf', () => {
	it('in /etc hides the one in /usr/share, which is said where storage is on ZFS', async () => {
		const files = { ...onZfs, '/usr/share/containers/storage.conf': fixture('containers/storage-overlay.conf') };
		const mounts = { '/var/lib/containers': 'tank/containers' };
		const [, shadow] = await judge({ files, mounts, commands: said });
		expect(shadow).toMatchObject({ id: 'containers-storage.conf-shadow', severity: 'notice' });
		expect(shadow?.title).toContain('/usr/share/containers/storage.conf means nothing');
	});

	it('is not spoken of where nothing is on ZFS', async () => {
		const files = { ...podman, [storageConf]: fixture('containers/storage-overlay.conf') };
		expect(await verdicts({ files, commands: said })).toEqual([]);
	});

	it('that cannot be parsed is named with its line', async () => {
		const torn = `${fixture('containers/storage-zfs.conf')}\n[storage.options.zfs\n`;
		const [finding, ...others] = await judge({ files: { ...podman, [storageConf]: torn } });
		expect(finding).toMatchObject({ id: 'containers-storage.config-unreadable', severity: 'warning' });
		expect(finding?.detail).toMatch(/^\/etc\/containers\/storage\.conf, line 14: /);
		expect(others).toEqual([]);
	});

	it('with a value of the wrong kind is as unreadable', async () => {
		const files = { ...podman, [storageConf]: '[storage]\ndriver = ["zfs"]\n' };
		expect(await verdicts({ files })).toEqual(['warning containers-storage.config-unreadable']);
	});
});

describe('CRI-O', () => {
	const crio = {
		'/etc/crio/crio.conf': fixture('crio/crio.conf'),
		'/etc/crio/crio.conf.d/20-zfs.conf': fixture('crio/20-zfs.conf'),
	};
	const mounts = { '/var/lib/crio': 'tank/crio' };

	it('does not start with graphroot on the mount point, as in cri-o#8771', async () => {
		const [finding] = await judge({ files: crio, mounts });
		expect(finding).toMatchObject({ id: 'containers-storage.graphroot-parent', severity: 'blocker' });
		expect(finding?.title).toBe('CRI-O looks for ZFS at /var/lib, which is not on ZFS, and does not start');
		expect(finding?.remediation[0].text).toContain('storage_option = ["zfs.fsname=tank/crio"]');
	});

	it('is fine with the same graphroot on a host with root on ZFS', async () => {
		const all = { '/': 'rpool/ROOT/debian', ...mounts };
		expect(await verdicts({ files: crio, mounts: all })).toEqual(['ok containers-storage.ready']);
	});

	it('is fine one folder below the mount point', async () => {
		const below = fixture('crio/20-zfs.conf').replace('/var/lib/crio', '/var/lib/crio/containers');
		const files = { ...crio, '/etc/crio/crio.conf.d/20-zfs.conf': below };
		expect(await verdicts({ files, mounts })).toEqual(['ok containers-storage.ready']);
	});

	it('is fine with the dataset named in a later drop-in', async () => {
		const files = { ...crio, '/etc/crio/crio.conf.d/30-fsname.conf': fixture('crio/30-fsname.conf') };
		expect(await verdicts({ files, mounts })).toEqual(['ok containers-storage.ready']);
	});

	it('takes root and driver from the flags in its environment file first', async () => {
		const files = {
			...crio,
			'/etc/sysconfig/crio': 'CRIO_STORAGE_OPTIONS="--root /srv/crio --storage-driver=zfs"\n',
		};
		const [finding] = await judge({ files, mounts: { ...mounts, '/srv': plainDisk }, units });
		expect(finding?.title).toBe('CRI-O is to keep its layers on ZFS, and /srv/crio is not on ZFS');
	});

	it('that stopped uncleanly blocks the reboot', async () => {
		const files = { '/etc/crio/crio.conf': fixture('crio/crio.conf'), '/var/lib/crio/clean.shutdown.supported': '' };
		expect(await verdicts({ files, units })).toEqual(['blocker crio.clean-stop']);
		expect(await verdicts({ files: { ...files, '/var/lib/crio/clean.shutdown': '' }, units })).toEqual([]);
		expect(await verdicts({ files, units: units.replace('=inactive', '=active') })).toEqual([]);
	});

	it('that is not on the host says nothing', async () => {
		expect(await verdicts({})).toEqual([]);
	});

	it('with an unreadable drop-in is named with file and line', async () => {
		const files = { ...crio, '/etc/crio/crio.conf.d/99-x.conf': '[crio]\nstorage_driver = zfs\n' };
		const [finding] = await judge({ files, mounts });
		expect(finding).toMatchObject({ id: 'crio.config-unreadable', severity: 'warning' });
		expect(finding?.detail).toMatch(/^\/etc\/crio\/crio\.conf\.d\/99-x\.conf, line 2: /);
	});
});
