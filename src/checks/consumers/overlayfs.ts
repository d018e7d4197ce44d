import type { ConsumerFacts } from '../../facts/consumers/consumer-facts.js';
import type { ContainerStorage } from '../../facts/consumers/storage-conf.js';
import { type Fact, valueOr } from '../../facts/fact.js';
import { compareVersions } from '../../knowledge/version.js';
import { listSome } from '../amounts.js';
import type { Finding } from '../finding.js';
import { found } from '../kind.js';
import type { CheckInput } from '../topic.js';
import { type ConsumerTopic, moduleReleases } from './consumer-topic.js';
import { driverOf } from './container-storage.js';
import { criSnapshotter } from './containerd.js';
import { overlayfsKinds as kinds } from './kinds/overlayfs.js';

/** OpenZFS has the renames that overlayfs needs from here on. */
const firstWithOverlays = '2.2.0';

function checkOverlayfs(input: CheckInput): readonly Finding[] {
	const users = findOverlayUsers(input.facts.consumers);
	const { now, after } = moduleReleases(input);
	const isAble = (release: string | undefined) =>
		release !== undefined && compareVersions(release, firstWithOverlays) >= 0;
	if (users.length === 0 || (isAble(now) && isAble(after))) return [];
	const detail = `Module now ${now ?? 'unknown'}, then ${after ?? 'unknown'}. ${kinds.oldZfs.why}`;
	if (isAble(after) && now !== undefined) {
		return [
			found(kinds.oldZfs, 'notice', {
				title: `The upgrade lets overlays lie on ZFS: ${listSome(users)}`,
				detail,
				remediation: [
					{ text: 'Nothing has to be done for it. Name the driver of each engine, so that none changes by itself.' },
				],
			}),
		];
	}
	return [
		found(kinds.oldZfs, after === undefined ? 'warning' : 'blocker', {
			title: `Overlays cannot lie on ZFS below 2.2: ${listSome(users)}`,
			detail,
		}),
	];
}

/** Engines whose overlay driver or snapshotter keeps its upper layers on ZFS. */
export function findOverlayUsers(consumers: ConsumerFacts): readonly string[] {
	const { podman, crio, containerd, k3s, rke2, microk8s, docker } = consumers;
	return [
		...[containerd, k3s, rke2, microk8s].flatMap((fact) => {
			const each = valueOr(fact, undefined);
			// Where nobody asks CRI for anything, its default is not in use: Docker's containerd, for one.
			const isUsed = each?.servesKubelet === true || each?.fileSettings.snapshotter === 'overlayfs';
			if (each === undefined || !isUsed || criSnapshotter(each) !== 'overlayfs') return [];
			return each.overlayRoot.isOnZfs ? [`${each.name} in ${each.overlayRoot.path}`] : [];
		}),
		...overlayStorage('podman', podman),
		...overlayStorage('CRI-O', crio),
		...usersOf(docker, ({ dataRoot, storageDriver, priorDrivers }) =>
			dataRoot.isOnZfs && (storageDriver ?? priorDrivers[0]) === 'overlay2' ? `Docker in ${dataRoot.path}` : undefined,
		),
	];
}

/** fuse-overlayfs and the like do not ask the kernel. */
function overlayStorage(
	user: string,
	fact: Fact<{ readonly storage: ContainerStorage } | undefined>,
): readonly string[] {
	return usersOf(fact, ({ storage }) =>
		storage.root.isOnZfs && driverOf(storage) === 'overlay' && storage.mountProgram === undefined
			? `${user} in ${storage.root.path}`
			: undefined,
	);
}

function usersOf<T>(fact: Fact<T | undefined>, find: (system: T) => string | undefined): readonly string[] {
	const user = fact.known && fact.value !== undefined ? find(fact.value) : undefined;
	return user === undefined ? [] : [user];
}

export const overlayfsTopic: ConsumerTopic = {
	system: 'overlayfs on ZFS',
	detected:
		'the drivers and snapshotters of the engines above, statfs(2) of their folders, and the release of the module now and after the upgrade',
	advisories: ['zfs-overlayfs-refused'],
	check: checkOverlayfs,
	kinds: Object.values(kinds),
};
