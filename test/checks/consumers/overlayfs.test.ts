import { describe, expect, it } from 'vitest';
import { fixture } from '../../support/systems.js';
import { planned, unread } from '../facts.js';
import { judge, verdicts } from './judge.js';

const podman = { '/usr/bin/podman': '', '/etc/containers/storage.conf': fixture('containers/storage-overlay.conf') };
const mounts = { '/': 'rpool/ROOT/debian' };
const kubelet = { '/var/lib/kubelet/config.yaml': 'kind: KubeletConfiguration\n' };

describe('overlayfs on ZFS', () => {
	it('cannot work below 2.2', async () => {
		const [finding] = await judge({ files: podman, mounts }, { module: '2.1.11' });
		expect(finding).toMatchObject({ id: 'overlayfs.old-zfs', severity: 'blocker' });
		expect(finding?.title).toContain('podman in /var/lib/containers/storage');
	});

	it('is no reason to stop an upgrade that ends it', async () => {
		expect(await verdicts({ files: podman, mounts }, { module: '2.1.11', plan: planned })).toEqual([
			'notice overlayfs.old-zfs',
		]);
	});

	it('is not passed where the release of the module could not be read', async () => {
		expect(await verdicts({ files: podman, mounts }, { module: unread })).toEqual(['warning overlayfs.old-zfs']);
	});

	it('works from 2.2 on', async () => {
		expect(await verdicts({ files: podman, mounts }, { module: '2.2.0' })).toEqual([]);
	});

	it('is none where the folder is on ext4, or where a program mounts it', async () => {
		expect(await verdicts({ files: podman }, { module: '2.1.11' })).toEqual([]);
		const fuse = fixture('containers/storage-overlay.conf').replace(
			'mountopt',
			'mount_program = "/usr/bin/fuse-overlayfs"\nmountopt',
		);
		const files = { ...podman, '/etc/containers/storage.conf': fuse };
		expect(await verdicts({ files, mounts }, { module: '2.1.11' })).toEqual([]);
	});

	it('is seen in Docker and in a containerd that serves a kubelet', async () => {
		const docker = { '/var/lib/docker/overlay2/x': '' };
		expect(await verdicts({ files: docker, mounts }, { module: '2.1.11' })).toEqual(['blocker overlayfs.old-zfs']);
		const containerd = { '/etc/containerd/config.toml': 'version = 2\n' };
		expect(await verdicts({ files: { ...containerd, ...kubelet }, mounts }, { module: '2.1.11' })).toEqual([
			'blocker overlayfs.old-zfs',
		]);
	});

	it("is not concluded from the defaults of a containerd that nobody's kubelet uses", async () => {
		const containerd = { '/etc/containerd/config.toml': 'version = 2\n' };
		expect(await verdicts({ files: containerd, mounts }, { module: '2.1.11' })).toEqual([]);
	});
});
