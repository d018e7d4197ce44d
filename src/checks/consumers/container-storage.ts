import type { ContainerStorage } from '../../facts/consumers/storage-conf.js';
import { listSome } from '../amounts.js';
import type { Finding } from '../finding.js';
import { fine, found } from '../kind.js';
import { type CheckInput, isAlternateRoot } from '../topic.js';
import { type ConsumerTopic, findUnmounted, judgeSystem, severityUnmounted } from './consumer-topic.js';
import { crioKinds, containerStorageKinds as kinds } from './kinds/container-storage.js';

function checkPodman(input: CheckInput): readonly Finding[] {
	return judgeSystem(input.facts.consumers.podman, kinds.unreadable, ({ storage }) => [
		...judgeStorage(input, 'podman', storage),
		...judgeShadows(storage),
	]);
}

function checkCrio(input: CheckInput): readonly Finding[] {
	const { crio, podman } = input.facts.consumers;
	return judgeSystem(crio, crioKinds.unreadable, (system) => {
		// Both read the same files; podman has said it.
		const isSaid = podman.known && podman.value !== undefined;
		const isStopped = system.isActive === false || isAlternateRoot(input);
		const isUnclean = isStopped && system.isCleanShutdownSupported && !system.hasCleanShutdownFile;
		return [
			...judgeStorage(input, 'CRI-O', system.storage),
			...(isSaid ? [] : judgeShadows(system.storage)),
			...(isUnclean
				? [
						found(crioKinds.cleanStop, 'blocker', {
							title: 'CRI-O was not stopped cleanly and may wipe its storage after the reboot',
							detail: `${system.cleanShutdownFile}.supported is there, ${system.cleanShutdownFile} is not. ${crioKinds.cleanStop.why}`,
						}),
					]
				: []),
		];
	});
}

/** The driver that will be used, as far as that is clear. */
export function driverOf({ driver, priorDrivers }: ContainerStorage): string | undefined {
	if (driver !== undefined) return driver === 'overlay2' ? 'overlay' : driver;
	const [first, ...others] = priorDrivers.filter((each) => each !== 'vfs');
	return others.length === 0 ? first : undefined;
}

function judgeStorage(input: CheckInput, user: string, storage: ContainerStorage): readonly Finding[] {
	const auto =
		storage.driver === undefined && storage.priorDrivers.includes('zfs')
			? [
					found(kinds.driverAuto, 'warning', {
						title: `${user} chooses its storage driver at each start`,
						detail: `${listSome(storage.sources)} name none; below ${storage.root.path} there are folders of ${listSome(storage.priorDrivers)}. ${kinds.driverAuto.why}`,
					}),
				]
			: [];
	return driverOf(storage) === 'zfs' ? [...auto, ...judgeZfsDriver(input, user, storage, auto.length === 0)] : auto;
}

function judgeZfsDriver(
	input: CheckInput,
	user: string,
	{ root, rootParent, fsName, sources }: ContainerStorage,
	isDriverNamed: boolean,
): readonly Finding[] {
	const measured = `graphroot is ${root.path} (${listSome(sources)})`;
	if (fsName === undefined && !root.isOnZfs) {
		const dataset = findUnmounted(input, root.resolved) ?? findUnmounted(input, root.path);
		return [
			found(kinds.graphRootNotZfs, severityUnmounted(input), {
				title: `${user} is to keep its layers on ZFS, and ${root.path} is not on ZFS`,
				detail: `${measured}${dataset === undefined ? '' : `; dataset ${dataset.name} belongs there and is not mounted`}. ${kinds.graphRootNotZfs.why}`,
				...(dataset !== undefined && {
					remediation: [{ text: kinds.graphRootNotZfs.action, commands: [['zfs', 'mount', dataset.name]] }],
				}),
			}),
		];
	}
	if (fsName === undefined && !rootParent.isOnZfs) {
		const dataset = root.dataset ?? '<dataset>';
		return [
			found(kinds.graphRootParent, 'blocker', {
				title: `${user} looks for ZFS at ${rootParent.path}, which is not on ZFS, and does not start`,
				detail: `${measured}, on dataset ${root.dataset ?? 'unknown'}. ${kinds.graphRootParent.why}`,
				remediation: [
					{
						text:
							user === 'podman'
								? `Name the dataset in storage.conf: [storage.options.zfs] fsname = "${dataset}".`
								: `Name the dataset in a file in /etc/crio/crio.conf.d: [crio] storage_option = ["zfs.fsname=${dataset}"].`,
					},
					{
						text: 'Or set graphroot to a folder below the mount point.',
						commands: [['mkdir', `${root.path}/containers`]],
					},
				],
			}),
		];
	}
	if (!isDriverNamed) return [];
	return [
		fine(
			kinds.ready,
			`${user} keeps its layers in dataset ${fsName ?? root.dataset ?? 'unknown'}`,
			`${measured}${fsName === undefined ? '' : `, zfs.fsname is ${fsName}`}.`,
		),
	];
}

function judgeShadows(storage: ContainerStorage): readonly Finding[] {
	const { file, hidden, dropIns, areDropInsRead } = storage.conf;
	const isOnZfs = storage.root.isOnZfs || driverOf(storage) === 'zfs';
	const unread = areDropInsRead ? [] : dropIns;
	if (!isOnZfs || hidden.length + unread.length === 0) return [];
	return [
		found(kinds.confShadow, 'notice', {
			title: `${file ?? 'No file'} decides; ${listSome([...hidden, ...unread])} ${hidden.length + unread.length === 1 ? 'means' : 'mean'} nothing to this release`,
			detail: kinds.confShadow.why,
		}),
	];
}

export const containerStorageTopic: ConsumerTopic = {
	system: 'podman (containers/storage)',
	detected:
		'the program podman; storage.conf in /etc/containers, else /usr/share/containers, and drop-ins from podman 6 on; statfs(2) of graphroot and of the folder above it',
	advisories: [],
	check: checkPodman,
	kinds: Object.values(kinds),
};

export const crioTopic: ConsumerTopic = {
	system: 'CRI-O',
	detected:
		'/etc/crio, /var/lib/crio or the program crio; storage.conf, then crio.conf, crio.conf.d in order of names, and the flags of crio.service with its drop-ins',
	advisories: ['crio-graphroot-parent', 'crio-unclean-stop'],
	check: checkCrio,
	kinds: Object.values(crioKinds),
};
