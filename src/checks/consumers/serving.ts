/** What this host serves from ZFS to guests and clients: they are interrupted by the reboot. */
import { count, listSome } from '../amounts.js';
import type { Finding } from '../finding.js';
import { found } from '../kind.js';
import type { CheckInput } from '../topic.js';
import { type ConsumerTopic, judgeSystem } from './consumer-topic.js';
import { libvirtKinds, sharesKinds } from './kinds/serving.js';

function checkLibvirt({ facts }: CheckInput): readonly Finding[] {
	return judgeSystem(facts.consumers.libvirt, libvirtKinds.unreadable, ({ pools, guests }) => {
		const running = guests.filter(({ isRunning }) => isRunning);
		if (running.length > 0) {
			return [
				found(libvirtKinds.guestsOnZfs, 'warning', {
					title: `${count(running.length, 'running guest')} on zvols: ${listSome(running.map(({ name }) => name))}`,
					detail: `${listSome(running.flatMap(({ zvols }) => zvols))}. ${libvirtKinds.guestsOnZfs.why}`,
				}),
			];
		}
		const names = [...guests.map(({ name }) => `guest ${name}`), ...pools.map(({ name }) => `storage pool ${name}`)];
		return [
			found(libvirtKinds.guestsOnZfs, 'notice', {
				title: `libvirt uses ZFS: ${listSome(names)}`,
				detail: libvirtKinds.guestsOnZfs.why,
			}),
		];
	});
}

export const libvirtTopic: ConsumerTopic = {
	system: 'libvirt',
	detected: 'storage pools of type zfs in /etc/libvirt/storage, disks on zvols in the definitions and states of guests',
	advisories: [],
	check: checkLibvirt,
	kinds: Object.values(libvirtKinds),
};

function checkShares({ facts }: CheckInput): readonly Finding[] {
	return judgeSystem(facts.consumers.shares, sharesKinds.unreadable, ({ nfs, smb, iscsi }) => [
		...(iscsi.length === 0
			? []
			: [
					found(sharesKinds.iscsi, 'warning', {
						title: `An iSCSI target serves ${count(iscsi.length, 'zvol')}: ${listSome(iscsi.map(({ zvol }) => zvol))}`,
						detail: `Told by ${listSome([...new Set(iscsi.map(({ file }) => file))])}. ${sharesKinds.iscsi.why}`,
					}),
				]),
		...(nfs.length + smb.length === 0
			? []
			: [
					found(sharesKinds.clients, 'notice', {
						title: `${count(nfs.length + smb.length, 'share')} from ZFS: ${listSome([...nfs, ...smb])}`,
						detail: sharesKinds.clients.why,
					}),
				]),
	]);
}

export const sharesTopic: ConsumerTopic = {
	system: 'NFS, Samba and iSCSI',
	detected:
		'/etc/exports.d/zfs.exports, /var/lib/samba/usershares, saveconfig.json of LIO, the files of tgt that name zvols',
	advisories: [],
	check: checkShares,
	kinds: Object.values(sharesKinds),
};
