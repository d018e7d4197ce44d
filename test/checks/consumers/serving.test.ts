import { describe, expect, it } from 'vitest';
import { fixture, locked } from '../../support/systems.js';
import { judge, verdicts } from './judge.js';

describe('libvirt', () => {
	const defined = {
		'/etc/libvirt/storage/vms.xml': fixture('libvirt/pool-zfs.xml'),
		'/etc/libvirt/qemu/mail.xml': fixture('libvirt/domain-zvol.xml'),
	};

	it('has guests that keep zvols open while they run', async () => {
		const files = { ...defined, '/run/libvirt/qemu/mail.xml': fixture('libvirt/status-zvol.xml') };
		const [finding] = await judge({ files });
		expect(finding).toMatchObject({ id: 'libvirt.guests-on-zfs', severity: 'warning' });
		expect(finding?.title).toBe('1 running guest on zvols: mail');
		expect(finding?.detail).toContain('/dev/zvol/tank/vms/mail');
	});

	it('with guests that are off is only mentioned', async () => {
		const [finding] = await judge({ files: defined });
		expect(finding).toMatchObject({ severity: 'notice', title: 'libvirt uses ZFS: guest mail, storage pool vms' });
	});

	it('whose definitions cannot be read is named', async () => {
		const files = { ...defined, '/etc/libvirt/qemu/mail.xml': locked };
		expect(await verdicts({ files })).toEqual(['warning libvirt.config-unreadable']);
	});

	it('without ZFS says nothing', async () => {
		const files = {
			'/etc/libvirt/storage/default.xml': "<!-- <pool type='zfs'> --><pool type='dir'><name>d</name></pool>",
		};
		expect(await verdicts({ files })).toEqual([]);
	});
});

describe('shares', () => {
	it('of zvols by either iSCSI target are named', async () => {
		const files = {
			'/etc/rtslib-fb-target/saveconfig.json': fixture('shares/saveconfig.json'),
			'/etc/tgt/conf.d/store.conf': fixture('shares/tgt.conf'),
		};
		const [finding] = await judge({ files });
		expect(finding).toMatchObject({ id: 'shares.iscsi-zvol', severity: 'warning' });
		expect(finding?.title).toBe('An iSCSI target serves 2 zvols: /dev/zvol/tank/lun0, /dev/zvol/tank/lun1');
	});

	it('over NFS and SMB are named, each once', async () => {
		const files = {
			'/etc/exports.d/zfs.exports': fixture('shares/zfs.exports'),
			'/var/lib/samba/usershares/tank_media': '#VERSION 2\n',
		};
		const [finding] = await judge({ files });
		expect(finding).toMatchObject({
			id: 'shares.clients',
			severity: 'notice',
			title: '3 shares from ZFS: /tank/home, /tank/media, tank_media',
		});
	});

	it('of files are none of ours', async () => {
		expect(await verdicts({ files: { '/etc/tgt/conf.d/x.conf': 'backing-store /srv/x.img\n' } })).toEqual([]);
	});

	it('in a file that cannot be read are named', async () => {
		expect(await verdicts({ files: { '/etc/target/saveconfig.json': '{' } })).toEqual([
			'warning shares.config-unreadable',
		]);
	});
});
