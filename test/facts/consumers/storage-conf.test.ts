import { describe, expect, it } from 'vitest';
import { readSystems } from '../../support/systems.js';
import type { TableFile } from '../../support/table-files.js';

const driver = (name: string) => `[storage]\ndriver = "${name}"\n`;

async function podman(files: Record<string, TableFile>, version = '4.3.1') {
	const commands = [['podman --version', `podman version ${version}\n`]] as const;
	const { podman: fact } = await readSystems({ files: { '/usr/bin/podman': '', ...files }, commands });
	if (!fact.known || fact.value === undefined) throw new Error('podman was not read');
	return fact.value.storage;
}

describe('the precedence of storage.conf', () => {
	const both = {
		'/etc/containers/storage.conf': '[storage]\ngraphroot = "/srv/storage"\n',
		'/usr/share/containers/storage.conf': driver('zfs'),
	};

	it('lets the file in /etc hide the other as a whole', async () => {
		expect(await podman(both)).toMatchObject({ driver: undefined, graphRoot: '/srv/storage' });
		expect((await podman(both)).sources).toEqual(['/etc/containers/storage.conf']);
	});

	it('falls back to /usr/share, and to what is built in', async () => {
		expect(await podman({ '/usr/share/containers/storage.conf': driver('zfs') })).toMatchObject({ driver: 'zfs' });
		const none = await podman({});
		expect(none).toMatchObject({ driver: undefined, root: { path: '/var/lib/containers/storage' } });
		expect(none.sources).toEqual(['built-in values']);
	});

	it('lays drop-ins over it from podman 6 on, those for root last, /etc over /usr/share', async () => {
		const dropIns = {
			'/etc/containers/storage.conf': driver('overlay'),
			'/usr/share/containers/storage.conf.d/50-a.conf': driver('vfs'),
			'/etc/containers/storage.conf.d/50-a.conf': driver('btrfs'),
			'/etc/containers/storage.rootful.conf.d/10-b.conf': driver('zfs'),
			'/etc/containers/storage.conf.d/README': 'not one of them',
		};
		expect(await podman(dropIns, '6.0.0')).toMatchObject({ driver: 'zfs' });
		expect(await podman(dropIns, '5.8.2')).toMatchObject({
			driver: 'overlay',
			conf: {
				areDropInsRead: false,
				dropIns: ['/etc/containers/storage.conf.d/50-a.conf', '/etc/containers/storage.rootful.conf.d/10-b.conf'],
			},
		});
	});

	it('knows the drivers that have left something', async () => {
		const files = { '/var/lib/containers/storage/zfs/x': '', '/var/lib/containers/storage/overlay-layers/x': '' };
		expect((await podman(files)).priorDrivers).toEqual(['zfs']);
	});
});

describe('CRI-O', () => {
	const conf = { '/etc/containers/storage.conf': `${driver('zfs')}[storage.options.zfs]\nfsname = "tank/shared"\n` };

	async function crio(files: Record<string, TableFile>) {
		const { crio: fact } = await readSystems({ files: { '/var/lib/crio/version': '', ...conf, ...files } });
		if (!fact.known || fact.value === undefined) throw new Error('CRI-O was not read');
		return fact.value.storage;
	}

	it('takes what it does not set from storage.conf', async () => {
		expect(await crio({})).toMatchObject({ driver: 'zfs', fsName: 'tank/shared' });
	});

	it('takes drop-ins in the order of their names, the last one over all', async () => {
		const files = {
			'/etc/crio/crio.conf': '[crio]\nstorage_driver = "overlay"\nroot = "/a"\n',
			'/etc/crio/crio.conf.d/20-x.conf': '[crio]\nroot = "/b"\n',
			'/etc/crio/crio.conf.d/10-x.conf': '[crio]\nroot = "/c"\n',
		};
		expect(await crio(files)).toMatchObject({ driver: 'overlay', graphRoot: '/b' });
	});

	it('takes drop-ins in folders below as well, whatever their names', async () => {
		const files = {
			'/etc/crio/crio.conf.d/10-x/zfs': '[crio]\nroot = "/b"\n',
			'/etc/crio/crio.conf.d/.hidden': '[crio]\nroot = "/c"\nstorage_driver = "vfs"\n',
		};
		expect(await crio(files)).toMatchObject({ driver: 'vfs', graphRoot: '/b' });
	});

	it('replaces the options of storage.conf by its own as a whole', async () => {
		const other = { '/etc/crio/crio.conf': '[crio]\nstorage_option = ["zfs.mountopt=nodev"]\n' };
		expect((await crio(other)).fsName).toBeUndefined();
		const empty = { '/etc/crio/crio.conf': '[crio]\nstorage_option = []\n' };
		expect((await crio(empty)).fsName).toBe('tank/shared');
	});
});
