import { describe, expect, it } from 'vitest';
import { fixture } from '../../support/systems.js';
import type { CommandTable } from '../../support/table-host.js';
import { datasetWith } from '../facts.js';
import { judge, verdicts } from './judge.js';

const config = '/etc/docker/daemon.json';
const files = { [config]: fixture('docker/daemon-zfs.json') };
const mounts = { '/srv/docker': 'tank/docker' };
const version = (text: string): CommandTable => [['dockerd --version', `Docker version ${text}, build 3d4129b\n`]];

describe('Docker with the zfs driver', () => {
	it('is fine on its dataset', async () => {
		const [finding] = await judge({ files, mounts, commands: version('28.5.2') });
		expect(finding).toMatchObject({ id: 'docker.ready', severity: 'ok' });
		expect(finding?.title).toContain('tank/docker');
	});

	it('is found by the folder of the driver where no file names it', async () => {
		const found = { '/var/lib/docker/zfs/graph/x': '' };
		expect(await verdicts({ files: found, mounts: { '/var/lib/docker': 'tank/docker' } })).toEqual(['ok docker.ready']);
	});

	it('would start with an empty store where its dataset is not mounted', async () => {
		const datasets = [datasetWith({ name: 'tank/docker', mountpoint: '/srv/docker', isMounted: false })];
		const [finding, ...others] = await judge({ files }, { datasets });
		expect(finding).toMatchObject({ id: 'docker.data-root-not-mounted', severity: 'blocker' });
		expect(finding?.title).toContain('dataset tank/docker belongs there and is not mounted');
		expect(others).toEqual([]);
	});

	it('would do so whatever its driver, for the store is one dataset or the other', async () => {
		const datasets = [datasetWith({ name: 'tank/docker', mountpoint: '/var/lib/docker', isMounted: false })];
		expect(await verdicts({ files: { '/etc/docker/key.json': '{}' } }, { datasets })).toEqual([
			'blocker docker.data-root-not-mounted',
		]);
	});

	it('does not start on a folder that is not on ZFS', async () => {
		expect(await verdicts({ files })).toEqual(['blocker docker.data-root-not-mounted']);
	});

	it('of a mounted system may merely not have its dataset mounted now', async () => {
		const around = { environment: 'alternate-root' } as const;
		expect(await verdicts({ files, kind: 'alternate-root' }, around)).toEqual(['warning docker.data-root-not-mounted']);
	});

	it('takes flags and environment of its unit over the file', async () => {
		const units = fixture('docker/systemctl-show.txt');
		const all = {
			files: { [config]: '{"storage-driver": "overlay2"}' },
			units,
			mounts: { '/tank/docker': 'tank/docker' },
		};
		expect(await verdicts(all)).toEqual(['ok docker.ready']);
	});

	it('does not start with 29.0.0, unless the containerd store is chosen or refused by name', async () => {
		expect(await verdicts({ files, mounts, commands: version('29.0.0') })).toEqual(['blocker docker.zfs-driver-29']);
		expect(await verdicts({ files, mounts, commands: version('29.0.1') })).toEqual(['ok docker.ready']);
		const set = fixture('docker/daemon-zfs.json').replace('{', '{ "features": {"containerd-snapshotter": false},');
		expect(await verdicts({ files: { [config]: set }, mounts, commands: version('29.0.0') })).toEqual([
			'ok docker.ready',
		]);
	});
});

describe('daemon.json', () => {
	it('that is torn is named with its line', async () => {
		const torn = fixture('docker/daemon-zfs.json').replace('"zfs",', '"zfs"');
		const [finding] = await judge({ files: { [config]: torn }, mounts });
		expect(finding).toMatchObject({ id: 'docker.config-unreadable', severity: 'warning' });
		expect(finding?.detail).toMatch(/^\/etc\/docker\/daemon\.json, line [34]: /);
	});

	it('that is empty is no trouble, as for Docker', async () => {
		expect(await verdicts({ files: { [config]: '\n' } })).toEqual([]);
	});

	it('that holds no object is unreadable', async () => {
		expect(await verdicts({ files: { [config]: '["zfs"]' } })).toEqual(['warning docker.config-unreadable']);
	});
});
